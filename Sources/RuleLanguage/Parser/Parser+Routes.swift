import Diagnostics

extension Parser {
    /// Parses `route [ip|ip6] [blackhole|unreachable|prohibit] DESTINATION ATTRIBUTES [{ NEXTHOPS }]`.
    mutating func parseRoute() throws(Abandon) -> RouteSyntax {
        let start = token.start
        advance()
        passOverAdd(behind: "route")
        let family = parseFamily()
        var refusal: RefusalSyntax?
        if let word = keyword?.refusal {
            refusal = RefusalSyntax(range: tokenRange, refusal: word)
            advance()
        }
        let destination = try parseValue(.prefix)
        let attributes = try parseRouteAttributes(ofNextHop: false)
        var nextHops = SyntaxList<NextHopSyntax>.empty
        if token.kind == .leftBrace {
            nextHops = try parseNextHops()
        }
        return RouteSyntax(
            range: range(from: start),
            family: family,
            refusal: refusal,
            destination: destination,
            attributes: attributes,
            nextHops: nextHops
        )
    }

    /// Reports the `add` of ip(8) and goes on after it.
    private mutating func passOverAdd(behind word: String) {
        if token.kind == .keyword(.add) {
            diagnostics.report(.superfluousWord("add", behind: word, at: tokenRange))
            advance()
        }
    }

    private mutating func parseFamily() -> FamilySyntax? {
        guard let word = keyword?.family else {
            return nil
        }
        let family = FamilySyntax(range: tokenRange, family: word)
        advance()
        return family
    }

    /// Parses attributes up to the end of the statement or a brace.
    private mutating func parseRouteAttributes(
        ofNextHop: Bool
    ) throws(Abandon) -> SyntaxList<RouteAttributeSyntax> {
        let first = UInt32(syntax.routeAttributes.count)
        var seen: [Keyword] = []
        while !isAtStatementEnd, token.kind != .leftBrace {
            let start = token.start
            let words = ofNextHop ? Self.nextHopWords : Self.routeWords
            guard let keyword, words.contains(keyword) else {
                if let keyword, keyword.refusal != nil, !ofNextHop {
                    throw fail(.refusalBehindDestination(keyword, at: tokenRange))
                }
                let meant = isWord("gw") || isWord("gateway") ? Keyword.via.spelling : nil
                throw failUnknownWord(nil, words.map(\.spelling), meant: meant)
            }
            guard !seen.contains(keyword) else {
                throw fail(.givenTwice(keyword.spelling, at: tokenRange))
            }
            seen.append(keyword)
            let kind = try parseRouteAttribute(keyword)
            syntax.routeAttributes.append(RouteAttributeSyntax(range: range(from: start), kind: kind))
        }
        return .init(start: first, count: UInt32(syntax.routeAttributes.count) - first)
    }

    private static let routeWords: [Keyword] = [.via, .dev, .metric, .table, .src, .mtu, .scope, .onlink]
    private static let nextHopWords: [Keyword] = [.via, .dev, .weight, .onlink]

    private mutating func parseRouteAttribute(_ keyword: Keyword) throws(Abandon) -> RouteAttributeSyntax.Kind {
        advance()
        switch keyword {
        case .via: return .via(try parseElement(.address))
        case .dev: return .dev(try parseElement(.interface))
        case .metric: return .metric(try parseElement(.number))
        case .table: return .table(try parseElement(.table))
        case .src: return .src(try parseElement(.address))
        case .mtu: return .mtu(try parseElement(.number))
        case .scope: return .scope(try parseElement(.scope))
        case .weight: return .weight(try parseElement(.number))
        default: return .onlink
        }
    }

    /// Parses `{ NEXTHOP ; NEXTHOP }`; mistakes of all of them are reported.
    private mutating func parseNextHops() throws(Abandon) -> SyntaxList<NextHopSyntax> {
        let open = token
        let first = UInt32(syntax.nextHops.count)
        var isGood = true
        advance()
        while token.kind != .rightBrace {
            switch token.kind {
            case .newline, .semicolon:
                advance()
                continue
            case .keyword(let keyword) where keyword.startsStatement:
                isAtStatementStart = true
                throw failUnclosedList(open)
            case .endOfFile:
                throw failUnclosedList(open)
            default:
                break
            }
            do {
                let start = token.start
                let attributes = try parseRouteAttributes(ofNextHop: true)
                guard isAtStatementEnd else {
                    throw failExpected("';' or a line end", orWords: [])
                }
                syntax.nextHops.append(NextHopSyntax(range: range(from: start), attributes: attributes))
            } catch {
                isGood = false
                recover(in: .file)
            }
        }
        advance()
        guard isGood else {
            throw Abandon()
        }
        return .init(start: first, count: UInt32(syntax.nextHops.count) - first)
    }

    /// Parses `rule [ip|ip6] SELECTORS ACTION [priority N]`, in any order.
    mutating func parseRoutingRule() throws(Abandon) -> RoutingRuleSyntax {
        let start = token.start
        advance()
        passOverAdd(behind: "rule")
        let family = parseFamily()
        let first = UInt32(syntax.routingRuleAttributes.count)
        var seen: [Keyword] = []
        var hasAction = false
        while !isAtStatementEnd {
            let place = tokenRange
            guard let keyword, Self.routingRuleWords.contains(keyword) else {
                let meant = keyword == .table ? Keyword.lookup.spelling : nil
                throw failUnknownWord(nil, Self.routingRuleWords.map(\.spelling), meant: meant)
            }
            if keyword == .from || keyword == .to, passOverEverything() {
                continue
            }
            guard !seen.contains(keyword) else {
                throw fail(.givenTwice(keyword.spelling, at: place))
            }
            seen.append(keyword)
            if keyword == .lookup || keyword.refusal != nil {
                guard !hasAction else {
                    throw fail(.secondAction(at: place))
                }
                hasAction = true
            }
            let kind = try parseRoutingRuleAttribute(keyword)
            syntax.routingRuleAttributes.append(.init(range: range(from: place.start), kind: kind))
        }
        guard hasAction else {
            throw fail(.missingAction(at: range(from: start)))
        }
        return RoutingRuleSyntax(
            range: range(from: start),
            family: family,
            attributes: .init(start: first, count: UInt32(syntax.routingRuleAttributes.count) - first)
        )
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

    private static let routingRuleWords: [Keyword] = [
        .from, .to, .iif, .oif, .fwmark, .priority, .lookup, .blackhole, .unreachable, .prohibit,
    ]

    private mutating func parseRoutingRuleAttribute(
        _ keyword: Keyword
    ) throws(Abandon) -> RoutingRuleAttributeSyntax.Kind {
        advance()
        switch keyword {
        case .from: return .from(try parseValue(.prefix))
        case .to: return .to(try parseValue(.prefix))
        case .iif: return .iif(try parseElement(.interface))
        case .oif: return .oif(try parseElement(.interface))
        case .fwmark: return .fwmark(try parseElement(.mark))
        case .priority: return .priority(try parseElement(.number))
        case .lookup: return .lookup(try parseElement(.table))
        case .blackhole: return .refuse(.blackhole)
        case .unreachable: return .refuse(.unreachable)
        default: return .refuse(.prohibit)
        }
    }
}
