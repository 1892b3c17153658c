public import Diagnostics
public import RulesetCompiler
public import SystemPackage

/// Suggestions that were tried: only what compiles is offered.
///
/// A suggestion that does not compile sends people from one mistake to the next, and one that compiles but was never tried
/// may mean something else. So each is put into the text, the text is compiled, and no mistake may be left in that statement.
public struct TriedSuggestions<Loader: FileLoader> {
    private typealias FixIt = Diagnostic.FixIt

    /// The most bytes that are compiled for suggestions, and the most statements that are looked at.
    private static var budget: Int { 8 << 20 }
    private static var maximumStatements: Int { 20 }
    /// The longest statement, in bytes, that somebody may have written as a line of another tool.
    private static var longestStatement: Int { 16 << 10 }

    private let result: CompilationResult
    private let path: FilePath
    private let loader: Loader

    /// Takes what became of the file at `path`.
    public init(_ result: CompilationResult, path: FilePath, loader: Loader) {
        self.result = result
        self.path = path
        self.loader = loader
    }

    /// The diagnostics, each error with the suggestions that lead to a statement without mistakes.
    public var diagnostics: DiagnosticBag {
        var bag = DiagnosticBag(limit: result.diagnostics.limit)
        var left = Self.budget
        var statements: Set<SourceRange> = []
        for diagnostic in result.diagnostics.diagnostics {
            bag.report(diagnostic.severity == .error ? tried(diagnostic, &left, &statements) : diagnostic)
        }
        return bag.counting(errors: result.diagnostics.errorCount, warnings: result.diagnostics.warningCount)
    }

    private func tried(
        _ diagnostic: Diagnostic,
        _ left: inout Int,
        _ statements: inout Set<SourceRange>
    ) -> Diagnostic {
        guard let place = diagnostic.range, let file = result.sources[place.file] else { return diagnostic }
        var diagnostic = diagnostic
        guard let offsets = StatementPlace.find(file.bytes, holding: Int(place.start)) else {
            // Of a statement on several lines, the line tells what is asked for.
            if let missing = missing(diagnostic, file.line(holding: place), file) { return missing }
            diagnostic.fixIts = diagnostic.fixIts.filter { compiles($0, of: place, in: file, &left) }
            return diagnostic
        }
        let statement = SourceRange(
            file: place.file,
            start: UInt32(offsets.lowerBound),
            end: UInt32(offsets.upperBound)
        )
        // What is known to have been meant comes before what is merely spelt alike.
        if offsets.count <= Self.longestStatement, statements.count < Self.maximumStatements,
            statements.insert(statement).inserted
        {
            for text in Rewriter.rewrite(file.text(statement)) {
                let fixIt = Diagnostic.FixIt("did you mean `\(text)`?", replacing: statement, with: text)
                guard compiles(fixIt, of: statement, in: file, &left) else { continue }
                diagnostic.fixIts = [fixIt]
                return diagnostic
            }
        }
        if let missing = missing(diagnostic, statement, file) { return missing }
        diagnostic.fixIts = diagnostic.fixIts.filter { compiles($0, of: place, in: file, &left) }
            .map { inWholeStatement($0, statement, file) }
        return diagnostic
    }

    /// What to say of a statement that asks for what the language does not have.
    private func missing(_ diagnostic: Diagnostic, _ statement: SourceRange, _ file: SourceFile) -> Diagnostic? {
        guard statement.offsets.count <= Self.longestStatement, let place = diagnostic.range,
            let words = PlacedWords(file.bytes, statement.offsets)
        else { return nil }
        var fault: Int?
        switch diagnostic.code {
        // These are not at the word that asks for it.
        case .missingArgument, .unexpectedCharacter: break
        case .unknownStatement, .unexpectedToken, .expectedValue, .keywordAsValue, .keywordAsName, .expectedName,
            .misplacedStatement, .notInLanguage, .unknownMatch, .unknownWord, .argumentOfOtherVerb, .wrongValue,
            .invalidAddress, .unknownName, .matchAfterArguments, .wrongKindOfName, .listNotAllowed, .expectedString,
            .verbNotInDirection:
            // A string is no word: what is wrong with the last one is told by the word before.
            fault = words.index(at: Int(place.start)) ?? (diagnostic.code == .wrongValue ? words.words.count : nil)
            guard fault != nil else { return nil }
            // Of a line of another tool nothing is understood.
            if ForeignCommand.isOne(words.words) { fault = nil }
        default: return nil
        }
        guard let (feature, range) = MissingFeature.asked(in: words.words, at: fault) else { return nil }
        return Diagnostic(
            .notInLanguage,
            "the language has no \(feature.name) yet",
            at: words.range(range, in: place.file),
            notes: feature.nearest.map { [.init("the nearest: \($0)")] } ?? []
        )
    }

