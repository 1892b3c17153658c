import Diagnostics

// What was probably meant where a word is no match, argument or direction. It depends on what stands before the word.

extension Parser {
    /// Reports that the current token is no match, argument or direction.
    /// - Parameter verb: The rule's verb; nothing in the words that a block's rules share.
    mutating func failUnknownMatch(of verb: VerbSyntax?, _ tail: RuleTail) -> Abandon {
        switch token.kind {
        case .leftBrace:
            return fail(strayList(tail) ?? .blockWithVerb(at: tokenRange))
        case .keyword(.state), .keyword(.status):
            return fail(.unknownMatch(found: tokenDescription, at: tokenRange, suggestion: "ct \(tokenText)"))
        case .keyword(.type), .keyword(.code):
            return fail(.unknownMatch(found: tokenDescription, at: tokenRange, suggestion: "icmp \(tokenText)"))
        case .keyword(.src):
            return fail(.unknownMatch(found: tokenDescription, at: tokenRange, suggestion: "saddr"))
        case .keyword(.iif), .keyword(.oif), .keyword(.dev):
            return fail(otherInterfaceWord(tail))
        case .keyword(let keyword) where keyword.isVerb:
            return fail(.secondVerb(keyword, at: tokenRange))
        case .word(.name):
            return fail(unknownName(tail))
        case .word:
            return fail(strayValue(of: verb, tail))
        case .setReference:
            return fail(.straySet(tokenText, at: tokenRange))
        default:
            return fail(.unknownMatch(found: tokenDescription, at: tokenRange, suggestion: nil))
        }
    }

    /// The match that ends right before the current token.
    private func previousClause(_ tail: RuleTail) -> ClauseSyntax? {
        guard syntax.clauses.count > Int(tail.firstClause), let clause = syntax.clauses.last,
            clause.range.end == previousEnd
        else { return nil }
        return clause
    }

    // MARK: Names

    private func unknownName(_ tail: RuleTail) -> Diagnostic {
        switch tokenText {
        case "iifname", "oifname", "interface":
            return otherInterfaceWord(tail)
        case "any", "all", "anywhere":
            return .wordForEverything(found: tokenDescription, at: tokenRange)
        case "or":
            return wordBetweenValues(tail)
        default:
            let suggestion = StatementWords.matchSuggestion(for: tokenText)
            guard tokenText == "lo" || (suggestion == nil && looksLikeInterface) else {
                return .unknownMatch(found: tokenDescription, at: tokenRange, suggestion: suggestion)
            }
            guard !isSplit(tail) else { return .interfaceWithoutSide(found: tokenDescription, at: tokenRange) }
            return .unknownMatch(found: tokenDescription, at: tokenRange, suggestion: "on \(tokenText)")
        }
    }

    /// A word that names interfaces in another tool: where packets come in and go out by different ones there are two words here.
    private func otherInterfaceWord(_ tail: RuleTail) -> Diagnostic {
        let direction = (tail.direction ?? tail.scope.direction)?.direction
        switch (direction, tokenText) {
        case (.in, "oif"), (.in, "oifname"):
            return .interfaceOfOtherSide(found: tokenDescription, isOutput: true, at: tokenRange)
        case (.out, "iif"), (.out, "iifname"):
            return .interfaceOfOtherSide(found: tokenDescription, isOutput: false, at: tokenRange)
        default: break
        }
        guard isSplit(tail) else {
            return .unknownMatch(found: tokenDescription, at: tokenRange, suggestion: "on")
        }
        switch tokenText {
        case "iif", "iifname": return .unknownMatch(found: tokenDescription, at: tokenRange, suggestion: "from")
        case "oif", "oifname": return .unknownMatch(found: tokenDescription, at: tokenRange, suggestion: "to")
        default: return .interfaceWithoutSide(found: tokenDescription, at: tokenRange)
        }
    }

    private func isSplit(_ tail: RuleTail) -> Bool {
        let direction = tail.direction ?? tail.scope.direction
        return tail.scope.holder == .chain || direction?.direction == .forward
    }

    /// Whether the current word is like `eth0` or `wl*`.
    private var looksLikeInterface: Bool {
        guard let last = bytes[Int(token.start)..<Int(token.end)].last else { return false }
        return last == UInt8(ascii: "*") || (last >= UInt8(ascii: "0") && last <= UInt8(ascii: "9"))
    }

    /// `tcp or udp`, `dport 22 or 80`.
    private func wordBetweenValues(_ tail: RuleTail) -> Diagnostic {
        let next = peek()
        if case .transport? = previousClause(tail)?.match, case .keyword(let keyword) = next.kind,
            ValuePlace.proto.allows(keyword), let first = syntax.clauses.last?.range
        {
            let list = "proto { \(text(first.start, first.end)), \(keyword.spelling) }"
            let place = first.through(range(of: next))
            return .unknownMatch(found: tokenDescription, at: tokenRange, suggestion: list, replacing: place)
        }
        return .valueOfSeveral(found: tokenDescription, at: tokenRange)
    }

