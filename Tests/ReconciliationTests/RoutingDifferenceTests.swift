import KernelObjects
import NetworkTypes
import Reconciliation
import Testing

private func prefix(_ number: UInt32, _ length: UInt8 = 24) throws -> IPPrefix {
    try #require(IPPrefix(address: .ipv4(IPv4Address(rawValue: number << 8)), length: length))
}

private func gateway(_ number: UInt32) -> IPAddress {
    .ipv4(IPv4Address(rawValue: number))
}

private func route(
    _ number: UInt32,
    via: UInt32? = nil,
    dev: String? = nil,
    by owner: UInt8 = weirProtocol,
    metric: UInt32 = 0,
    isOnLink: Bool = false
) throws -> RouteObject {
    RouteObject(
        key: .init(table: 254, destination: try prefix(number), metric: metric),
        routeProtocol: owner,
        scope: via == nil ? 253 : 0,
        hops: [.init(gateway: via.map(gateway), interface: dev, isOnLink: isOnLink)]
    )
}

/// One line for each change.
private func lines(_ changes: [RouteChange]) -> [String] {
    func name(_ route: RouteObject) -> String {
        guard case .ipv4(let address) = route.key.destination.address else { return "IPv6" }
        return "\(address.rawValue >> 8)/\(route.routeProtocol)"
    }
    return changes.map {
        switch $0 {
        case .add(let route): "add \(name(route))"
        case .replace(let old, let new): "replace \(name(old)) by \(name(new))"
        case .delete(let route): "delete \(name(route))"
        }
    }
}

private func compare(
    _ desired: [RouteObject],
    _ observed: [RouteObject],
    displaced: [RouteObject] = [],
    adopts: Bool = false
) -> Difference {
    difference(
        desired: DesiredState(routes: desired),
        observed: ObservedState(routes: observed),
        displaced: Displaced(routes: displaced),
        adoption: adopts ? .any : .none
    )
}

struct RouteDifferenceTests {
    @Test func routesChangeByKey() throws {
        let result = compare(
            [
                try route(1, via: 9, dev: "a"), try route(2, via: 9, dev: "a"),
                try route(3, via: 9, dev: "a", metric: 5),
            ],
            [
                try route(1, via: 9, dev: "a"), try route(2, via: 8, dev: "a"), try route(3, via: 9, dev: "a"),
                try route(4, via: 1, dev: "a", by: 4),
            ]
        )
        #expect(lines(result.changes.routes) == ["replace 2/172 by 2/172", "add 3/172", "delete 3/172"])
        #expect(result.conflicts.isEmpty)
    }

    @Test func theInterfaceThatIsLeftToTheKernelMayBeAny() throws {
        #expect(compare([try route(1, via: 9)], [try route(1, via: 9, dev: "a")]).changes.isEmpty)
        #expect(!compare([try route(1, via: 9, dev: "b")], [try route(1, via: 9, dev: "a")]).changes.isEmpty)
    }

    @Test func aRouteOfAnotherOwnerIsAConflict() throws {
        let desired = [try route(1, via: 9, dev: "a")]
        let observed = [try route(1, via: 9, dev: "a", by: 4)]
        let refused = compare(desired, observed)
        #expect(refused.changes.isEmpty)
        guard case .routeOfOther(_, let holder)? = refused.conflicts.first else {
            Issue.record("no conflict")
            return
        }
        #expect(holder.routeProtocol == 4)
        let adopted = compare(desired, observed, adopts: true)
        #expect(adopted.conflicts.isEmpty)
        #expect(lines(adopted.changes.routes) == ["replace 1/4 by 1/172"])
        #expect(adopted.changes.routes.map(\.isAdoption) == [true])
    }

    @Test func onlyTheRoutesThatWereNamedAreAdopted() throws {
        let desired = [try route(1, via: 9, dev: "a"), try route(2, via: 9, dev: "a")]
        let observed = [try route(1, via: 9, dev: "a", by: 4), try route(2, via: 9, dev: "a", by: 4)]
        let result = difference(
            desired: DesiredState(routes: desired),
            observed: ObservedState(routes: observed),
            adoption: .keys([desired[1].key])
        )
        #expect(lines(result.changes.routes) == ["replace 2/4 by 2/172"])
        #expect(result.conflicts.count == 1)
    }