    /// A suggestion of a word that says what the whole statement would be.
    private func inWholeStatement(_ fixIt: FixIt, _ statement: SourceRange, _ file: SourceFile) -> FixIt {
        guard fixIt.message == "did you mean `\(fixIt.replacement)`?", statement.offsets.count <= 120,
            statement.start <= fixIt.range.start, fixIt.range.end <= statement.end
        else { return fixIt }
        let before = file.text(Int(statement.start)..<Int(fixIt.range.start))
        let after = file.text(Int(fixIt.range.end)..<Int(statement.end))
        return FixIt(
            "did you mean `\(fixIt.replacement)`: `\(before)\(fixIt.replacement)\(after)`?",
            replacing: fixIt.range,
            with: fixIt.replacement
        )
    }

    /// Whether the statement has no mistakes once a suggestion was followed, and no other statement has one more.
    private func compiles(
        _ fixIt: Diagnostic.FixIt,
        of place: SourceRange,
        in file: SourceFile,
        _ left: inout Int
    ) -> Bool {
        let size = result.sources.files.reduce(0) { $0 + $1.bytes.count }
        guard left >= size, fixIt.range.file == place.file else { return false }
        left -= max(size, 1 << 14)
        var bytes = file.bytes
        bytes.replaceSubrange(fixIt.range.offsets, with: Array(fixIt.replacement.utf8))
        let edited = SourceFile(name: file.name, bytes: bytes)
        guard let again = try? compile(edited, in: fixIt.range.file) else { return false }
        guard again.diagnostics.errorCount < result.diagnostics.errorCount else { return false }
        let start = Int(min(fixIt.range.start, place.start))
        let grown = fixIt.replacement.utf8.count - fixIt.range.offsets.count
        let end = Int(max(fixIt.range.end, place.end)) + grown
        let whole = StatementPlace.find(bytes, holding: start) ?? start..<start
        let region = min(whole.lowerBound, start)..<max(whole.upperBound, end, start + 1)
        return !again.diagnostics.diagnostics.contains { isError($0, in: region, of: fixIt.range.file) }
    }

    private func isError(_ diagnostic: Diagnostic, in offsets: Range<Int>, of file: SourceID) -> Bool {
        guard diagnostic.severity == .error, let range = diagnostic.range, range.file == file else { return false }
        return offsets.contains(Int(range.start)) || offsets.upperBound == Int(range.start)
    }

    private func compile(_ edited: SourceFile, in id: SourceID) throws(FileError) -> CompilationResult {
        let edits = EditedFiles(edited: edited, sources: result.sources, loader: loader)
        return try RuleFileCompiler.compile(path: path, loader: edits)
    }
}

extension SourceFile {
    /// The line that a range starts in.
    fileprivate func line(holding range: SourceRange) -> SourceRange {
        let line = contents(ofLine: line(at: range.start))
        return SourceRange(file: range.file, start: UInt32(line.lowerBound), end: UInt32(line.upperBound))
    }
}

/// The files of a loader, but for one whose text was edited; the rule files are not read again.
private struct EditedFiles<Loader: FileLoader>: FileLoader {
    let edited: SourceFile
    let sources: SourceMap
    let loader: Loader

    /// The bytes of a file that was read already.
    private func known(_ path: FilePath) -> [UInt8]? {
        let name = path == "-" ? "<stdin>" : path.string
        if name == edited.name { return edited.bytes }
        return sources.files.first { $0.name == name }?.bytes
    }

    func read(_ path: FilePath, limit: Int) throws(FileError) -> LoadedFile {
        guard let bytes = known(path) else { return try loader.read(path, limit: limit) }
        let identity: FileIdentity = path == "-" ? .name("-") : try loader.identity(ofNamed: path)
        return LoadedFile(bytes: bytes, identity: identity)
    }

    func identity(ofNamed path: FilePath) throws(FileError) -> FileIdentity {
        try loader.identity(ofNamed: path)
    }

    func read(named path: FilePath, limit: Int) throws(FileError) -> LoadedFile {
        guard let bytes = known(path) else { return try loader.read(named: path, limit: limit) }
        return LoadedFile(bytes: bytes, identity: try loader.identity(ofNamed: path))
    }

    func names(in directory: FilePath) throws(FileError) -> [String] {
        try loader.names(in: directory)
    }
}
