public import KernelObjects
import NetworkTypes
public import RulesetModel

extension Route {
    /// Which metrics stay as they are, one bit for each (`RTAX_LOCK`).
    private static let lockMetric: UInt16 = 1
    /// Bits of what connections do (`RTAX_FEATURES`).
    private static let featuresMetric: UInt16 = 12
    /// `RTAX_FEATURE_ECN`
    private static let ecn: UInt32 = 1
    /// `IP6_RT_PRIO_USER`: what the kernel makes of metric 0 for IPv6.
    private static let defaultIPv6Metric: UInt32 = 1024

    /// The route as the kernel reports it once it is there.
    public func object(origin: Int32 = -1) -> RouteObject {
        let isIPv4 = destination.family == .ipv4
        let key = RouteObject.Key(
            table: table,
            destination: destination,
            tos: typeOfService,
            metric: isIPv4 || metric != 0 ? metric : Self.defaultIPv6Metric
        )
        return RouteObject(
            key: key,
            type: target.type,
            routeProtocol: weirProtocol,
            scope: isIPv4 ? (scope ?? target.defaultScope).rawValue : 0,
            hops: target.hops,
            preferredSource: source,
            metrics: kernelMetrics,
            congestionControl: congestionControl,
            preference: preference.rawValue,
            origin: origin
        )
    }

    /// The route that an object of Weir's describes; nothing where the model has no word for it.
    public init?(_ object: RouteObject) {
        guard
            !object.hasUnknownAttributes, object.key.source == nil, let target = Target(object),
            let metrics = Self.metrics(object), let preference = RouterPreference(rawValue: object.preference),
            object.congestionControl.map(Self.isCongestionControl) ?? true
        else { return nil }
        let features = object.metrics[Self.featuresMetric]
        let locks = object.metrics[Self.lockMetric]
        guard features == nil || features == Self.ecn, let locked = Self.lockedMetrics(locks ?? 0, of: metrics) else {
            return nil
        }
        let defaultScope = target.defaultScope
        let scope = RouteScope(rawValue: object.scope)
        if object.key.destination.family == .ipv4, scope == nil { return nil }
        self.init(
            destination: object.key.destination,
            target: target,
            table: object.key.table,
            metric: object.key.metric,
            source: object.preferredSource,
            typeOfService: object.key.tos,
            metrics: metrics,
            lockedMetrics: locked,
            usesECN: features != nil,
            congestionControl: object.congestionControl,
            preference: preference,
            scope: object.key.destination.family == .ipv6 || scope == defaultScope ? nil : scope
        )
    }
}

extension Route {
    /// The metrics in the kernel's units.
    private var kernelMetrics: [UInt16: UInt32] {
        var result: [UInt16: UInt32] = [:]
        for (metric, value) in metrics { result[metric.rawValue] = value * (metric.unitsPerMillisecond ?? 1) }
        let locked = lockedMetrics.union(metrics.keys.filter { $0 == .rtoMin })
        let locks = locked.reduce(UInt32(0)) { $0 | Self.lock($1) }
        if locks != 0 { result[Self.lockMetric] = locks }
        if usesECN { result[Self.featuresMetric] = Self.ecn }
        return result
    }

    private static func lock(_ metric: RouteMetric) -> UInt32 {
        1 << UInt32(metric.rawValue)
    }

    /// The metrics that are locked; nil if anything else is locked, or if `rto_min` is there without its lock.
    private static func lockedMetrics(_ locks: UInt32, of metrics: [RouteMetric: UInt32]) -> Set<RouteMetric>? {
        let locked = metrics.keys.filter { locks & lock($0) != 0 }
        guard locked.reduce(0, { $0 | lock($1) }) == locks, locked.contains(.rtoMin) == (metrics[.rtoMin] != nil) else {
            return nil
        }
        let chosen = Set(locked).subtracting([.rtoMin])
        return chosen.allSatisfy(\.canBeLocked) ? chosen : nil
    }

    /// The metrics, times in milliseconds; nil if there is one that the language has no word for, or a part of a millisecond.
    private static func metrics(_ object: RouteObject) -> [RouteMetric: UInt32]? {
        var result: [RouteMetric: UInt32] = [:]
        for (number, value) in object.metrics where number != lockMetric && number != featuresMetric {
            guard let metric = RouteMetric(rawValue: number) else { return nil }
            let (milliseconds, rest) = value.quotientAndRemainder(dividingBy: metric.unitsPerMillisecond ?? 1)
            guard rest == 0, metric.values.contains(milliseconds) else { return nil }
            result[metric] = milliseconds
        }
        return result
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
        case .nextRule: 9
        case .local: 2
        }
    }

    /// The scope that iproute2 gives an IPv4 route: on the link where nothing is between this host and the destination.
    fileprivate var defaultScope: RouteScope {
        if case .local = self { return .host }
        guard case .nextHops(let hops) = self else { return .global }
        return hops.allSatisfy { $0.gateway == nil } ? .link : .global
    }

    fileprivate var hops: [RouteObject.Hop] {
        if case .local(let interface) = self {
            return [RouteObject.Hop(gateway: nil, interface: interface.rawValue)]
        }
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
        case 9: self = .nextRule
        case 2:
            guard object.hops.count == 1, let interface = object.hops[0].interface.flatMap({ InterfaceName($0) }),
                object.hops[0] == RouteObject.Hop(gateway: nil, interface: interface.rawValue)
            else { return nil }
            self = .local(interface)
        default: return nil
        }
    }
}
