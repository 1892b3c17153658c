import Diagnostics
import Vocabulary

extension Parser {
    /// Parses `let NAME = VALUE` or `let NAME = MATCHES`.
    mutating func parseLet() throws(Abandon) -> LetSyntax {
        let start = token.start
        advance()
        let name = try parseDeclaredName("a value")
        let content = try orAbandon(name) { parser throws(Abandon) in
            try parser.parseEquals()
            let content = try parser.parseLetContent()
            try parser.expectStatementEnd()
            return content
        }
        return LetSyntax(range: range(from: start), name: name, content: content)
    }

    private mutating func parseLetContent() throws(Abandon) -> LetSyntax.Content {
        guard isGroupAhead() else {
            return .value(try parseValue(.binding))
        }
        let clauses = UInt32(syntax.clauses.count)
        let tail = RuleTail(scope: .file, firstClause: clauses)
        while !isAtStatementEnd {
            switch token.kind {
            case .variable:
                parseGroup()
            case .keyword(let keyword):
                guard try parseClause(keyword, after: clauses) else {
                    throw failUnknownMatch(of: nil, tail)
                }
            default:
                guard try parseField(after: clauses) else {
                    throw failUnknownMatch(of: nil, tail)
                }
            }
        }
        return .matches(.init(start: clauses, count: UInt32(syntax.clauses.count) - clauses))
    }

    /// Whether matches follow: a match's keyword, or a variable with more matches after it.
    private func isGroupAhead() -> Bool {
        if let keyword {
            return keyword.startsMatch || keyword.isReservedMatch
        }
        let next = peek().kind
        // A field's word alone is a value that is spelt like it.
        if startsField {
            switch next {
            case .newline, .semicolon, .comma, .minus, .slash, .endOfFile: return false
            default: return true
            }
        }
        guard token.kind == .variable else {
            return false
        }
        switch next {
        case .keyword, .variable: return true
        case .word(.name):
            let word = peek()
            return FieldWords.isStart(text(word.start, word.end))
        default: return false
        }
    }

    /// Parses `include "path"`.
    mutating func parseInclude() throws(Abandon) -> IncludeSyntax {
        let start = token.start
        advance()
        let path = try parseString("the path of a file")
        return IncludeSyntax(range: range(from: start), path: path)
    }

    /// Parses `set NAME: TYPE OPTIONS [{ ELEMENTS }] ["comment"]`.
    mutating func parseSet() throws(Abandon) -> SetSyntax {
        let start = token.start
        advance()
        let name = try parseDeclaredName("a set")
        return try orAbandon(name) { parser throws(Abandon) in
            let set = try parser.parseSet(name, from: start)
            try parser.expectStatementEnd()
            return set
        }
    }

    private mutating func parseSet(_ name: NameSyntax, from start: UInt32) throws(Abandon) -> SetSyntax {
        guard token.kind == .colon else {
            throw failExpected("':' and a type", orWords: [])
        }
        advance()
        let places: [(type: String, element: ValuePlace)] = [
            ("address", .address), ("prefix", .prefix), ("port", .port), ("interface", .interface), ("mark", .mark),
            ("proto", .proto),
        ]
        guard let place = places.first(where: { $0.type == tokenText })?.element else {
            throw failUnknownWord("':'", places.map(\.type))
        }
        let type = NameSyntax(range: tokenRange)
        advance()
        let options = try parseSetOptions()
        var elements: SyntaxList<ValueSyntax>?
        if token.kind == .leftBrace {
            let list = try parseList(place)
            if case .list(let values) = list.form {
                elements = values
            }
        }
        if elements != nil, let keyword, Self.setOptions.contains(keyword) {
            throw fail(.optionBehindMembers(keyword, at: tokenRange))
        }
        var comment: StringSyntax?
        if token.kind == .string {
            comment = StringSyntax(range: tokenRange)
            advance()
        }
        return SetSyntax(
            range: range(from: start),
            name: name,
            type: type,
            options: options,
            elements: elements,
            comment: comment
        )
    }

    private static let setOptions: [Keyword] = [.from, .timeout, .size]

