import Diagnostics
import NetworkTypes

extension Parser {
    /// Parses `route [ip|ip6] [TYPE] DESTINATION ATTRIBUTES [{ NEXTHOPS }]`.
    mutating func parseRoute() throws(Abandon) -> RouteSyntax {
        let start = token.start
        advance()
        passOverAdd(behind: "route")
        let family = parseFamily()
        var type: RouteTypeSyntax?
        if let word = routeType {
            type = RouteTypeSyntax(range: tokenRange, type: word)
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
            type: type,
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

    /// The type of a route that the current token says.
    private var routeType: RouteTypeWord? {
        if let refusal = keyword?.refusal { return .refuse(refusal) }
        return isWord("throw") ? .throw : isWord("local") ? .local : nil
    }

    /// Parses attributes up to the end of the statement or a brace.
    private mutating func parseRouteAttributes(
        ofNextHop: Bool
    ) throws(Abandon) -> SyntaxList<RouteAttributeSyntax> {
        let first = UInt32(syntax.routeAttributes.count)
        let words = ofNextHop ? RouteWord.ofNextHop : RouteWord.ofRoute
        var seen: [RouteWord] = []
        while !isAtStatementEnd, token.kind != .leftBrace {
            let start = token.start
            guard let word = routeWord(among: words) else {
                if routeType != nil, !ofNextHop {
                    throw fail(.typeBehindDestination(tokenText, at: tokenRange))
                }
                throw failUnknownWord(nil, words.map(\.spelling), meant: RouteWord.meant(by: tokenText)?.spelling)
            }
            guard !seen.contains(word) else {
                throw fail(.givenTwice(word.spelling, at: tokenRange))
            }
            seen.append(word)
            let kind = try parseRouteAttribute(word)
            syntax.routeAttributes.append(RouteAttributeSyntax(range: range(from: start), kind: kind))
        }
        return .init(start: first, count: UInt32(syntax.routeAttributes.count) - first)
    }

    /// The word of a route that the current token is.
    private func routeWord(among words: [RouteWord]) -> RouteWord? {
        switch token.kind {
        case .keyword, .word: RouteWord.written(tokenText).flatMap { words.contains($0) ? $0 : nil }
        default: nil
        }
    }

    private mutating func parseRouteAttribute(_ word: RouteWord) throws(Abandon) -> RouteAttributeSyntax.Kind {
        advance()
        switch word {
        case .via: return .via(try parseElement(.address))
        case .dev: return .dev(try parseElement(.interface))
        case .metric: return .metric(try parseElement(.number))
        case .table: return .table(try parseElement(.table))
        case .src: return .src(try parseElement(.address))
        case .scope: return .scope(try parseElement(.scope))
        case .weight: return .weight(try parseElement(.number))
        case .tos: return .tos(try parseElement(.number))
        case .features: return .features(try parseElement(.feature))
        case .congctl: return .congctl(try parseElement(.algorithm))
        case .pref: return .pref(try parseElement(.preference))
        case .path(let metric):
            let isLocked = (metric.canBeLocked || metric == .rtoMin) && isWord("lock")
            if isLocked { advance() }
            let place: ValuePlace = metric.unitsPerMillisecond == nil ? .number : .duration
            return .path(metric, try parseElement(place), isLocked: isLocked)
        case .onlink: return .onlink
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
