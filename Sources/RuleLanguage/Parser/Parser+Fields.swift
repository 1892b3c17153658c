import Diagnostics
import Vocabulary

// Fields of the vocabulary. Their words are no keywords: they mean a field only where a match can begin.

extension Parser {
    /// Parses the field whose words begin at the current token; does nothing and returns false if none do.
    ///
    /// Where the word before is a match of its own (`ip`, `udp`) but together with this one names a field (`udp length`), the field
    /// takes its place.
    mutating func parseField(after firstClause: UInt32) throws(Abandon) -> Bool {
        if let head = fieldHead(after: firstClause), let match = try parseField(after: head.words) {
            syntax.clauses.removeLast()
            syntax.clauses.append(ClauseSyntax(range: range(from: head.start), match: match))
            return true
        }
        let start = token.start
        guard isFieldWord, let match = try parseField(after: nil) else { return false }
        guard hasRoom(for: 1) else {
            giveUpFile()
            throw Abandon()
        }
        syntax.clauses.append(ClauseSyntax(range: range(from: start), match: match))
        return true
    }

    /// Whether a field begins at the current token.
    var startsField: Bool {
        isFieldWord && FieldWords.isStart(tokenText)
    }

    /// Whether the word after the current one is a field's, and no name that is declared.
    var isFieldBeingSet: Bool {
        var ahead = lexer
        let word = ahead.next()
        guard word.kind == .word(.name), FieldWords.isStart(text(word.start, word.end)) else { return false }
        return ahead.next().kind != .colon
    }

    /// Parses a field's words, of which `head` was read already, and its values; does nothing and returns nil where the words are no
    /// field's.
    mutating func parseField(after head: String?) throws(Abandon) -> MatchSyntax? {
        let first = head.map { $0 + " " + tokenText } ?? tokenText
        guard let (field, count) = longestField(startingWith: first) else { return nil }
        for _ in 1..<count { advance() }
        return .field(field, try parseValue(behind: .field(field.field.type)))
    }

    /// The field with the most words that the file has here, and how many of them come from the current token on.
    private func longestField(startingWith first: String) -> (Field.ID, tokens: Int)? {
        guard FieldWords.isStart(first) else { return nil }
        var ahead = lexer
        var words = first
        var found: (Field.ID, tokens: Int)?
        var count = 1
        while true {
            if let field = FieldWords.field(words) { found = (field, count) }
            let next = ahead.next()
            switch next.kind {
            case .word(.name), .keyword: break
            default: return found
            }
            words += " " + text(next.start, next.end)
            count += 1
            guard FieldWords.isStart(words) else { return found }
        }
    }

    /// The word right before the current token, where it is a match that a field's words can begin with.
    private func fieldHead(after firstClause: UInt32) -> (words: String, start: UInt32)? {
        guard syntax.clauses.count > Int(firstClause), let clause = syntax.clauses.last, clause.range.end == previousEnd
        else { return nil }
        switch clause.match {
        case .family, .transport: return (text(clause.range.start, clause.range.end), clause.range.start)
        default: return nil
        }
    }

    private var isFieldWord: Bool {
        token.kind == .word(.name)
    }
}
