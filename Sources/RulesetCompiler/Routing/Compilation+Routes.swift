import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

extension Compilation {
    /// The sizes that the kernel takes for a path: at least an IPv4 header with options and 8 bytes (RFC 791), at most what
    /// it cuts larger ones down to.
    private static let mtus: ClosedRange<UInt64> = 68...65520

    /// Compiles the routes.
    func compileRoutes() {
        var owners: [RouteKey: SourceRange] = [:]
        for node in declarations.routes {
            guard !diagnostics.isFull else { return }
            for route in routes(node) {
                let key = RouteKey(route)
                if let first = owners.updateValue(node.range, forKey: key) {
                    report(.duplicateRoute(route.destination, first: first, at: node.range))
                    continue
                }
                ruleset.routes.append(route)
                provenance.routes.append(node.range)
            }
        }
    }

    /// What tells routes apart in the kernel.
    private struct RouteKey: Hashable {
        let destination: IPPrefix
        let table: UInt32
        let metric: UInt32

        init(_ route: Route) {
            destination = route.destination
            table = route.table
            metric = route.metric
        }
    }

    /// The attributes of a route or a next hop, each at most once.
    private struct RouteAttributes {
        var via: ValueSyntax?
        var dev: ValueSyntax?
        var metric: ValueSyntax?
        var table: ValueSyntax?
        var source: ValueSyntax?
        var mtu: ValueSyntax?
        var scope: ValueSyntax?
        var weight: ValueSyntax?
        var onlink: SourceRange?

        init(_ list: ArraySlice<RouteAttributeSyntax>) {
            for attribute in list {
                switch attribute.kind {
                case .via(let value): via = value
                case .dev(let value): dev = value
                case .metric(let value): metric = value
                case .table(let value): table = value
                case .src(let value): source = value
                case .mtu(let value): mtu = value
                case .scope(let value): scope = value
                case .weight(let value): weight = value
                case .onlink: onlink = attribute.range
                }
            }
        }
    }

    /// The routes of a statement: one for each of its destinations; none where it is wrong.
    private func routes(_ node: RouteSyntax) -> [Route] {
        let attributes = RouteAttributes(syntax[Int(node.range.file.rawValue)][node.attributes])
        let errors = diagnostics.errorCount
        let hops = nextHops(node, attributes)
        let gateways = (hops ?? []).compactMap { hop in hop.gateway.map { ($0, hop.range) } }
        let source = attributes.source.flatMap { address($0) }
        let table = attributes.table.map { self.table($0) } ?? 254
        let metric = attributes.metric.map { number($0, "a metric", in: 0...UInt64(UInt32.max)) }
        let mtu = attributes.mtu.map { number($0, "an MTU", in: Self.mtus) }
        let scope = attributes.scope.map { self.scope($0) }
        var families: [(AddressFamily, SourceRange)] = gateways.map { ($0.0.family, $0.1) }
        if let source, let range = attributes.source?.range { families.append((source.family, range)) }
        if let family = node.family { families.append((family.family == .ip ? .ipv4 : .ipv6, family.range)) }
        let destinations = self.destinations(node.destination, families.map(\.0))
        guard let hops, let table, diagnostics.errorCount == errors else { return [] }
        var routes: [Route] = []
        for destination in destinations {
            if let (_, range) = families.first(where: { $0.0 != destination.family }) {
                report(.routeOfTwoFamilies(destination, at: range, destination: node.destination.range))
                return []
            }
            if destination.family == .ipv6, let scope = attributes.scope {
                report(.scopeOfIPv6(at: scope.range))
                return []
            }
            var route = Route(
                destination: destination,
                target: target(node, hops),
                table: table,
                metric: (metric ?? nil).flatMap { UInt32(exactly: $0) },
                source: source,
                mtu: (mtu ?? nil).flatMap { UInt32(exactly: $0) },
                scope: scope ?? nil
            )
            // The kernel takes the metric 0 of IPv6 for its default.
            if destination.family == .ipv6, route.metric == 0 { route.metric = Route.defaultMetric(.ipv6) }
            routes.append(route)
        }
        return routes
    }

    // MARK: Destinations

