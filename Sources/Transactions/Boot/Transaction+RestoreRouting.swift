import KernelObjects
import KernelState
import NetworkTypes
import Reconciliation
import SystemPackage

extension Transaction where System: ~Copyable {
    /// Brings back what is not in the table: settings, and if they are asked for routes and policy routing rules. Each is made on its own:
    /// what cannot be made keeps nothing else away. What the kernel has afterwards it is asked.
    mutating func bringBackRest(
        _ request: ChangeRequest,
        _ scope: RestoreScope,
        _ record: inout BootRecord,
        _ result: inout Restored
    ) throws(TransactionError) {
        let plan = try look(request, displaced: record.displaced, knowing: nil)
        let wanted = plan.changes.restricted(to: scope)
        // What others have and is about to give way must be known to those who bring it back.
        let displaced = record.displaced.applying(wanted, desired: request.desired, observed: plan.observed.sysctls)
        if !wanted.isEmpty || !scope.hasFirewall {
            record.displaced = displaced
            write(record, in: &result)
        }
        var attempt = Attempt()
        for change in wanted.sysctls { try make(change, &attempt) }
        try makeRoutes(wanted.routes, plan, request, displaced: displaced, &attempt)
        try makeRules(wanted.routingRules, &attempt)

        let now = try look(request, displaced: displaced, knowing: plan.knownFirewall)
        if now.changes.firewall == nil { noteVerified(now.observed.generation, request) }
        result.note(wanted, now, scope, attempt)
    }

    private mutating func make(_ change: SysctlChange, _ attempt: inout Attempt) throws(TransactionError) {
        attempt.complaints += try asking { () throws(KernelStateError) in try kernel.apply(change) }
    }

    /// All in one go; where that does not work, one by one.
    private mutating func makeRoutes(
        _ changes: [RouteChange],
        _ plan: Preview,
        _ request: ChangeRequest,
        displaced: Displaced,
        _ attempt: inout Attempt
    ) throws(TransactionError) {
        let ready = attempt.defer(changes, Deferral(plan.observed))
        guard !ready.isEmpty else { return }
        let complaints = try asking { () throws(KernelStateError) in try kernel.apply(ready) }
        guard !complaints.isEmpty else { return }
        let now = try look(request, displaced: displaced, knowing: plan.knownFirewall)
        for change in attempt.defer(now.changes.routes, Deferral(now.observed)) {
            let complaints = try asking { () throws(KernelStateError) in try kernel.apply([change]) }
            attempt.note(complaints, of: change)
        }
    }

    private mutating func makeRules(
        _ changes: [RoutingRuleChange],
        _ attempt: inout Attempt
    ) throws(TransactionError) {
        for change in changes {
            attempt.complaints += try asking { () throws(KernelStateError) in try kernel.apply([change]) }
        }
    }
}

extension Preview {
    /// What need not be read again as long as nobody changes nf_tables.
    fileprivate var knownFirewall: KnownFirewall {
        KnownFirewall(generation: observed.generation, observed.firewall)
    }
}

/// What was tried, and did not work.
private struct Attempt {
    /// What routes wait for.
    var reasons: [RouteObject.Key: Restored.Deferred.Reason] = [:]
    /// What was refused for good.
    var complaints: [KernelComplaint] = []

    /// Puts off what has no interface.
    /// - Returns: The other changes.
    mutating func `defer`(_ changes: [RouteChange], _ deferral: Deferral) -> [RouteChange] {
        changes.filter { change in
            guard let reason = change.desired.flatMap(deferral.reason) else { return true }
            reasons[change.key] = reason
            return false
        }
    }

    /// Tells the refusals of what can wait from others.
    mutating func note(_ refused: [KernelComplaint], of change: RouteChange) {
        for complaint in refused {
            if let route = change.desired, let reason = Deferral.reason(route, complaint.refusal) {
                reasons[change.key] = reason
            } else {
                complaints.append(complaint)
            }
        }
    }
}

extension Restored {
    /// Notes what was made, what waits, and what is missing, from what the kernel has now.
    fileprivate mutating func note(_ wanted: ChangeSet, _ now: Preview, _ scope: RestoreScope, _ attempt: Attempt) {
        var rest = now.changes.restricted(to: scope)
        if scope.hasFirewall { rest.firewall = now.changes.firewall }
        made.add(wanted, without: rest)
        let deferral = Deferral(now.observed)
        rest.routes.removeAll { change in
            guard let route = change.desired, let reason = attempt.reasons[change.key] ?? deferral.reason(route) else {
                return false
            }
            deferred.append(Deferred(subject: .route(route), reason: reason))
            return true
        }
        for conflict in now.difference.conflicts {
            switch conflict {
            case .noSuchSysctl(let setting):
                deferred.append(Deferred(subject: .sysctl(setting), reason: .missingSetting))
            case .routeOfOther, .routesShareKey, .routingRulePriorityTaken, .lostForeignObject:
                if scope.hasRouting { conflicts.append(conflict) }
            }
        }
        complaints = attempt.complaints
        missing = rest
    }
}

extension ChangeSet {
    /// What a scope has of it besides the table.
    fileprivate func restricted(to scope: RestoreScope) -> ChangeSet {
        ChangeSet(
            routes: scope.hasRouting ? routes : [],
            routingRules: scope.hasRouting ? routingRules : [],
            sysctls: sysctls
        )
    }

    /// Adds what was wanted and is not wanted any more.
    fileprivate mutating func add(_ wanted: ChangeSet, without rest: ChangeSet) {
        let keys = Set(rest.routes.map(\.key))
        routes += wanted.routes.filter { !keys.contains($0.key) }
        let places = Set(rest.routingRules.map(\.place))
        routingRules += wanted.routingRules.filter { !places.contains($0.place) }
        let names = Set(rest.sysctls.map(\.name))
        sysctls += wanted.sysctls.filter { !names.contains($0.name) }
    }
}

extension RoutingRuleChange {
    fileprivate var place: RoutingRulePlace {
        switch self {
        case .add(let rule), .delete(let rule): RoutingRulePlace(rule)
        }
    }
}
