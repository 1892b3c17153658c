import KernelObjects
import Lowering
import NetworkTypes
import Reconciliation
import RulesetModel

/// Writes shell commands of ip(8) and sysctl(8) that make changes of routes, policy routing rules and settings and no others, in the
/// order in which Weir itself makes them (`Phase`).
struct IPChanges {
    let changes: ChangeSet
    let origin: (Int32) -> RuleOrigin?

    func write(to text: inout TextBuffer) throws(Inexpressible) {
        let hasChanges = !changes.routes.isEmpty || !changes.routingRules.isEmpty || !changes.sysctls.isEmpty
        guard hasChanges else { return }
        text.write("#!/bin/sh\nset -e\n")
        write(changes.sysctls.filter(\.isRestoration), to: &text)
        try write(changes.routes.filter { $0.desired != nil }, to: &text)
        try write(changes.routingRules.untilLastAddition, to: &text)
        write(changes.sysctls.filter { !$0.isRestoration }, to: &text)
        try write(changes.routingRules.behindLastAddition, to: &text)
        try write(changes.routes.filter { $0.desired == nil }, to: &text)
    }

    private func write(_ sysctls: [SysctlChange], to text: inout TextBuffer) {
        for change in sysctls { text.write(command: ["sysctl", "-w", "\(change.name)=\(change.new)"]) }
    }

    private func write(_ routes: [RouteChange], to text: inout TextBuffer) throws(Inexpressible) {
        for change in routes {
            switch change {
            case .add(let route): try write(route, "add", to: &text)
            case .replace(_, let route): try write(route, "replace", to: &text)
            case .delete(let route): try write(route, "del", to: &text)
            }
        }
    }

    private func write(_ rules: ArraySlice<RoutingRuleChange>, to text: inout TextBuffer) throws(Inexpressible) {
        for change in rules {
            switch change {
            case .add(let rule): try write(rule, "add", to: &text)
            case .delete(let rule): try write(rule, "del", to: &text)
            }
        }
    }

    private func write(_ object: RouteObject, _ verb: String, to text: inout TextBuffer) throws(Inexpressible) {
        guard let route = Route(object) else {
            let name = "the route to \(object.key.destination) in table \(object.key.table)"
            throw Inexpressible("\(name) says more than Weir knows", origin: origin(object.origin))
        }
        text.write(command: route.ipArguments(verb, routeProtocol: object.routeProtocol))
    }

    private func write(_ object: RoutingRuleObject, _ verb: String, to text: inout TextBuffer) throws(Inexpressible) {
        guard let rule = RoutingRule(object) else {
            let name = "the policy routing rule of priority \(object.priority)"
            throw Inexpressible("\(name) says more than Weir knows", origin: origin(object.origin))
        }
        text.write(command: rule.ipArguments(verb))
    }
}
