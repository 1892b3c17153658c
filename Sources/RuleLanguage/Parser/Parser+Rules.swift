import Diagnostics

extension Parser {
    /// What was found behind a rule's verb.
    private struct Tail {
        /// What is around the rule.
        let scope: Scope
        var direction: DirectionSyntax?
        var comment: StringSyntax?
        /// Whether matches may still follow.
        var isMatching = true
        /// Whether only `from` and `to` stand between `forward` and here.
        var isInDirection = false
        /// Whether `to` an interface was there.
        var hasOutgoing = false
        var hasTarget = false
        var hasRejectType = false
        var hasAndAccept = false
        var hasLog = false
        var flags: [NATFlag] = []
        /// The options of the verb `log`.
        var log: LogOptions?
    }

    /// Parses a rule, from its verb to its comment.
    mutating func parseRule(in scope: Scope) throws(Abandon) -> RuleSyntax {
        let start = token.start
        var tail = Tail(scope: scope)
        let (verb, verbRange) = try parseVerb()
        if case .log = verb {
            tail.log = try parseLogOptions()
        }
        let clauses = UInt32(syntax.clauses.count)
        let arguments = UInt32(syntax.arguments.count)
        if let direction = keyword?.directionWord {
            tail.direction = parseDirection(direction, in: scope)
            tail.isInDirection = direction == .forward
        }
        while !isAtStatementEnd {
            try parsePart(of: verb, &tail)
        }
        let ruleRange = range(from: start)
        if let log = tail.log {
            syntax.arguments.append(.log(log.syntax(range: verbRange)))
            if log.prefix == nil, let comment = tail.comment {
                diagnostics.report(.logPrefixAsComment(at: comment.range))
            }
        }
        try check(tail, of: verb, verbRange)
        return RuleSyntax(
            range: ruleRange,
            verbRange: verbRange,
            verb: verb,
            direction: tail.direction,
            clauses: .init(start: clauses, count: UInt32(syntax.clauses.count) - clauses),
            arguments: .init(start: arguments, count: UInt32(syntax.arguments.count) - arguments),
            comment: tail.comment
        )
    }

    private mutating func check(
        _ tail: Tail,
        of verb: VerbSyntax,
        _ verbRange: SourceRange
    ) throws(Abandon) {
        let scope = tail.scope
        let isDirected = tail.direction != nil || scope.direction != nil
        if !isDirected, scope.holder != .chain, unknownHeads == 0 {
            throw fail(.missingDirection(at: verbRange))
        }
        if verb.needsTarget, !tail.hasTarget {
            throw fail(.missingTarget(text(verbRange.start, verbRange.end), at: verbRange))
        }
    }

    private mutating func parsePart(of verb: VerbSyntax, _ tail: inout Tail) throws(Abandon) {
        switch token.kind {
        case .keyword(let keyword):
            try parsePart(keyword, of: verb, &tail)
        case .variable:
            reportIfLate(tail)
            tail.isInDirection = false
            parseGroup()
        case .string:
            tail.comment = StringSyntax(range: tokenRange)
            advance()
            if !isAtStatementEnd {
                throw fail(.textAfterComment(found: tokenDescription, at: tokenRange))
            }
        default:
            throw failUnknownMatch()
        }
    }

    @inline(__always)
    private mutating func parsePart(
        _ keyword: Keyword,
        of verb: VerbSyntax,
        _ tail: inout Tail
    ) throws(Abandon) {
        if keyword == .to, isTargetAhead(of: verb, tail) {
            try parseTarget(of: verb, &tail)
            return
        }
        let start = tokenRange
        if keyword == .log {
            guard tail.log == nil, !tail.hasLog else {
                throw fail(.givenTwice("log", at: tokenRange))
            }
            advance()
            let log = try parseLogOptions()
            syntax.arguments.append(.log(log.syntax(range: range(from: start.start))))
            tail.hasLog = true
            tail.isMatching = false
            return
        }
        if try parseClause(keyword) {
            if !tail.isMatching {
                diagnostics.report(.matchAfterArguments(at: start))
                tail.isMatching = true
            }
            tail.hasOutgoing = tail.hasOutgoing || keyword == .to
            tail.isInDirection = tail.isInDirection && (keyword == .from || keyword == .to)
            return
        }
        if let direction = keyword.directionWord {
            guard tail.direction == nil else {
                throw fail(.directionTwice(at: start))
            }
            diagnostics.report(.directionNotBehindVerb(at: start))
            tail.direction = parseDirection(direction, in: tail.scope)
            return
        }
        try parseArgument(keyword, of: verb, &tail)
    }

    private mutating func reportIfLate(_ tail: Tail) {
        if !tail.isMatching {
            diagnostics.report(.matchAfterArguments(at: tokenRange))
        }
    }