    private mutating func parseSetOptions() throws(Abandon) -> SyntaxList<SetOptionSyntax> {
        let first = UInt32(syntax.setOptions.count)
        var seen: [Keyword] = []
        while let keyword, Self.setOptions.contains(keyword) {
            guard !seen.contains(keyword) else {
                throw fail(.givenTwice(keyword.spelling, at: tokenRange))
            }
            seen.append(keyword)
            let start = token.start
            advance()
            let kind: SetOptionSyntax.Kind =
                switch keyword {
                case .from: .from(try parseString("the path of a file"))
                case .timeout: .timeout(try parseElement(.duration))
                default: .size(try parseElement(.number))
                }
            syntax.setOptions.append(SetOptionSyntax(range: range(from: start), kind: kind))
        }
        return .init(start: first, count: UInt32(syntax.setOptions.count) - first)
    }

    /// Parses `option NAME VALUE`.
    mutating func parseOption() throws(Abandon) -> OptionSyntax {
        let start = token.start
        advance()
        guard isWord("counters") else {
            throw failUnknownWord("'option'", ["counters"])
        }
        let name = NameSyntax(range: tokenRange)
        advance()
        guard token.kind == .keyword(.on) || isWord("off") else {
            throw failUnknownWord("'counters'", ["on", "off"])
        }
        let value = NameSyntax(range: tokenRange)
        advance()
        return OptionSyntax(range: range(from: start), name: name, value: value)
    }

    /// Parses `policy DIRECTION VERDICT`.
    mutating func parsePolicy() throws(Abandon) -> PolicySyntax {
        let start = token.start
        advance()
        guard let word = keyword?.directionWord else {
            throw failUnknownWord("'policy'", ["in", "out", "forward"])
        }
        let direction = DirectionSyntax(direction: word, range: tokenRange)
        advance()
        let verdict = try parsePolicyVerdict()
        return PolicySyntax(range: range(from: start), direction: direction, verdict: verdict)
    }

    /// Parses `accept` or `drop`.
    mutating func parsePolicyVerdict() throws(Abandon) -> PolicyVerdictSyntax {
        guard let keyword, keyword == .accept || keyword == .drop else {
            throw failUnknownWord("'policy'", ["accept", "drop"])
        }
        let verdict = PolicyVerdictSyntax(range: tokenRange, isAccept: keyword == .accept)
        advance()
        return verdict
    }

    /// Parses `table NAME = N`.
    mutating func parseTable() throws(Abandon) -> TableSyntax {
        let start = token.start
        advance()
        let name = try parseDeclaredName("a table")
        let number = try orAbandon(name) { parser throws(Abandon) in
            try parser.parseEquals()
            return try parser.parseElement(.number)
        }
        return TableSyntax(range: range(from: start), name: name, number: number)
    }

    /// Parses `sysctl KEY = VALUE`.
    mutating func parseSysctl() throws(Abandon) -> SysctlSyntax {
        let start = token.start
        advance()
        guard case .word = token.kind else {
            throw fail(.expectedName("a key such as net.ipv4.ip_forward", found: tokenDescription, at: tokenRange))
        }
        // A key may hold slashes and hyphens, which are tokens of their own; it ends at a blank or `=`.
        let keyStart = token.start
        advance()
        while token.start == previousEnd, !isAtStatementEnd, token.kind != .equals {
            advance()
        }
        let key = NameSyntax(range: range(from: keyStart))
        try parseEquals()
        let value = try parseSysctlValue()
        return SysctlSyntax(range: range(from: start), key: key, value: value)
    }

    /// Parses a quoted string, or all words to the end of the statement.
    private mutating func parseSysctlValue() throws(Abandon) -> ValueSyntax {
        if token.kind == .string {
            return try parseElement(.binding)
        }
        let start = token.start
        var words = 0
        while !isAtStatementEnd {
            switch token.kind {
            case .word, .minus, .comma, .colon, .slash:
                words += 1
                advance()
            default:
                throw fail(.expectedValue(.binding, found: tokenDescription, at: tokenRange))
            }
        }
        guard words > 0 else {
            return try parseElement(.binding)
        }
        return ValueSyntax(.literal(.name), range(from: start))
    }
}
