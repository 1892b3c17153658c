public import KernelObjects

/// What has to be done, and what stands in the way.
public struct Difference: Sendable {
    /// What has to be done; what conflicts is left out.
    public var changes: ChangeSet
    /// What cannot be done.
    public var conflicts: [Conflict]
    /// Routes that had to give way and cannot come back, as an interface of theirs is gone: it would keep everything else from going.
    public var forgotten: [RouteObject]

    /// Creates a difference.
    public init(changes: ChangeSet, conflicts: [Conflict] = [], forgotten: [RouteObject] = []) {
        self.changes = changes
        self.conflicts = conflicts
        self.forgotten = forgotten
    }
}

extension RouteObject {
    /// An interface of the route that is not there; nil if all are.
    public func missingInterface(among links: [LinkObject]) -> String? {
        hops.lazy.compactMap(\.interface).first { name in !links.contains { $0.name == name } }
    }
}

/// Which routes of others give way to desired ones of the same key; they come back when Weir gives the key up.
public enum RouteAdoption: Sendable, Hashable {
    /// None: such a route is a conflict.
    case none
    /// Any.
    case any
    /// Those with one of these keys.
    case keys(Set<RouteObject.Key>)

    func includes(_ key: RouteObject.Key) -> Bool {
        switch self {
        case .none: false
        case .any: true
        case .keys(let keys): keys.contains(key)
        }
    }
}

/// Finds what has to be done so that the kernel has what is desired.
/// - Parameters:
///   - desired: What should be, in canonical form.
///   - observed: What is; with all settings that `desired` and `displaced` name.
///   - displaced: What Weir took the place of. It comes back where nothing desired needs the place any more.
///   - adoption: Which routes of others give way to desired ones of the same key.
public func difference(
    desired: DesiredState,
    observed: ObservedState,
    displaced: Displaced = Displaced(),
    adoption: RouteAdoption = .none
) -> Difference {
    var result = Difference(changes: ChangeSet())
    result.changes.firewall = firewallDifference(
        desired: desired.firewall,
        observed: observed.firewall,
        setCommit: observed.setCommit
    )
    // A snapshot has no interfaces: then nothing is known of them.
    let former = Dictionary(grouping: displaced.routes) { route in
        observed.links.isEmpty || route.missingInterface(among: observed.links) == nil
    }
    var routes = RouteDifference(desired: desired.routes, displaced: former[true] ?? [], adoption: adoption)
    routes.compare(with: observed.routes)
    result.changes.routes = routes.orderedChanges
    result.conflicts += routes.conflicts
    let keys = former[false] == nil ? [] : Set(desired.routes.map(\.key))
    result.forgotten = (former[false] ?? []).filter { !keys.contains($0.key) }
    result.addRoutingRules(desired: desired.routingRules, observed: observed.routingRules)
    result.addSysctls(desired: desired.sysctls, observed: observed.sysctls, displaced: displaced.sysctls)
    return result
}
