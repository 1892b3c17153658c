import Diagnostics

extension Parser {
    /// Parses a name: letters, digits, `_` and `-`, with a letter or `_` at the start.
    mutating func parseName(_ noun: String) throws(Abandon) -> NameSyntax {
        switch token.kind {
        case .keyword(let keyword):
            throw fail(.keywordAsName(keyword, noun, at: tokenRange))
        case .word:
            break
        default:
            throw failExpectedName(noun)
        }
        cutAtColon()
        let word = bytes[Int(token.start)..<Int(token.end)]
        guard let first = word.first, isLetter(first), word.allSatisfy({ isLetter($0) || isDigitOrHyphen($0) }) else {
            throw fail(.badName(tokenText, noun, at: tokenRange))
        }
        let name = NameSyntax(range: tokenRange)
        advance()
        return name
    }

    /// Parses the name that a declaration gives; references to it are not worth an error if the declaration is bad.
    mutating func parseDeclaredName(_ noun: String) throws(Abandon) -> NameSyntax {
        if case .keyword = token.kind {
            syntax.abandonedNames.append(tokenText)
        }
        return try parseName(noun)
    }

    /// Parses the rest of a declaration; if that fails, its name still counts as declared.
    mutating func orAbandon<Node>(
        _ name: NameSyntax,
        _ parse: (inout Self) throws(Abandon) -> Node
    ) throws(Abandon) -> Node {
        do {
            return try parse(&self)
        } catch {
            abandon(name)
            throw error
        }
    }

    mutating func abandon(_ name: NameSyntax) {
        syntax.abandonedNames.append(text(name.range.start, name.range.end))
    }

    private mutating func failExpectedName(_ noun: String) -> Abandon {
        let place = isAtStatementEnd ? SourceRange(file: source, start: previousEnd, end: previousEnd) : tokenRange
        return fail(.expectedName("the name of \(noun)", found: tokenDescription, at: place))
    }

    /// Makes the current token end before a colon in it: `set cafe:address` names the set `cafe`.
    private mutating func cutAtColon() {
        let word = bytes[Int(token.start)..<Int(token.end)]
        guard let colon = word.firstIndex(of: UInt8(ascii: ":")), colon > word.startIndex else {
            return
        }
        token = Token(kind: .word(.name), start: token.start, end: UInt32(colon))
        lexer.move(to: UInt32(colon))
    }

    private func isLetter(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")) || byte == UInt8(ascii: "_")
    }

    private func isDigitOrHyphen(_ byte: UInt8) -> Bool {
        (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || byte == UInt8(ascii: "-")
    }

    mutating func parseEquals() throws(Abandon) {
        guard token.kind == .equals else {
            throw failExpected("'='", orWords: [])
        }
        advance()
    }

    mutating func parseString(_ noun: String) throws(Abandon) -> StringSyntax {
        guard token.kind == .string else {
            throw failExpectedString(noun)
        }
        let string = StringSyntax(range: tokenRange)
        advance()
        return string
    }

    /// Reports that quotes are missing around what stands up to the next blank, or that nothing stands there.
    private mutating func failExpectedString(_ noun: String) -> Abandon {
        let rest = bytes[Int(token.start)...]
        let word = rest.prefix { $0 > UInt8(ascii: " ") && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "}") }
        guard !isAtStatementEnd, !word.isEmpty else {
            let place = SourceRange(file: source, start: previousEnd, end: previousEnd)
            return fail(.expectedString(noun, found: tokenDescription, at: place, unquoted: nil))
        }
        let place = SourceRange(file: source, start: token.start, end: token.start + UInt32(word.count))
        let isQuotable = word.allSatisfy { $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        let text = isQuotable ? text(place.start, place.end) : nil
        return fail(.expectedString(noun, found: tokenDescription, at: place, unquoted: text))
    }

    mutating func expectStatementEnd() throws(Abandon) {
        if !isAtStatementEnd {
            throw fail(.expectedStatementEnd(found: tokenDescription, at: tokenRange))
        }
    }

    /// Reports that something else should stand here.
    mutating func failExpected(_ expected: String, orWords words: [String]) -> Abandon {
        if isAtStatementEnd {
            let place = SourceRange(file: source, start: previousEnd, end: previousEnd)
            return fail(.expected(expected, found: tokenDescription, at: place, suggestion: nil))
        }
        let suggestion = Suggestion.closest(to: tokenText, among: words)
        return fail(.expected(expected, found: tokenDescription, at: tokenRange, suggestion: suggestion))
    }
}