    @Test func whatCannotBeRestoredIsNotAdopted() throws {
        var odd = try route(1, via: 9, dev: "a", by: 4)
        odd.hasUnknownAttributes = true
        #expect(compare([try route(1, via: 9, dev: "a")], [odd], adopts: true).conflicts.count == 1)
    }

    @Test func aKeyThatIsSharedIsLeftAlone() throws {
        let own = try route(1, via: 9, dev: "a")
        let other = try route(1, via: 8, dev: "a", by: 4)
        // The first one counts.
        #expect(compare([own], [own, other]).conflicts.isEmpty)
        #expect(compare([own], [own, other]).changes.isEmpty)
        #expect(compare([own], [other, own], adopts: true).conflicts.count == 1)
        #expect(compare([try route(1, via: 7, dev: "a")], [own, other], adopts: true).conflicts.count == 1)
    }

    @Test func copiesOfAnOwnRouteGo() throws {
        let own = try route(1, via: 9, dev: "a")
        let copy = try route(1, via: 8, dev: "a")
        #expect(lines(compare([own], [copy, own]).changes.routes) == ["delete 1/172"])
        #expect(
            lines(compare([own], [copy, copy]).changes.routes) == ["replace 1/172 by 1/172", "delete 1/172"]
        )
    }

    @Test func whatAGatewayNeedsComesFirstAndGoesLast() throws {
        let link = try route(1, dev: "a")
        let onLink = try route(2, via: 9, dev: "a", isOnLink: true)
        let far = try route(3, via: 9, dev: "a")
        var wide = far
        wide.key.destination = try prefix(4)
        wide.hops.append(.init(gateway: gateway(10), interface: "a"))
        let all = [wide, far, onLink, link]
        #expect(lines(compare(all, []).changes.routes) == ["add 1/172", "add 2/172", "add 3/172", "add 4/172"])
        #expect(
            lines(compare([], all).changes.routes) == ["delete 4/172", "delete 3/172", "delete 2/172", "delete 1/172"]
        )
    }

    @Test func anAdoptedRouteComesBack() throws {
        let former = try route(1, via: 8, dev: "a", by: 4)
        let own = try route(1, via: 9, dev: "a")
        #expect(lines(compare([], [own], displaced: [former]).changes.routes) == ["replace 1/172 by 1/4"])
        #expect(lines(compare([], [], displaced: [former]).changes.routes) == ["add 1/4"])
        // Somebody has settled it already.
        #expect(compare([], [former], displaced: [former]).changes.isEmpty)
        #expect(compare([own], [own], displaced: [former]).changes.isEmpty)
    }

    @Test func theNextHopsOfIPv6HaveNoOrder() throws {
        let hops = (1...3).map {
            RouteObject.Hop(gateway: .ipv6(IPv6Address(rawValue: UInt128($0))), interface: $0 == 2 ? nil : "a")
        }
        let key = RouteObject.Key(
            table: 254,
            destination: try #require(IPPrefix(address: .ipv6(IPv6Address(rawValue: 0)), length: 0)),
            metric: 1024
        )
        let desired = RouteObject(key: key, routeProtocol: weirProtocol, hops: hops)
        var observed = desired
        observed.hops = [hops[2], hops[1], hops[0]]
        observed.hops[1].interface = "b"
        #expect(compare([desired], [observed]).changes.isEmpty)
        observed.hops[1].weight = 2
        #expect(!compare([desired], [observed]).changes.isEmpty)
    }
}

struct RoutingRuleDifferenceTests {
    private func rule(_ priority: UInt32, table: UInt32 = 100, by owner: UInt8 = weirProtocol) -> RoutingRuleObject {
        RoutingRuleObject(family: .ipv4, priority: priority, ruleProtocol: owner, action: 1, table: table)
    }

    private func lines(_ result: Difference) -> [String] {
        result.changes.routingRules.map {
            switch $0 {
            case .add(let rule): "add \(rule.priority) \(rule.table)"
            case .delete(let rule): "delete \(rule.priority) \(rule.table)"
            }
        }
    }

    private func compare(_ desired: [RoutingRuleObject], _ observed: [RoutingRuleObject]) -> Difference {
        difference(desired: DesiredState(routingRules: desired), observed: ObservedState(routingRules: observed))
    }