    // MARK: Values

    private var isAddress: Bool {
        switch token.kind {
        case .word(.address), .word(.prefix), .word(.endpoint): true
        case .word(.range): !isPortRange
        default: false
        }
    }

    private var isPort: Bool {
        token.kind == .word(.number) || (token.kind == .word(.range) && isPortRange)
    }

    private func strayValue(of verb: VerbSyntax?, _ tail: RuleTail) -> Diagnostic {
        let previous = previousClause(tail)
        var isTransport = false
        if case .transport? = previous?.match { isTransport = true }
        if let verb, verb.isNAT, tail.hasTarget || !isTransport, let target = strayTarget(of: verb, tail, previous) {
            return target
        }
        if isPort, isTransport {
            return .unknownMatch(found: tokenDescription, at: tokenRange, suggestion: "dport \(tokenText)")
        }
        if let rule = portWithProtocol {
            return .unknownMatch(found: tokenDescription, at: tokenRange, suggestion: rule)
        }
        switch previous?.match {
        case .address where isAddress, .ctOriginalAddress where isAddress:
            return .valueOfSeveral(found: tokenDescription, at: tokenRange)
        case .port where isPort, .proto where isPort, .mark where isPort, .ctMark where isPort, .skuid where isPort,
            .skgid where isPort, .ctOriginalPort where isPort:
            return .valueOfSeveral(found: tokenDescription, at: tokenRange)
        default: break
        }
        if isPort { return .portWithoutMatch(tokenText, found: tokenDescription, at: tokenRange) }
        if isAddress { return .addressWithoutMatch(tokenText, found: tokenDescription, at: tokenRange) }
        return .unknownMatch(found: tokenDescription, at: tokenRange, suggestion: nil)
    }

    /// `22/tcp` as a match.
    private var portWithProtocol: String? {
        let parts = tokenText.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let port = UInt16(parts[0]), parts[1] == "tcp" || parts[1] == "udp" else { return nil }
        return "\(parts[1]) dport \(port)"
    }

    /// An address or a port that stands where a NAT verb's target could be meant; nothing where it could not.
    private func strayTarget(of verb: VerbSyntax, _ tail: RuleTail, _ previous: ClauseSyntax?) -> Diagnostic? {
        if tail.hasTarget {
            guard case .target(let target)? = syntax.arguments.last, target.range.end == previousEnd, isPort,
                let address = target.address, target.port == nil
            else { return nil }
            let written = text(address.range.start, address.range.end)
            let host = written.contains(":") ? "[\(written)]" : written
            let place = target.range.through(tokenRange)
            return .strayTarget(found: tokenDescription, at: tokenRange, "to \(host):\(tokenText)", replacing: place)
        }
        // `to port 80` and `to source 192.0.2.1`: the word was taken for an interface.
        var place = tokenRange
        if case .interface(.to, let value)? = previous?.match, let range = previous?.range,
            Self.wordsOfTargets.contains(text(value.range.start, value.range.end))
        {
            place = range.through(tokenRange)
        }
        switch verb {
        case .redirect where isPort, .masquerade where isPort:
            return .strayTarget(found: tokenDescription, at: tokenRange, "to :\(tokenText)", replacing: place)
        case .dnat where isAddress, .snat where isAddress:
            return .strayTarget(found: tokenDescription, at: tokenRange, "to \(tokenText)", replacing: place)
        case .dnat where isPort, .snat where isPort:
            return .portOfTarget(tokenText, found: tokenDescription, at: tokenRange)
        default:
            return nil
        }
    }

    private static let wordsOfTargets = ["port", "ports", "source", "destination", "addr", "address", "ip"]

    // MARK: Lists

    /// A list that stands where no match is before it that takes one.
    private func strayList(_ tail: RuleTail) -> Diagnostic? {
        var ahead = lexer
        let first = ahead.next()
        let second = ahead.next().kind
        guard second == .comma || second == .rightBrace else { return nil }
        switch previousClause(tail)?.match {
        case .address, .port, .proto, .interface: return .valueOfSeveral(found: tokenDescription, at: tokenRange)
        default: break
        }
        switch first.kind {
        case .keyword(let keyword) where ValuePlace.proto.allows(keyword):
            return .listWithoutMatch("proto", at: tokenRange)
        case .word(.number):
            return .listWithoutMatch("dport", at: tokenRange)
        case .word(.address), .word(.prefix):
            return .listWithoutMatch("saddr", at: tokenRange)
        default:
            return nil
        }
    }
}
