public import KernelObjects
import NetworkTypes
public import RulesetModel

extension Route {
    /// The number of the path MTU among a route's metrics (`RTAX_MTU`).
    private static let mtuMetric: UInt16 = 2
    /// `IP6_RT_PRIO_USER`: what the kernel makes of metric 0 for IPv6.
    private static let defaultIPv6Metric: UInt32 = 1024

    /// The route as the kernel reports it once it is there.
    public func object(origin: Int32 = -1) -> RouteObject {
        let isIPv4 = destination.family == .ipv4
        let key = RouteObject.Key(
            table: table,
            destination: destination,
            metric: isIPv4 || metric != 0 ? metric : Self.defaultIPv6Metric
        )
        return RouteObject(
            key: key,
            type: target.type,
            routeProtocol: weirProtocol,
            scope: isIPv4 ? (scope ?? target.defaultScope).rawValue : 0,
            hops: target.hops,
            preferredSource: source,
            metrics: mtu.map { [Self.mtuMetric: $0] } ?? [:],
            origin: origin
        )
    }

    /// The route that an object of Weir's describes; nothing where the model has no word for it.
    public init?(_ object: RouteObject) {
        guard
            !object.hasUnknownAttributes, object.key.tos == 0, object.key.source == nil,
            object.metrics.allSatisfy({ $0.key == Self.mtuMetric }),
            let target = Target(object)
        else { return nil }
        let defaultScope = target.defaultScope
        let scope = RouteScope(rawValue: object.scope)
        if object.key.destination.family == .ipv4, scope == nil { return nil }
        self.init(
            destination: object.key.destination,
            target: target,
            table: object.key.table,
            metric: object.key.metric,
            source: object.preferredSource,
            mtu: object.metrics[Self.mtuMetric],
            scope: object.key.destination.family == .ipv6 || scope == defaultScope ? nil : scope
        )
    }
}

extension Route.Target {
    /// `rtm_type`
    fileprivate var type: UInt8 {
        switch self {
        case .nextHops: 1
        case .blackhole: 6
        case .unreachable: 7
        case .prohibit: 8
        }
    }

    /// The scope that iproute2 gives an IPv4 route: on the link where nothing is between this host and the destination.
    fileprivate var defaultScope: RouteScope {
        guard case .nextHops(let hops) = self else { return .global }
        return hops.allSatisfy { $0.gateway == nil } ? .link : .global
    }

    fileprivate var hops: [RouteObject.Hop] {
        guard case .nextHops(let hops) = self else { return [] }
        return hops.map {
            RouteObject.Hop(
                gateway: $0.gateway,
                interface: $0.interface?.rawValue,
                // A weight has no meaning for a single way, and the kernel does not keep it.
                weight: hops.count == 1 ? 1 : $0.weight,
                isOnLink: $0.isOnLink
            )
        }
    }

    fileprivate init?(_ object: RouteObject) {
        switch object.type {
        case 1:
            var hops: [NextHop] = []
            for hop in object.hops {
                var interface: InterfaceName?
                if let name = hop.interface {
                    guard let valid = InterfaceName(name) else { return nil }
                    interface = valid
                }
                hops.append(
                    NextHop(gateway: hop.gateway, interface: interface, weight: hop.weight, isOnLink: hop.isOnLink)
                )
            }
            guard !hops.isEmpty else { return nil }
            self = .nextHops(hops)
        case 6: self = .blackhole
        case 7: self = .unreachable
        case 8: self = .prohibit
        default: return nil
        }
    }
}
