import Diagnostics
public import SystemPackage

/// Turns rule files into rulesets.
public enum RuleFileCompiler {
    /// Compiles the rule file at `path`, with all it includes; `-` is standard input.
    ///
    /// Mistakes in the file, or a file it names that cannot be read, are diagnostics of the result. Only the rule file itself
    /// being unreadable is an error.
    public static func compile(
        path: FilePath,
        loader: some FileLoader = SystemFileLoader()
    ) throws(FileError) -> CompilationResult {
        let file = try loader.read(path, limit: SourceFile.maximumSize + 1)
        let name = path == "-" ? "<stdin>" : path.string
        let source = SourceFile(name: name, bytes: file.bytes, isShown: file.isShown)
        return compile(source, path: path, identity: file.identity, loader: loader)
    }

    /// Compiles a rule file that is in memory; what it includes is looked for beside `path`.
    public static func compile(
        text: String,
        path: FilePath = "rules.weir",
        loader: some FileLoader = MemoryFileLoader()
    ) -> CompilationResult {
        compile(
            SourceFile(name: path.string, text: text),
            path: path,
            identity: .name(path.lexicallyNormalized().string),
            loader: loader
        )
    }

    private static func compile(
        _ file: SourceFile,
        path: FilePath,
        identity: FileIdentity,
        loader: some FileLoader
    ) -> CompilationResult {
        var expander = IncludeExpander(loader: loader)
        expander.expand(file, path: path, identity: identity)
        let compilation = Compilation(expander.program, loader: loader)
        return compilation.compile()
    }
}
