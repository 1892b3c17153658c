import Diagnostics
import FoundationEssentials
import Lowering
import NetworkTypes
import RulesetCompiler
import RulesetModel
import Suggestions
import SystemPackage
import Transactions

/// A FILE argument, read and understood: a rule file, `-` for standard input, or the model's JSON.
struct RulesetInput {
    /// The name that was given.
    let path: String
    /// What the host should do.
    let ruleset: Ruleset
    /// Where each part was written; nothing for JSON.
    let provenance: Provenance?
    /// The texts.
    let sources: SourceMap
    /// Whether the texts, read again, mean the same again and there is nothing to say about them.
    let textsSayAll: Bool

    /// What a file became, with whatever is wrong with it.
    struct Reading {
        /// The compiled rules: of a rule file, or of a model in the rule language's words.
        let result: CompilationResult
        /// The model's own text; nothing for a rule file.
        var model: SourceFile?
    }

    /// Reads a file without saying what is wrong with its rules; a file that cannot be read is complained about.
    static func read(_ path: String, terminal: Terminal) throws -> Reading {
        // What a person types at the terminal is not to be written over.
        if path != "-" { Progress.shared.begin(.rules) }
        if path != "-", PlanFile.isPlan(FilePath(path)) {
            terminal.complain("weir: \(path) is a plan, not a rule file: only 'weir apply' takes it")
            throw ExitStatus.badInput
        }
        if path != "-", path.hasSuffix(".json") {
            return try decode(load(bytesOf: path, terminal: terminal), path: path, terminal: terminal)
        }
        return try reading(terminal) { () throws(FileError) in
            let result = try RuleFileCompiler.compile(path: FilePath(path))
            guard result.ruleset == nil else { return Reading(result: result) }
            let tried = TriedSuggestions(result, path: FilePath(path), loader: SystemFileLoader())
            return Reading(result: result.saying(tried.diagnostics))
        }
    }

    /// The bytes of a file, or of standard input.
    static func bytes(of path: String, terminal: Terminal) throws -> [UInt8] {
        try load(bytesOf: path, terminal: terminal).bytes
    }

    private static func load(bytesOf path: String, terminal: Terminal) throws -> LoadedFile {
        try reading(terminal) { () throws(FileError) in
            try SystemFileLoader().read(FilePath(path), limit: SourceFile.maximumSize + 1)
        }
    }

    private static func reading<Success>(
        _ terminal: Terminal,
        _ body: () throws(FileError) -> Success
    ) throws -> Success {
        do throws(FileError) {
            return try body()
        } catch {
            terminal.complain("weir: \(error)")
            switch error.errno {
            case .noSuchFileOrDirectory, .notDirectory: throw ExitStatus.noInput
            case .permissionDenied: throw ExitStatus.noPermission
            default: throw ExitStatus.inputOutput
            }
        }
    }

    /// Reads and checks a file; mistakes and warnings are printed to standard error, and with a mistake there is no input.
    static func load(_ path: String, terminal: Terminal) throws -> RulesetInput {
        let reading = try read(path, terminal: terminal)
        let result = reading.result
        let renderer = terminal.renderer(of: result.sources)
        terminal.writeErrors(renderer.render(result.diagnostics))
        guard let ruleset = result.ruleset else { throw ExitStatus.badInput }
        guard let model = reading.model else {
            return RulesetInput(
                path: path,
                ruleset: ruleset,
                provenance: result.provenance,
                sources: result.sources,
                textsSayAll: !result.asksHost && result.diagnostics.diagnostics.isEmpty
            )
        }
        let sources = SourceMap(model)
        return RulesetInput(path: path, ruleset: ruleset, provenance: nil, sources: sources, textsSayAll: false)
    }

    /// Reads a model and compiles what it says in the rule language: it passes the same checks as any other rule file.
    private static func decode(_ file: LoadedFile, path: String, terminal: Terminal) throws -> Reading {
        guard file.bytes.count <= SourceFile.maximumSize, !JSONSize.isTooLarge(file.bytes) else {
            terminal.complain("weir: \(path): the model is too large")
            throw ExitStatus.badInput
        }
        do {
            let ruleset = try JSONDecoder().decode(Ruleset.self, from: Data(file.bytes))
            let result = RuleFileCompiler.compile(text: ruleset.description, path: FilePath("\(path) as rules"))
            return Reading(result: result, model: SourceFile(name: path, bytes: file.bytes))
        } catch {
            terminal.complain(
                "weir: \(path): "
                    + (file.isShown
                        ? "\(JSONProblem(error))" : "it is not a model, and you have no permission to read it")
            )
            throw ExitStatus.badInput
        }
    }

    /// Whether there is not a single byte.
    var isEmpty: Bool {
        sources.files.allSatisfy(\.bytes.isEmpty)
    }

    /// The texts, for the record of a generation.
    var text: RulesetText {
        RulesetText(
            sources: sources.files.map { RulesetText.Source(name: $0.name, bytes: $0.bytes) },
            saysAll: textsSayAll
        )
    }

    /// What the ruleset means for the kernel.
    func lowered(terminal: Terminal) throws -> Lowered {
        do throws(LoweringError) {
            return try lower(ruleset)
        } catch {
            if let provenance {
                var diagnostics = DiagnosticBag()
                diagnostics.report(error.diagnostic(provenance))
                let renderer = terminal.renderer(of: sources)
                terminal.writeErrors(renderer.render(diagnostics))
            } else {
                terminal.complain("weir: \(path): \(error)")
            }
            throw ExitStatus.badInput
        }
    }
}
