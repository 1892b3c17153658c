public import KernelObjects

/// Finds what has to be done so that what a change touched is as it was before: after a change that failed half-way, in any place.
///
/// It compares before, planned and now; it never replays a change backwards. Routes that somebody else has put into a place meanwhile
/// are left alone, and named as conflicts.
/// - Parameters:
///   - before: What was read just before the change.
///   - planned: The change.
///   - now: What is.
public func restoration(of before: ObservedState, undoing planned: ChangeSet, observed now: ObservedState) -> Difference
{
    var result = Difference(changes: ChangeSet())
    if planned.firewall != nil {
        let (firewall, lost) = before.firewall?.restorable(from: now.firewall) ?? (nil, [])
        result.changes.firewall = firewallDifference(
            desired: firewall,
            observed: now.firewall,
            setCommit: now.setCommit
        )
        result.conflicts += lost.map { .lostForeignObject($0) }
    }
    result.restoreRoutes(undoing: planned.routes, observed: now.routes)
    result.restoreLostRoutes(of: before, undoing: planned, observed: now.routes)
    // A snapshot has no interfaces, and of the addresses only those that were in danger.
    let endangered = before.links.isEmpty ? before.addresses : before.addressesLost(by: planned.sysctls)
    result.changes.addresses = endangered.filter { address in
        !now.addresses.contains { $0.address == address.address && $0.interfaceIndex == address.interfaceIndex }
    }
    result.restoreRoutingRules(of: before.routingRules, undoing: planned.routingRules, observed: now.routingRules)
    result.restoreSysctls(undoing: planned.sysctls, before: before.sysctls, observed: now.sysctls)
    return result
}

extension Difference {
    fileprivate mutating func restoreRoutes(undoing planned: [RouteChange], observed now: [RouteObject]) {
        var held: [RouteObject.Key: [RouteObject]] = [:]
        for change in planned { held[change.key] = [] }
        for route in now where held[route.key] != nil { held[route.key]?.append(route) }
        var routes: [RouteChange] = []
        for change in planned {
            let holders = held[change.key] ?? []
            let own = holders.filter { $0.routeProtocol == weirProtocol }
            guard let former = change.observed else {
                guard let made = change.desired else { continue }
                // A route of another owner that came back has been replaced by somebody else meanwhile if it is not equal.
                let ours = holders.filter { made.isSatisfied(by: $0) }
                routes += ours.prefix(1).map { .delete($0) }
                continue
            }
            if holders.contains(where: { former.isEquivalent(to: $0) }) { continue }
            if holders.isEmpty {
                routes.append(.add(former))
            } else if holders.count == 1, let holder = own.first ?? holders.first(where: { change.made($0) }) {
                routes.append(.replace(observed: holder, desired: former))
            } else {
                conflicts.append(.routesShareKey(desired: former, holders: holders))
            }
        }
        changes.routes = routes.orderedForKernel
    }

    /// Makes routes again that the kernel has removed since a setting was written.
    fileprivate mutating func restoreLostRoutes(
        of before: ObservedState,
        undoing planned: ChangeSet,
        observed now: [RouteObject]
    ) {
        let lost = before.routesLost(by: planned.sysctls)
        guard !lost.isEmpty else { return }
        let held = Set(now.map(\.key)).union(planned.routes.map(\.key))
        let missing = lost.filter { !held.contains($0.key) }
        changes.routes = (changes.routes + missing.map { .add($0) }).orderedForKernel
    }

    /// The rules of each family and priority that was touched are those of before, in their order. Rules that are neither of before nor of
    /// the change stay.
    fileprivate mutating func restoreRoutingRules(
        of before: [RoutingRuleObject],
        undoing planned: [RoutingRuleChange],
        observed now: [RoutingRuleObject]
    ) {
        var added: [RoutingRuleObject] = []
        var deleted: [RoutingRuleObject] = []
        let former = Dictionary(grouping: before) { RoutingRulePlace($0) }
        let present = Dictionary(grouping: now) { RoutingRulePlace($0) }
        for (place, touched) in planned.map(\.rule).groupedByPlace {
            let wanted = former[place] ?? []
            let known = wanted + touched
            let own = (present[place] ?? []).filter { rule in known.contains { $0.isEquivalent(to: rule) } }
            let sequence = RoutingRuleSequence(from: own, to: wanted)
            added += sequence.added
            deleted += sequence.deleted
        }
        changes.routingRules = [RoutingRuleChange](adding: added, deleting: deleted)
    }
}

extension RouteChange {
    /// Whether this change made the route.
    fileprivate func made(_ route: RouteObject) -> Bool {
        desired?.isSatisfied(by: route) ?? false
    }
}