    /// Parses a direction; one that contradicts what is around it is reported.
    mutating func parseDirection(_ direction: DirectionWord, in scope: Scope) -> DirectionSyntax {
        let syntax = DirectionSyntax(direction: direction, range: tokenRange)
        if scope.holder == .chain {
            diagnostics.report(.directionInChain(at: tokenRange))
        } else if let outer = scope.direction, outer.direction != direction {
            diagnostics.report(.contradictingDirection(outer: outer, at: tokenRange))
        }
        advance()
        return syntax
    }
}

// MARK: - Verbs

extension Parser {
    private mutating func parseVerb() throws(Abandon) -> (VerbSyntax, SourceRange) {
        let start = token.start
        let keyword = keyword
        advance()
        var verbRange = range(from: start)
        switch keyword {
        case .accept: return (.accept, verbRange)
        case .drop: return (.drop, verbRange)
        case .reject: return (.reject, verbRange)
        case .redirect: return (.redirect, verbRange)
        case .dnat: return (.dnat, verbRange)
        case .snat: return (.snat, verbRange)
        case .masquerade: return (.masquerade, verbRange)
        case .log: return (.log, verbRange)
        case .count: return (.count, verbRange)
        case .notrack: return (.notrack, verbRange)
        case .return: return (.return, verbRange)
        case .jump: return (.jump(try parseName("a chain")), verbRange)
        case .goto: return (.goto(try parseName("a chain")), verbRange)
        default: break
        }
        let isConnection = accept(.ct)
        guard accept(.mark) else {
            if !isConnection, let keyword = self.keyword {
                throw fail(.notInLanguage("set \(keyword.spelling)", at: tokenRange))
            }
            throw failUnknownWord("'set ct'", ["mark"])
        }
        verbRange = range(from: start)
        let value = try parseValue(.mark)
        return (isConnection ? .setConnectionMark(value) : .setMark(value), verbRange)
    }
}

extension VerbSyntax {
    /// Whether the verb translates addresses or ports.
    var isNAT: Bool {
        switch self {
        case .redirect, .dnat, .snat, .masquerade: true
        default: false
        }
    }

    /// Whether the verb says nothing without `to`.
    var needsTarget: Bool {
        switch self {
        case .redirect, .dnat, .snat: true
        default: false
        }
    }
}

// MARK: - Arguments

extension Parser {
    /// Parses `with`, `and accept`, a NAT flag, or an option of `log`.
    private mutating func parseArgument(
        _ keyword: Keyword,
        of verb: VerbSyntax,
        _ tail: inout Tail
    ) throws(Abandon) {
        let start = token.start
        switch keyword {
        case .with:
            guard case .reject = verb else {
                throw fail(.argumentOfOtherVerb("with", "`reject`", at: tokenRange))
            }
            guard !tail.hasRejectType else {
                throw fail(.givenTwice("with", at: tokenRange))
            }
            syntax.arguments.append(.rejectWith(try parseRejectType()))
            tail.hasRejectType = true
        case .and:
            guard verb.isRedirection else {
                throw fail(.argumentOfOtherVerb("and accept", "`redirect` and `dnat`", at: tokenRange))
            }
            advance()
            guard accept(.accept) else {
                throw failUnknownWord("'and'", ["accept"])
            }
            guard !tail.hasAndAccept else {
                throw fail(.givenTwice("and accept", at: range(from: start)))
            }
            syntax.arguments.append(.andAccept(range(from: start)))
            tail.hasAndAccept = true
        case .random, .fullyRandom, .persistent:
            try parseFlag(keyword, of: verb, &tail)
        case .level, .group:
            guard var log = tail.log else {
                throw fail(.argumentOfOtherVerb(keyword.spelling, "`log`", at: tokenRange))
            }
            try parseLogOption(keyword, &log)
            tail.log = log
        default:
            throw failUnknownMatch()
        }
        tail.isMatching = false
    }

    private mutating func parseFlag(_ keyword: Keyword, of verb: VerbSyntax, _ tail: inout Tail) throws(Abandon) {
        guard let flag = keyword.natFlag else {
            return
        }
        guard verb.isNAT else {
            let verbs = "`redirect`, `dnat`, `snat` and `masquerade`"
            throw fail(.argumentOfOtherVerb(keyword.spelling, verbs, at: tokenRange))
        }
        guard !tail.flags.contains(flag) else {
            throw fail(.givenTwice(keyword.spelling, at: tokenRange))
        }
        tail.flags.append(flag)
        syntax.arguments.append(.natFlag(flag, tokenRange))
        advance()
    }

    private mutating func parseRejectType() throws(Abandon) -> RejectTypeSyntax {
        let start = token.start
        advance()
        let answer: RejectTypeSyntax.Answer
        switch keyword {
        case .icmp:
            advance()
            answer = .icmp(try parseRejectName())
        case .icmpv6:
            advance()
            answer = .icmpv6(try parseRejectName())
        case .tcp:
            advance()
            guard isWord("reset") else {
                throw failUnknownWord("'with tcp'", ["reset"])
            }
            advance()
            answer = .tcpReset
        default:
            throw failUnknownWord("'with'", ["icmp", "icmpv6", "tcp reset"])
        }
        return RejectTypeSyntax(range: range(from: start), answer: answer)
    }

