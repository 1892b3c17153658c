import Diagnostics

extension Parser {
    /// Parses `[DIRECTION] MATCHES { … }`.
    mutating func parseBlock(in scope: Scope) throws(Abandon) -> BlockSyntax {
        let start = token.start
        let clauses = UInt32(syntax.clauses.count)
        var direction: DirectionSyntax?
        if let word = keyword?.directionWord {
            direction = parseDirection(word, in: scope)
        }
        while token.kind != .leftBrace {
            try parseHeadPart(from: start, direction, clauses, in: scope)
        }
        let headRange = range(from: start)
        let shared = SyntaxList<ClauseSyntax>(start: clauses, count: UInt32(syntax.clauses.count) - clauses)
        let statements = parseBody(in: scope.inside(direction))
        return BlockSyntax(
            range: range(from: start),
            headRange: headRange,
            direction: direction,
            clauses: shared,
            statements: statements
        )
    }

    private mutating func parseHeadPart(
        from start: UInt32,
        _ direction: DirectionSyntax?,
        _ firstClause: UInt32,
        in scope: Scope
    ) throws(Abandon) {
        let tail = RuleTail(scope: scope, direction: direction, firstClause: firstClause)
        switch token.kind {
        case .variable:
            parseGroup()
        case .keyword(let keyword):
            let place = tokenRange
            if try parseClause(keyword, after: firstClause) {
                return
            }
            if keyword.directionWord != nil {
                throw fail(direction == nil ? .directionNotFirst(at: place) : .directionTwice(at: place))
            }
            if keyword.isVerb {
                throw failVerbLast(keyword, from: start, direction, in: scope)
            }
            throw failUnknownMatch(of: nil, tail)
        case .newline, .semicolon, .rightBrace, .endOfFile:
            throw fail(.missingVerb(at: range(from: start)))
        default:
            guard try parseField(after: firstClause) else {
                throw failUnknownMatch(of: nil, tail)
            }
        }
    }

    /// Reports `in tcp dport 22 accept`, and says how it is written if the verb is the last word.
    private mutating func failVerbLast(
        _ verb: Keyword,
        from start: UInt32,
        _ direction: DirectionSyntax?,
        in scope: Scope
    ) -> Abandon {
        let head = range(from: start)
        let place = tokenRange
        var fixIt: Diagnostic.FixIt?
        var note: Diagnostic.Note?
        let hasDirection = direction ?? scope.direction != nil || scope.holder == .chain || unknownHeads > 0
        switch peek().kind {
        case .newline, .semicolon, .rightBrace, .endOfFile:
            guard hasDirection else {
                let words = text(head.start, head.end)
                note = .init("with its direction: `\(verb.spelling) in \(words)`, or `out` or `forward`")
                break
            }
            let rule = "\(verb.spelling) \(text(head.start, head.end))"
            fixIt = .init("write `\(rule)`", replacing: head.through(place), with: rule)
        default:
            break
        }
        return fail(.verbNotFirst(verb, at: place, fixIt: fixIt, note: note))
    }

    /// Parses `chain NAME [HOOK] { … }`.
    mutating func parseChain() throws(Abandon) -> ChainSyntax {
        let start = token.start
        advance()
        let name = try parseDeclaredName("a chain")
        let hook: HookSyntax?
        switch token.kind {
        case .leftBrace:
            hook = nil
        case .keyword(.type), .keyword(.hook), .keyword(.priority), .keyword(.policy):
            hook = try orAbandon(name) { parser throws(Abandon) in try parser.parseHook() }
        default:
            hook = nil
        }
        guard token.kind == .leftBrace else {
            abandon(name)
            throw failExpected("'{'", orWords: hook == nil ? ["hook"] : [])
        }
        let statements = parseBody(in: .chain)
        return ChainSyntax(range: range(from: start), name: name, hook: hook, statements: statements)
    }

    private mutating func parseHook() throws(Abandon) -> HookSyntax {
        let start = token.start
        let type = accept(.type) ? try parseVocabularyWord("'type'", ["filter", "nat", "route"]) : nil
        guard accept(.hook) else {
            throw failExpected("`hook`", orWords: ["hook"])
        }
        let hooks = ["prerouting", "input", "forward", "output", "postrouting"]
        let hook = try parseVocabularyWord("'hook'", hooks)
        guard accept(.priority) else {
            throw failExpected("`priority`", orWords: ["priority"])
        }
        let priority = try parsePriority()
        let policy = accept(.policy) ? try parsePolicyVerdict() : nil
        return HookSyntax(range: range(from: start), type: type, hook: hook, priority: priority, policy: policy)
    }

    /// Parses one of a few words; which of them is checked later, save that it must be a word.
    private mutating func parseVocabularyWord(
        _ behind: String,
        _ candidates: [String]
    ) throws(Abandon) -> NameSyntax {
        guard candidates.contains(tokenText) else {
            throw failUnknownWord(behind, candidates)
        }
        let name = NameSyntax(range: tokenRange)
        advance()
        return name
    }

    /// Parses `-150`, `raw`, `raw - 10` or `raw-10`.
    private mutating func parsePriority() throws(Abandon) -> PrioritySyntax {
        let start = token.start
        var base: NameSyntax?
        if case .word(.name) = token.kind {
            let word = bytes[Int(token.start)..<Int(token.end)]
            if let hyphen = word.firstIndex(of: UInt8(ascii: "-")), word[(hyphen + 1)...].allSatisfy(isDigit) {
                let middle = UInt32(hyphen)
                base = NameSyntax(range: SourceRange(file: source, start: start, end: middle))
                let offset = SourceRange(file: source, start: middle + 1, end: token.end)
                advance()
                return PrioritySyntax(range: range(from: start), base: base, isNegative: true, offset: offset)
            }
            base = NameSyntax(range: tokenRange)
            advance()
        }
        let isNegative = token.kind == .minus
        let isSigned = isNegative || token.kind == .plus
        if isSigned {
            advance()
        } else if base != nil {
            return PrioritySyntax(range: range(from: start), base: base, isNegative: false, offset: nil)
        }
        guard token.kind == .word(.number) else {
            throw fail(.expectedName("a priority such as filter, raw or -150", found: tokenDescription, at: tokenRange))
        }
        let offset = tokenRange
        advance()
        return PrioritySyntax(range: range(from: start), base: base, isNegative: isNegative, offset: offset)
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
