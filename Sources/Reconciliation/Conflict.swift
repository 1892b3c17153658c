public import KernelObjects

/// Why what is desired cannot be made without taking something from somebody else.
public enum Conflict: Sendable {
    /// A route of another owner has the key of a desired one. It can be adopted: replaced, and restored when Weir goes.
    case routeOfOther(desired: RouteObject, holder: RouteObject)
    /// Several routes share the key of a desired one, not all of them Weir's: the kernel cannot replace one of them alone.
    case routesShareKey(desired: RouteObject, holders: [RouteObject])
    /// A policy routing rule of another owner has the priority of a desired one: which one is asked first would be chance.
    case routingRulePriorityTaken(desired: RoutingRuleObject, holder: RoutingRuleObject)
    /// Somebody else's object in Weir's table was deleted by a change that has to be undone, and cannot be made again; what it was.
    case lostForeignObject(String)
    /// The kernel has no such setting.
    case noSuchSysctl(SysctlObject)

    /// Index into the list of origins that came with the desired state.
    public var origin: Int32 {
        switch self {
        case .routeOfOther(let route, _), .routesShareKey(let route, _): route.origin
        case .routingRulePriorityTaken(let rule, _): rule.origin
        case .noSuchSysctl(let setting): setting.origin
        case .lostForeignObject: -1
        }
    }
}
