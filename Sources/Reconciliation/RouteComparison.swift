import KernelObjects
import NetworkTypes

extension RouteObject {
    /// Whether an observed route is what is desired.
    ///
    /// What the desired route leaves to the kernel may be anything: the interface of a gateway. The kernel may list the next hops of an
    /// IPv6 route in another order, and shows those that swallow packets with an interface (`lo`).
    func isSatisfied(by observed: RouteObject) -> Bool {
        guard key == observed.key, type == observed.type, routeProtocol == observed.routeProtocol,
            scope == observed.scope, preferredSource == observed.preferredSource, metrics == observed.metrics,
            congestionControl == observed.congestionControl, preference == observed.preference,
            hasUnknownAttributes == observed.hasUnknownAttributes
        else { return false }
        // Weir's routes stay. What others made with a lifetime is theirs, and comes back without one.
        if routeProtocol == weirProtocol, observed.isTemporary, !isTemporary { return false }
        guard type == RouteType.unicast || type == RouteType.local else {
            return key.destination.family == .ipv6 || hops == observed.hops
        }
        guard hops.count == observed.hops.count else { return false }
        if zip(hops, observed.hops).allSatisfy({ $0.isSatisfied(by: $1) }) { return true }
        guard key.destination.family == .ipv6 else { return false }
        var rest = observed.hops
        // The most exact first, so that none takes what another needs.
        for hop in hops.sorted(by: { $0.interface != nil && $1.interface == nil }) {
            guard let place = rest.firstIndex(where: { hop.isSatisfied(by: $0) }) else { return false }
            rest.swapAt(place, rest.count - 1)
            rest.removeLast()
        }
        return true
    }
}

extension RouteObject.Hop {
    fileprivate func isSatisfied(by observed: RouteObject.Hop) -> Bool {
        gateway == observed.gateway && (interface == nil || interface == observed.interface)
            && weight == observed.weight && isOnLink == observed.isOnLink
    }
}

/// `rtm_type` (<linux/rtnetlink.h>)
enum RouteType {
    /// `RTN_UNICAST`
    static let unicast: UInt8 = 1
    /// `RTN_LOCAL`
    static let local: UInt8 = 2
}