    private mutating func parseRejectName() throws(Abandon) -> NameSyntax {
        guard case .word = token.kind else {
            throw fail(.expectedName("an ICMP code such as host-unreachable", found: tokenDescription, at: tokenRange))
        }
        let name = NameSyntax(range: tokenRange)
        advance()
        return name
    }
}

extension VerbSyntax {
    /// Whether the verb changes where a packet goes.
    var isRedirection: Bool {
        switch self {
        case .redirect, .dnat: true
        default: false
        }
    }
}

// MARK: - NAT targets

extension Parser {
    /// Whether the current `to` is followed by addresses or ports rather than an interface.
    ///
    /// `:`, `[` and whatever looks like an address or number is a target, a name in any other form an interface. A
    /// variable is an interface, except in a NAT rule behind the direction.
    private func isTargetAhead(of verb: VerbSyntax, _ tail: Tail) -> Bool {
        var ahead = lexer
        switch ahead.next().kind {
        case .colon, .leftBracket:
            return true
        case .word(.name):
            return verb.isNAT && ahead.next().kind == .colon
        case .word(let shape):
            return shape != .quantity
        case .variable:
            return verb.isNAT && !(tail.isInDirection && !tail.hasOutgoing)
        case .newline, .semicolon, .rightBrace, .endOfFile, .keyword:
            return verb.isNAT && !tail.isInDirection
        default:
            return false
        }
    }

    private mutating func parseTarget(of verb: VerbSyntax, _ tail: inout Tail) throws(Abandon) {
        guard verb.isNAT else {
            let verbs = "`redirect`, `dnat`, `snat` and `masquerade`"
            throw fail(.argumentOfOtherVerb("to", verbs, at: tokenRange))
        }
        guard !tail.hasTarget else {
            throw fail(.givenTwice("to", at: tokenRange))
        }
        let start = token.start
        advance()
        var address: ValueSyntax?
        var port: ValueSyntax?
        switch token.kind {
        case .word(.endpoint):
            (address, port) = splitEndpoint()
        case .word(.number), .word(.masked),
            .word(.range) where isPortRange:
            throw fail(.portWithoutColon(tokenText, at: tokenRange))
        case .leftBracket:
            address = try parseBracketedAddress()
        case .colon:
            break
        default:
            address = try parseElement(.address)
        }
        if port == nil, token.kind == .colon {
            if let address, isBare(address) {
                throw fail(.addressWithoutBrackets(text(address.range.start, address.range.end), at: address.range))
            }
            advance()
            port = try parseElement(.port)
        }
        syntax.arguments.append(.target(NATTargetSyntax(range: range(from: start), address: address, port: port)))
        tail.hasTarget = true
        tail.isMatching = false
    }

    /// Whether an address has colons but no brackets around it.
    private func isBare(_ address: ValueSyntax) -> Bool {
        bytes[address.range.offsets].contains(UInt8(ascii: ":")) && bytes[Int(previousEnd) - 1] != UInt8(ascii: "]")
    }

    /// Whether the current token, a range, has no address in it.
    private var isPortRange: Bool {
        !bytes[Int(token.start)..<Int(token.end)].contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }
    }

    /// Cuts `10.0.0.7:8443` at the last colon.
    private mutating func splitEndpoint() -> (ValueSyntax, ValueSyntax) {
        var colon = token.end - 1
        while colon > token.start, bytes[Int(colon)] != UInt8(ascii: ":") {
            colon -= 1
        }
        let address = operand(token.start, colon)
        let port = operand(colon + 1, token.end)
        advance()
        return (address, port)
    }

    /// The value, or range of values, that a part of a word is.
    private mutating func operand(_ start: UInt32, _ end: UInt32) -> ValueSyntax {
        let part = bytes[Int(start)..<Int(end)]
        let whole = SourceRange(file: source, start: start, end: end)
        guard let hyphen = part.firstIndex(of: UInt8(ascii: "-")) else {
            return bound(start, end)
        }
        return ValueSyntax(.range(pair(bound(start, UInt32(hyphen)), bound(UInt32(hyphen) + 1, end))), whole)
    }

    /// Parses `[v6]`, `[v6-v6]` or `[v6]-[v6]`.
    private mutating func parseBracketedAddress() throws(Abandon) -> ValueSyntax {
        let low = try parseBracket()
        guard token.kind == .minus else {
            return low
        }
        advance()
        guard token.kind == .leftBracket else {
            throw fail(.expectedValue(.address, found: tokenDescription, at: tokenRange))
        }
        let high = try parseBracket()
        return ValueSyntax(.range(pair(low, high)), low.range.through(high.range))
    }

    private mutating func parseBracket() throws(Abandon) -> ValueSyntax {
        let open = token
        advance()
        let value = try parseElement(.address)
        guard token.kind == .rightBracket else {
            throw fail(.unclosedBracket(at: range(of: open)))
        }
        advance()
        return value
    }
}