    @Test func rulesChangeByPriority() {
        let result = compare(
            [rule(10), rule(20, table: 7), rule(30)],
            [rule(0, by: 2), rule(10), rule(20), rule(40), rule(50, by: 3)]
        )
        #expect(lines(result) == ["add 20 7", "add 30 100", "delete 20 100", "delete 40 100"])
        #expect(result.conflicts.isEmpty)
    }

    @Test func aRuleThatTheKernelWouldTakeForTheNewOneGoesFirst() throws {
        var narrow = rule(10)
        narrow.source = try prefix(1)
        // The new rule says less: the kernel would refuse it as one that exists, and delete the wrong one.
        let wider = compare([rule(5), rule(10)], [narrow, rule(20)])
        #expect(lines(wider) == ["add 5 100", "delete 10 100", "add 10 100", "delete 20 100"])
        #expect(wider.changes.routingRules.untilLastAddition.count == 3)
        #expect(wider.changes.routingRules.behindLastAddition.count == 1)
        // The new rule says more: no packet is without a rule.
        #expect(lines(compare([narrow], [rule(10)])) == ["add 10 100", "delete 10 100"])
    }

    /// The kernel asks equal priorities in the order in which it got the rules: as many stay as are in order already.
    @Test(
        arguments: [
            ([1, 2], [1, 2], []), ([1, 2, 3], [1, 2], ["add 10 3"]), ([2, 1], [1, 2], ["delete 10 1", "add 10 1"]),
            ([1, 2], [3, 1, 2], ["delete 10 3"]),
            ([3, 1, 2], [1, 2], ["add 10 3", "delete 10 1", "add 10 1", "delete 10 2", "add 10 2"]),
            ([1, 3], [1, 2, 3], ["delete 10 2"]), ([1, 3, 2], [1, 2, 3], ["delete 10 2", "add 10 2"]),
        ] as [([UInt32], [UInt32], [String])]
    )
    func rulesOfOnePriorityComeIntoOrder(desired: [UInt32], observed: [UInt32], changes: [String]) {
        let result = compare(desired.map { rule(10, table: $0) }, observed.map { rule(10, table: $0) })
        // What has to move goes right before it comes again.
        #expect(lines(result) == changes)
    }

    @Test func aForeignRuleIsInTheWayOfAllOfItsPriority() {
        let result = compare([rule(10, table: 1), rule(10, table: 2)], [rule(10, table: 1), rule(10, by: 4)])
        #expect(result.changes.isEmpty)
        #expect(result.conflicts.count == 2)
    }

    @Test func undoingBringsTheOrderBack() throws {
        let before = [1, 2, 3].map { rule(10, table: $0) }
        let planned = compare([3, 1, 4].map { rule(10, table: $0) }, before).changes
        var now = before
        for stop in 0...planned.routingRules.count {
            let undo = restoration(
                of: ObservedState(routingRules: before),
                undoing: planned,
                observed: ObservedState(routingRules: now)
            )
            var restored = now
            for change in undo.changes.routingRules { restored.apply(change) }
            #expect(restored.map(\.table) == [1, 2, 3], "after \(stop)")
            if stop < planned.routingRules.count { now.apply(planned.routingRules[stop]) }
        }
    }

    @Test func copiesOfAnOwnRuleGo() {
        #expect(lines(compare([rule(10)], [rule(10), rule(10)])) == ["delete 10 100"])
        #expect(lines(compare([], [rule(10), rule(10)])) == ["delete 10 100", "delete 10 100"])
    }

    @Test func thePriorityOfAnotherOwnerIsAConflict() {
        let result = compare([rule(10)], [rule(10, by: 4)])
        #expect(result.changes.isEmpty)
        #expect(result.conflicts.count == 1)
    }
}

extension [RoutingRuleObject] {
    /// What the kernel makes of a change of rules that all have one priority.
    fileprivate mutating func apply(_ change: RoutingRuleChange) {
        switch change {
        case .add(let rule): append(rule)
        case .delete(let rule): if let index = firstIndex(of: rule) { remove(at: index) }
        }
    }
}

struct SysctlDifferenceTests {
    private let forwarding = SysctlObject(name: "net.ipv4.ip_forward", value: "1", origin: 3)

