import Diagnostics
import RuleLanguage
import SystemPackage

/// A rule file and all it includes, parsed, with the order in which their statements follow each other.
struct Program {
    /// Consecutive statements of one file.
    struct Segment {
        let file: SourceID
        let statements: Range<Int>
    }

    var sources = SourceMap()
    /// The syntax of each file, by ``SourceID``.
    var syntax: [RuleFileSyntax] = []
    /// Where each file is, by ``SourceID``.
    var paths: [FilePath] = []
    var segments: [Segment] = []
    var diagnostics = DiagnosticBag()
    /// Whether it depends on which files there are.
    var asksHost = false
}

/// Reads and parses the files that a rule file includes, in the place of each `include`.
struct IncludeExpander<Loader: FileLoader> {
    /// How deep files may include each other.
    static var maximumDepth: Int { 16 }
    /// How many files and patterns one run may ask for.
    static var maximumFiles: Int { 1024 }

    /// A file that is being expanded, with the statement that led to it.
    private struct OpenFile {
        let identity: FileIdentity
        let source: SourceID
        let include: SourceRange?
    }

    let loader: Loader
    private(set) var program = Program()
    private var openFiles: [OpenFile] = []
    private var firstIncludes: [FileIdentity: SourceRange] = [:]
    /// How many files and directories were asked for, the rule file itself among them: also those that are left out or cannot be read, since
    /// asking takes time too.
    private var attempts = 1

    init(loader: Loader) {
        self.loader = loader
    }

    /// Takes a file in, and what it includes.
    mutating func expand(
        _ file: SourceFile,
        path: FilePath,
        identity: FileIdentity,
        include: SourceRange? = nil
    ) {
        let source = program.sources.add(file)
        let syntax = RuleFileParser.parse(
            source,
            of: program.sources,
            maximumNodes: RuleFileParser.maximumNodes - program.syntax.reduce(0) { $0 + $1.nodeCount },
            diagnostics: &program.diagnostics
        )
        program.syntax.append(syntax)
        program.paths.append(path)
        openFiles.append(OpenFile(identity: identity, source: source, include: include))
        defer { openFiles.removeLast() }

        let statements = syntax[syntax.topLevel]
        var start = statements.startIndex
        for index in statements.indices {
            guard case .include(let include) = statements[index] else { continue }
            program.segments.append(Program.Segment(file: source, statements: start..<index))
            start = index + 1
            expand(include, in: path)
        }
        program.segments.append(Program.Segment(file: source, statements: start..<statements.endIndex))
    }

    private mutating func expand(_ include: IncludeSyntax, in path: FilePath) {
        let pattern = include.path.text(in: program.sources)
        let range = include.path.range
        guard !pattern.isEmpty, !pattern.utf8.contains(0) else {
            return report(.unreadableFile(pattern, Errno.noSuchFileOrDirectory, at: range))
        }
        let target = path.relative(pattern)
        guard let name = target.lastComponent?.string, GlobPattern.isPattern(name) else {
            return expand(file: target, at: range)
        }
        program.asksHost = true
        guard isAttemptAllowed(at: range) else { return }
        let glob = GlobPattern(name)
        let directory = target.removingLastComponent()
        do {
            let names = try loader.names(in: directory.isEmpty ? "." : directory).filter(glob.matches).sorted()
            if names.isEmpty { report(.patternWithoutFile(pattern, at: range)) }
            for name in names where attempts <= Self.maximumFiles {
                expand(file: directory.appending(name), at: range)
            }
        } catch {
            report(.unreadableFile(pattern, error.reason, at: range))
        }
    }

    private mutating func expand(file path: FilePath, at range: SourceRange) {
        guard openFiles.count < Self.maximumDepth else {
            return report(.includeTooDeep(maximum: Self.maximumDepth, at: range))
        }
        guard isAttemptAllowed(at: range) else { return }
        do {
            let identity = try loader.identity(ofNamed: path)
            guard isNew(identity, path, at: range) else { return }
            let room = program.sources.remainingSize
            let file = try loader.read(named: path, limit: room + 1)
            guard file.bytes.count <= room else { return report(.textsTooLarge(path.string, at: range)) }
            let source = SourceFile(name: path.string, bytes: file.bytes, isShown: file.isShown)
            expand(source, path: path, identity: identity, include: range)
        } catch {
            report(.unreadableFile(path.string, error.reason, at: range))
        }
    }

    /// Whether a file is one that was not included yet; where it is not, that is said.
    private mutating func isNew(_ identity: FileIdentity, _ path: FilePath, at range: SourceRange) -> Bool {
        if let start = openFiles.firstIndex(where: { $0.identity == identity }) {
            let cycle = openFiles[start...].map { program.sources[$0.source]?.name ?? "" }
            let includes = openFiles[(start + 1)...].compactMap(\.include)
            report(.includeCycle(cycle + [path.string], includes: includes, at: range))
            return false
        }
        if let first = firstIncludes[identity] {
            report(.includedTwice(path.string, first: first, at: range))
            return false
        }
        firstIncludes[identity] = range
        return true
    }

    /// Counts an attempt; too many are said once.
    private mutating func isAttemptAllowed(at range: SourceRange) -> Bool {
        attempts += 1
        if attempts == Self.maximumFiles + 1 { report(.tooManyFiles(maximum: Self.maximumFiles, at: range)) }
        return attempts <= Self.maximumFiles
    }

    private mutating func report(_ diagnostic: Diagnostic) {
        program.diagnostics.report(diagnostic)
    }
}

extension FilePath {
    /// The path that `path`, written in the file here, leads to: relative paths start at this file's directory.
    func relative(_ path: String) -> FilePath {
        removingLastComponent().pushing(FilePath(path))
    }
}
