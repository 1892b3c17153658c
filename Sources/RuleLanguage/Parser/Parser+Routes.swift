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
    mutating func passOverAdd(behind word: String) {
        if token.kind == .keyword(.add) {
            diagnostics.report(.superfluousWord("add", behind: word, at: tokenRange))
            advance()
        }
    }

    mutating func parseFamily() -> FamilySyntax? {
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
}