    /// The prefixes that a route is for; `default` is all addresses of the families that the rest of the route allows.
    private func destinations(_ value: ValueSyntax, _ families: [AddressFamily]) -> [IPPrefix] {
        guard let destinations = values(value, DestinationValue.self) else { return [] }
        let all = (families.first.map { [$0] } ?? [.ipv4, .ipv6]).map { IPPrefix.all($0) }
        return destinations.flatMap { destination in
            switch destination {
            case .all: all
            case .prefix(let prefix): [prefix]
            }
        }
    }

    // MARK: Next hops

    /// A next hop and where it is written.
    private struct LocatedHop {
        var gateway: IPAddress?
        var interface: InterfaceName?
        var weight: UInt16 = 1
        var isOnLink: Bool
        let range: SourceRange
    }

    private func target(_ node: RouteSyntax, _ hops: [LocatedHop]) -> Route.Target {
        switch node.refusal?.refusal {
        case .blackhole: .blackhole
        case .unreachable: .unreachable
        case .prohibit: .prohibit
        case nil:
            .nextHops(
                hops.map {
                    NextHop(gateway: $0.gateway, interface: $0.interface, weight: $0.weight, isOnLink: $0.isOnLink)
                }
            )
        }
    }

    /// The next hops of a route; nothing where they are wrong.
    private func nextHops(_ node: RouteSyntax, _ attributes: RouteAttributes) -> [LocatedHop]? {
        let list = syntax[Int(node.range.file.rawValue)][node.nextHops]
        let own = [attributes.via?.range, attributes.dev?.range, attributes.onlink].compactMap(\.self).first
        if let refusal = node.refusal {
            guard let way = own ?? list.first?.range else { return [] }
            report(.refusedRouteWithWay(text(refusal.range), at: way))
            return nil
        }
        guard !list.isEmpty else {
            guard own != nil else {
                report(.routeWithoutWay(at: node.range))
                return nil
            }
            return nextHop(attributes, at: node.range).map { [$0] }
        }
        if let own {
            report(.routeWithTwoWays(at: own))
            return nil
        }
        var hops: [LocatedHop] = []
        var isGood = true
        for hop in list {
            let parts = RouteAttributes(syntax[Int(node.range.file.rawValue)][hop.attributes])
            guard let located = nextHop(parts, at: hop.range) else {
                isGood = false
                continue
            }
            if let same = hops.first(where: { $0.gateway == located.gateway && $0.interface == located.interface }) {
                report(.duplicateNextHop(first: same.range, at: hop.range))
                isGood = false
            }
            hops.append(located)
        }
        return isGood ? hops : nil
    }

    private func nextHop(_ attributes: RouteAttributes, at range: SourceRange) -> LocatedHop? {
        var hop = LocatedHop(isOnLink: attributes.onlink != nil, range: attributes.via?.range ?? range)
        var isGood = true
        if let via = attributes.via {
            hop.gateway = address(via)
            isGood = hop.gateway != nil
        }
        if let dev = attributes.dev {
            hop.interface = interfaceName(dev)
            isGood = hop.interface != nil && isGood
        }
        if let weight = attributes.weight {
            let number = number(weight, "a weight", in: 1...256)
            hop.weight = UInt16(truncatingIfNeeded: number ?? 1)
            isGood = number != nil && isGood
        }
        guard isGood else { return nil }
        if let onlink = attributes.onlink, attributes.via == nil || attributes.dev == nil {
            report(.onlinkWithoutGateway(at: onlink))
            return nil
        }
        if let gateway = hop.gateway, gateway.isLinkLocal, hop.interface == nil {
            report(.linkLocalGateway(at: hop.range))
            return nil
        }
        guard hop.gateway != nil || hop.interface != nil else {
            report(.routeWithoutWay(at: range))
            return nil
        }
        return hop
    }

    private func scope(_ value: ValueSyntax) -> RouteScope? {
        guard let word = single(value, WordValue.self) else { return nil }
        return named(word.range, expected: "a scope", code: .unknownScope, RouteScope.self)
    }
}

extension IPAddress {
    /// Whether the address means nothing without an interface: fe80::/10 (RFC 4291 2.5.6).
    fileprivate var isLinkLocal: Bool {
        switch self {
        case .ipv4: false
        case .ipv6(let address): address.rawValue >> 118 == 0x3fa
        }
    }
}
