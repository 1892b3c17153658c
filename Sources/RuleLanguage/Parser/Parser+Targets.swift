import Diagnostics

extension Parser {
    /// Whether the current `to` is followed by addresses or ports rather than an interface.
    ///
    /// `:`, `[` and whatever looks like an address or number is a target, a name in any other form an interface. A
    /// variable is an interface, except in a NAT rule after the direction.
    func isTargetAhead(of verb: VerbSyntax, _ tail: RuleTail) -> Bool {
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

    mutating func parseTarget(of verb: VerbSyntax, _ tail: inout RuleTail) throws(Abandon) {
        guard verb.isNAT else {
            let verbs = "`redirect`, `dnat`, `snat` and `masquerade`"
            guard let meant = matchMeantByTarget(tail) else {
                throw fail(.argumentOfOtherVerb("to", verbs, at: tokenRange))
            }
            throw fail(.targetOfOtherVerb(verbs, meant: meant, at: tokenRange))
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

    /// The match that was probably meant by a target of a verb that has none, unless the rule has that match already.
    private func matchMeantByTarget(_ tail: RuleTail) -> String? {
        let next = peek().kind
        let isPort = next == .colon || next == .word(.number)
        let isThere = syntax.clauses[Int(tail.firstClause)...].contains { clause in
            switch clause.match {
            case .port(.destination, _): isPort
            case .address(.destination, _): !isPort
            default: false
            }
        }
        return isThere ? nil : isPort ? "dport" : "daddr"
    }

    /// Whether an address has colons but no brackets around it.
    private func isBare(_ address: ValueSyntax) -> Bool {
        bytes[address.range.offsets].contains(UInt8(ascii: ":")) && bytes[Int(previousEnd) - 1] != UInt8(ascii: "]")
    }

    /// Whether the current token, a range, has no address in it.
    var isPortRange: Bool {
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
