import Diagnostics

extension Parser {
    /// Parses `rule [ip|ip6] [not] SELECTORS ACTION [priority N]`, in any order but for `not`.
    mutating func parseRoutingRule() throws(Abandon) -> RoutingRuleSyntax {
        let start = token.start
        advance()
        passOverAdd(behind: "rule")
        let family = parseFamily()
        let first = UInt32(syntax.routingRuleAttributes.count)
        var seen: [RoutingRuleWord] = []
        while !isAtStatementEnd {
            let place = tokenRange
            guard let word = routingRuleWord else {
                let words = RoutingRuleWord.allCases.map(\.rawValue)
                throw failUnknownWord(nil, words, meant: RoutingRuleWord.meant(by: tokenText)?.rawValue)
            }
            if word == .from || word == .to, passOverEverything() {
                continue
            }
            guard !seen.contains(word) else {
                throw fail(.givenTwice(word.rawValue, at: place))
            }
            if word == .not, seen.contains(where: \.isSelector) {
                throw fail(.lateInversion(at: place))
            }
            if word.isAction, seen.contains(where: \.isAction) {
                throw fail(.secondAction(at: place))
            }
            seen.append(word)
            let kind = try parseRoutingRuleAttribute(word)
            syntax.routingRuleAttributes.append(.init(range: range(from: place.start), kind: kind))
        }
        guard seen.contains(where: \.isAction) else {
            throw fail(.missingAction(at: range(from: start)))
        }
        return RoutingRuleSyntax(
            range: range(from: start),
            family: family,
            attributes: .init(start: first, count: UInt32(syntax.routingRuleAttributes.count) - first)
        )
    }

    /// The word of a policy routing rule that the current token is.
    private var routingRuleWord: RoutingRuleWord? {
        switch token.kind {
        case .keyword, .word: RoutingRuleWord(rawValue: tokenText)
        default: nil
        }
    }

    /// Reports `from all`, which ip(8) has in its lists, and goes on after it.
    private mutating func passOverEverything() -> Bool {
        let next = peek()
        guard next.kind == .word(.name), ["all", "any"].contains(text(next.start, next.end)) else {
            return false
        }
        let place = tokenRange.through(range(of: next))
        diagnostics.report(.selectorForEverything(text(place.start, place.end), at: place))
        advance()
        advance()
        return true
    }

    private mutating func parseRoutingRuleAttribute(
        _ word: RoutingRuleWord
    ) throws(Abandon) -> RoutingRuleAttributeSyntax.Kind {
        advance()
        switch word {
        case .not: return .not
        case .from: return .from(try parseValue(.prefix))
        case .to: return .to(try parseValue(.prefix))
        case .iif: return .iif(try parseElement(.interface))
        case .oif: return .oif(try parseElement(.interface))
        case .fwmark: return .fwmark(try parseElement(.mark))
        case .tos: return .tos(try parseElement(.number))
        case .dscp: return .dscp(try parseElement(.number))
        case .ipproto: return .ipproto(try parseValue(.proto))
        case .sport: return .sport(try parseValue(.port))
        case .dport: return .dport(try parseValue(.port))
        case .uidrange: return .uidrange(try parseValue(.user))
        case .suppressPrefixLength: return .suppressPrefixLength(try parseElement(.number))
        case .suppressGroup: return .suppressGroup(try parseElement(.number))
        case .priority: return .priority(try parseElement(.number))
        case .lookup: return .lookup(try parseElement(.table))
        case .goto: return .goto(try parseElement(.number))
        case .l3mdev: return .l3mdev
        case .nop: return .nop
        case .blackhole: return .refuse(.blackhole)
        case .unreachable: return .refuse(.unreachable)
        case .prohibit: return .refuse(.prohibit)
        }
    }
}
