import Diagnostics

/// The names of one kind that a rule file defines: variables, sets, chains or routing tables.
struct DefinitionTable {
    /// What the names are names of.
    enum Kind: String {
        case variable
        case set
        case chain
        case table
    }

    struct Entry {
        let name: String
        /// The name in its definition.
        let range: SourceRange
        var isUsed = false
    }

    let kind: Kind
    private(set) var entries: [Entry] = []
    private var indices: [String: Int] = [:]

    init(_ kind: Kind) {
        self.kind = kind
    }

    /// Adds a name; gives the index of an earlier definition where there is one, which then holds.
    mutating func define(_ name: String, at range: SourceRange) -> Int? {
        if let index = indices[name] { return index }
        indices[name] = entries.count
        entries.append(Entry(name: name, range: range))
        return nil
    }

    /// The index of a name in order of definition, which counts as used from now on.
    mutating func use(_ name: String) -> Int? {
        guard let index = indices[name] else { return nil }
        entries[index].isUsed = true
        return index
    }

    /// The index of a name, without any effect.
    func index(of name: String) -> Int? {
        indices[name]
    }

    /// The name that a misspelt one was probably meant to be.
    func suggestion(for name: String) -> String? {
        Suggestion.closest(to: name, among: entries.lazy.map(\.name))
    }
}
