import KernelObjects
import Reconciliation

/// What of a generation cannot be put back at the moment, and is left as it is for that reason.
struct LeftOut: Equatable {
    /// Routes whose interface is down or not there, or whose place another program has.
    var routes: Set<RouteObject.Key> = []
    /// Policy routing rules whose priority another program has.
    var routingRules: Set<RoutingRulePlace> = []
    /// Settings that the kernel does not have.
    var sysctls: Set<String> = []

    init() {}

    /// What stands in the way of others.
    init(_ conflicts: [Conflict]) {
        for conflict in conflicts {
            switch conflict {
            case .routeOfOther(let route, _), .routesShareKey(let route, _): routes.insert(route.key)
            case .routingRulePriorityTaken(let rule, _): routingRules.insert(RoutingRulePlace(rule))
            case .noSuchSysctl(let setting): sysctls.insert(setting.name)
            case .lostForeignObject: break
            }
        }
    }

    var isEmpty: Bool { routes.isEmpty && routingRules.isEmpty && sysctls.isEmpty }
}

extension DesiredState {
    /// The rest.
    func without(_ leftOut: LeftOut) -> DesiredState {
        guard !leftOut.isEmpty else { return self }
        var rest = self
        rest.routes.removeAll { leftOut.routes.contains($0.key) }
        rest.routingRules.removeAll { leftOut.routingRules.contains(RoutingRulePlace($0)) }
        rest.sysctls.removeAll { leftOut.sysctls.contains($0.name) }
        return rest
    }
}

extension Displaced {
    /// The rest: what had to give way does not come back because what it gave way to is left out.
    func without(_ leftOut: LeftOut) -> Displaced {
        guard !leftOut.isEmpty else { return self }
        var rest = self
        rest.routes.removeAll { leftOut.routes.contains($0.key) }
        rest.sysctls.removeAll { leftOut.sysctls.contains($0.name) }
        return rest
    }
}