    private func compare(
        _ desired: [SysctlObject],
        _ value: String?,
        displaced: [Displaced.Sysctl] = []
    ) -> Difference {
        difference(
            desired: DesiredState(sysctls: desired),
            observed: ObservedState(sysctls: [SysctlObject(name: "net.ipv4.ip_forward", value: value)]),
            displaced: Displaced(sysctls: displaced)
        )
    }

    @Test func settingsChangeByValue() {
        #expect(compare([forwarding], "1").changes.isEmpty)
        #expect(
            compare([forwarding], "0").changes.sysctls == [
                SysctlChange(name: "net.ipv4.ip_forward", old: "0", new: "1", origin: 3)
            ]
        )
        let absent = compare([forwarding], nil)
        #expect(absent.changes.isEmpty)
        #expect(absent.conflicts.map(\.origin) == [3])
    }

    @Test func theFormerValueComesBackUnlessSomebodyElseChangedIt() {
        let former = Displaced.Sysctl(name: "net.ipv4.ip_forward", before: "0", written: "1")
        let change = SysctlChange(name: "net.ipv4.ip_forward", old: "1", new: "0", isRestoration: true)
        #expect(compare([], "1", displaced: [former]).changes.sysctls == [change])
        #expect(compare([], "2", displaced: [former]).changes.isEmpty)
        #expect(compare([forwarding], "1", displaced: [former]).changes.isEmpty)
    }

    /// What the kernel looks at comes first, then what it hands on.
    @Test func settingsAreWrittenInTheirOrder() {
        let names = ["eth0.forwarding", "all.forwarding", "eth0.accept_ra"].map { "net.ipv6.conf.\($0)" }
        let change = difference(
            desired: DesiredState(sysctls: names.map { SysctlObject(name: $0, value: "2") }),
            observed: ObservedState(sysctls: names.map { SysctlObject(name: $0, value: "0") })
        ).changes
        #expect(change.sysctls.map(\.name) == [names[2], names[1], names[0]])
    }

    @Test func whatWasDisplacedIsRememberedOnce() throws {
        let desired = DesiredState(sysctls: [forwarding])
        var displaced = Displaced()
        for value in ["0", "5"] {
            let changes = compare(desired.sysctls, value, displaced: displaced.sysctls).changes
            displaced = displaced.applying(changes, desired: desired)
        }
        #expect(displaced.sysctls == [.init(name: "net.ipv4.ip_forward", before: "0", written: "1")])
        let changes = compare([], "1", displaced: displaced.sysctls).changes
        #expect(displaced.applying(changes, desired: DesiredState()).isEmpty)
    }

    @Test func adoptedRoutesAreRememberedUntilTheyComeBack() throws {
        let former = try route(1, via: 8, dev: "a", by: 4)
        let own = try route(1, via: 9, dev: "a")
        let changes = Reconciliation.difference(
            desired: DesiredState(routes: [own]),
            observed: ObservedState(routes: [former]),
            adoption: .any
        ).changes
        let displaced = Displaced().applying(changes, desired: DesiredState(routes: [own]))
        #expect(displaced.routes == [former])
        #expect(displaced.applying(ChangeSet(), desired: DesiredState()).isEmpty)
    }

    /// What the kernel would refuse is not promised.
    @Test func anAdoptedRouteWhoseInterfaceIsGoneIsForgotten() throws {
        let former = try route(1, via: 8, dev: "gone", by: 4)
        let own = try route(1, via: 9, dev: "a")
        func leaving(_ links: [String]) -> Difference {
            let links = links.enumerated().map { index, name in
                LinkObject(index: UInt32(index + 1), name: name, flags: 1, mtu: 1500)
            }
            return Reconciliation.difference(
                desired: DesiredState(),
                observed: ObservedState(routes: [own], links: links),
                displaced: Displaced(routes: [former])
            )
        }
        let without = leaving(["lo", "a"])
        #expect(without.changes.routes.map(\.desired) == [nil])
        #expect(without.forgotten == [former])
        // It is there, or nothing is known of interfaces.
        for links in [["lo", "a", "gone"], []] {
            #expect(leaving(links).changes.routes.map(\.desired) == [former])
            #expect(leaving(links).forgotten.isEmpty)
        }
    }
}
