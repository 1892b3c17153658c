public import KernelObjects

/// What has to be done, and what stands in the way.
public struct Difference: Sendable {
    /// What has to be done; what conflicts is left out.
    public var changes: ChangeSet
    /// What cannot be done.
    public var conflicts: [Conflict]

    /// Creates a difference.
    public init(changes: ChangeSet, conflicts: [Conflict] = []) {
        self.changes = changes
        self.conflicts = conflicts
    }
}

/// Finds what has to be done so that the kernel has what is desired.
/// - Parameters:
///   - desired: What should be, in canonical form.
///   - observed: What is; with all settings that `desired` and `displaced` name.
///   - displaced: What Weir took the place of. It comes back where nothing desired needs the place any more.
///   - adoptsRoutes: Whether a single route of somebody else gives way to a desired one of the same key.
public func difference(
    desired: DesiredState,
    observed: ObservedState,
    displaced: Displaced = Displaced(),
    adoptsRoutes: Bool = false
) -> Difference {
    var result = Difference(changes: ChangeSet())
    result.changes.firewall = firewallDifference(desired: desired.firewall, observed: observed.firewall)
    var routes = RouteDifference(desired: desired.routes, displaced: displaced.routes, adopts: adoptsRoutes)
    routes.compare(with: observed.routes)
    result.changes.routes = routes.orderedChanges
    result.conflicts += routes.conflicts
    result.addRoutingRules(desired: desired.routingRules, observed: observed.routingRules)
    result.addSysctls(desired: desired.sysctls, observed: observed.sysctls, displaced: displaced.sysctls)
    return result
}
