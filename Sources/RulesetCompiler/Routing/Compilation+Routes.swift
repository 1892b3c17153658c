import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

extension Compilation {
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
        let typeOfService: UInt8

        init(_ route: Route) {
            destination = route.destination
            table = route.table
            metric = route.metric
            typeOfService = route.typeOfService
        }
    }

    /// The routes of a statement: one for each of its destinations; none where it is wrong.
    private func routes(_ node: RouteSyntax) -> [Route] {
        let attributes = RouteAttributes(syntax[Int(node.range.file.rawValue)][node.attributes])
        let errors = diagnostics.errorCount
        let hops = nextHops(node, attributes)
        let gateways = (hops ?? []).compactMap { hop in hop.gateway.map { ($0, hop.range) } }
        let properties = properties(attributes)
        let families = families(node, attributes, gateways, properties)
        let destinations = self.destinations(node.destination, families.map(\.family))
        guard let hops, let table = properties.table, diagnostics.errorCount == errors else { return [] }
        var routes: [Route] = []
        for destination in destinations {
            if let family = families.first(where: { $0.family != destination.family }) {
                report(family.conflict(destination, at: node.destination.range))
                return []
            }
            var route = Route(
                destination: destination,
                target: target(node, hops),
                table: table,
                metric: properties.metric,
                source: properties.source,
                typeOfService: properties.typeOfService,
                metrics: properties.metrics,
                lockedMetrics: properties.lockedMetrics,
                usesECN: properties.usesECN,
                congestionControl: properties.congestionControl,
                preference: properties.preference,
                scope: properties.scope
            )
            // The kernel takes the metric 0 of IPv6 for its default.
            if destination.family == .ipv6, route.metric == 0 { route.metric = Route.defaultMetric(.ipv6) }
            routes.append(route)
        }
        return routes
    }

    /// Something that fixes the family of a route.
    private struct FixedFamily {
        enum Cause {
            case address
            /// What the kernel keeps for one family only.
            case property(String)
        }

        let family: AddressFamily
        let range: SourceRange
        var cause = Cause.address

        func conflict(_ destination: IPPrefix, at place: SourceRange) -> Diagnostic {
            switch cause {
            case .address: .routeOfTwoFamilies(destination, at: range, destination: place)
            case .property(let noun): .propertyOfOtherFamily(noun, destination.family, at: range)
            }
        }
    }

    private func families(
        _ node: RouteSyntax,
        _ attributes: RouteAttributes,
        _ gateways: [(IPAddress, SourceRange)],
        _ properties: RouteProperties
    ) -> [FixedFamily] {
        var families = gateways.map { FixedFamily(family: $0.0.family, range: $0.1) }
        if let source = properties.source, let range = attributes.source?.range {
            families.append(FixedFamily(family: source.family, range: range))
        }
        if let family = node.family {
            families.append(FixedFamily(family: family.family == .ip ? .ipv4 : .ipv6, range: family.range))
        }
        for (value, family, noun) in [
            (attributes.scope, AddressFamily.ipv4, "scope"), (attributes.typeOfService, .ipv4, "type of service"),
            (attributes.preference, .ipv6, "preference"),
        ] {
            guard let range = value?.range else { continue }
            families.append(FixedFamily(family: family, range: range, cause: .property(noun)))
        }
        return families
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
        switch node.type?.type {
        case .refuse(.blackhole): return .blackhole
        case .refuse(.unreachable): return .unreachable
        case .refuse(.prohibit): return .prohibit
        case .throw: return .nextRule
        case .local:
            if let interface = hops.first?.interface { return .local(interface) }
        case nil: break
        }
        return .nextHops(
            hops.map {
                NextHop(gateway: $0.gateway, interface: $0.interface, weight: $0.weight, isOnLink: $0.isOnLink)
            }
        )
    }

    /// The next hops of a route; nothing where they are wrong.
    private func nextHops(_ node: RouteSyntax, _ attributes: RouteAttributes) -> [LocatedHop]? {
        let list = syntax[Int(node.range.file.rawValue)][node.nextHops]
        let own = [attributes.via?.range, attributes.dev?.range, attributes.onlink].compactMap(\.self).first
        if let type = node.type, type.type == .local {
            guard attributes.via == nil, list.isEmpty, attributes.dev != nil else {
                report(.localRouteWithoutInterface(at: attributes.via?.range ?? list.first?.range ?? node.range))
                return nil
            }
            return nextHop(attributes, at: node.range).map { [$0] }
        }
        if let type = node.type {
            guard let way = own ?? list.first?.range else { return [] }
            report(.refusedRouteWithWay(text(type.range), at: way))
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
