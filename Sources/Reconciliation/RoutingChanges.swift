public import KernelObjects

/// The change of a route.
public enum RouteChange: Sendable {
    /// A route is made where there is none of its key (`NLM_F_CREATE | NLM_F_EXCL`).
    case add(RouteObject)
    /// A route takes the place of the one of the same key (`NLM_F_REPLACE`): another of Weir's, one that is adopted, or one that had been
    /// adopted and comes back.
    case replace(observed: RouteObject, desired: RouteObject)
    /// A route goes away.
    case delete(RouteObject)

    /// The route that there will be.
    public var desired: RouteObject? {
        switch self {
        case .add(let route), .replace(_, let route): route
        case .delete: nil
        }
    }

    /// The route that there is.
    public var observed: RouteObject? {
        switch self {
        case .add: nil
        case .replace(let route, _), .delete(let route): route
        }
    }

    /// The key of the route.
    public var key: RouteObject.Key {
        switch self {
        case .add(let route), .replace(_, let route), .delete(let route): route.key
        }
    }

    /// Whether a route of somebody else gives way.
    public var isAdoption: Bool {
        guard case .replace(let observed, let desired) = self else { return false }
        return observed.routeProtocol != weirProtocol && desired.routeProtocol == weirProtocol
    }

    /// Whether a route that Weir had adopted comes back.
    public var isRestoration: Bool {
        guard let desired else { return false }
        return desired.routeProtocol != weirProtocol
    }
}

/// The change of a policy routing rule. The kernel cannot replace one: a changed rule is added and the old one deleted.
public enum RoutingRuleChange: Sendable {
    /// A rule is made (`NLM_F_CREATE | NLM_F_EXCL`).
    case add(RoutingRuleObject)
    /// A rule goes away.
    case delete(RoutingRuleObject)

    /// The rule.
    public var rule: RoutingRuleObject {
        switch self {
        case .add(let rule), .delete(let rule): rule
        }
    }
}

/// The change of a kernel setting.
public struct SysctlChange: Sendable, Hashable {
    /// The dotted name.
    public var name: String
    /// The value that it has.
    public var old: String
    /// The value that it gets.
    public var new: String
    /// Whether the ruleset does not speak of the setting any more and the value from before Weir comes back.
    public var isRestoration: Bool
    /// Index into the list of origins that came with the desired state; -1 where the value from before Weir comes back.
    public var origin: Int32

    /// Creates a change.
    public init(name: String, old: String, new: String, isRestoration: Bool = false, origin: Int32 = -1) {
        self.name = name
        self.old = old
        self.new = new
        self.isRestoration = isRestoration
        self.origin = origin
    }
}
