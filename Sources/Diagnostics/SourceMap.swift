/// The files of one run: the rule file and all it includes.
public struct SourceMap: Sendable {
    /// The files, at the positions their ``SourceID`` gives.
    public private(set) var files: [SourceFile] = []

    /// Makes a map without a file.
    public init() {}

    /// Makes a map of one file and names it.
    public init(_ file: SourceFile) {
        files = [file]
    }

    /// Takes a file in and names it.
    public mutating func add(_ file: SourceFile) -> SourceID {
        files.append(file)
        return SourceID(rawValue: UInt32(files.count - 1))
    }

    /// How many bytes more the files may have: all of them together are kept in memory.
    public var remainingSize: Int {
        files.reduce(SourceFile.maximumSize) { $0 - $1.bytes.count }
    }

    /// The file of that name, nil if the name is another map's.
    public subscript(id: SourceID) -> SourceFile? {
        Int(id.rawValue) < files.count ? files[Int(id.rawValue)] : nil
    }

    /// The text of a range, empty if its file is not here.
    public func text(_ range: SourceRange) -> String {
        self[range.file]?.text(range) ?? ""
    }

    /// A diagnostic as it may be shown: if it is about a file of which nothing may be shown, only its code says what is wrong.
    func shown(_ diagnostic: Diagnostic) -> Diagnostic {
        let ranges = [diagnostic.range] + diagnostic.notes.map(\.range) + diagnostic.fixIts.map(\.range)
        guard let hidden = ranges.lazy.compactMap({ $0.flatMap { self[$0.file] } }).first(where: { !$0.isShown }) else {
            return diagnostic
        }
        let message =
            "something is wrong with '\(hidden.name)', of which nothing is shown to a user who may not read it"
        return Diagnostic(diagnostic.code, message, at: diagnostic.range)
    }

    /// `file:line`, as the plan shows where a rule stands.
    public func location(of range: SourceRange) -> String {
        guard let file = self[range.file] else {
            return ""
        }
        return "\(file.name):\(file.line(at: range.start))"
    }
}
