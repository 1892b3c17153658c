import KernelObjects
import NetworkTypes
import Reconciliation
import Testing

/// A routing table that a change set can be applied to, as a whole or in part.
private struct FakeRoutes {
    var routes: [RouteObject]
    var rules: [RoutingRuleObject]

    mutating func apply(_ change: RouteChange) throws {
        switch change {
        case .add(let route):
            try #require(!routes.contains { $0.key == route.key })
            routes.append(route)
        case .replace(let observed, let desired):
            let index = try #require(routes.firstIndex { $0.isEquivalent(to: observed) })
            routes[index] = desired
        case .delete(let route):
            routes.remove(at: try #require(routes.firstIndex { $0.isEquivalent(to: route) }))
        }
    }

    mutating func apply(_ change: RoutingRuleChange) throws {
        switch change {
        case .add(let rule): rules.append(rule)
        case .delete(let rule): rules.remove(at: try #require(rules.firstIndex { $0.isEquivalent(to: rule) }))
        }
    }

    var lines: [String] {
        (routes.map { String(describing: $0) } + rules.map { String(describing: $0) }).sorted()
    }
}

struct RestorationTests {
    private static func routes(_ dice: inout Dice, by owner: UInt8) throws -> [RouteObject] {
        try (0..<8).compactMap { number in
            guard Bool.random(using: &dice) else { return nil }
            let address = IPAddress.ipv4(IPv4Address(rawValue: UInt32(number) << 8))
            let hop = RouteObject.Hop(
                gateway: .ipv4(IPv4Address(rawValue: UInt32.random(in: 1...2, using: &dice))),
                interface: "a"
            )
            return RouteObject(
                key: .init(table: 254, destination: try #require(IPPrefix(address: address, length: 24)), metric: 0),
                routeProtocol: owner,
                hops: [hop]
            )
        }
    }

    private static func rules(_ dice: inout Dice) -> [RoutingRuleObject] {
        (0..<4).compactMap { number in
            guard Bool.random(using: &dice) else { return nil }
            return RoutingRuleObject(
                family: .ipv4,
                priority: UInt32(number),
                ruleProtocol: weirProtocol,
                action: 1,
                table: UInt32.random(in: 1...2, using: &dice)
            )
        }
    }

    /// Stops after any number of changes, then restores.
    @Test(arguments: 0..<60)
    func aChangeThatStopsAnywhereIsUndone(seed: Int) throws {
        var dice = Dice(state: UInt64(seed))
        let foreign = try Self.routes(&dice, by: 4)
        let own = try Self.routes(&dice, by: weirProtocol).filter { own in
            !foreign.contains { $0.key == own.key }
        }
        let fake = FakeRoutes(routes: foreign + own, rules: Self.rules(&dice))
        let before = ObservedState(
            firewall: try FakeTable(RandomTable.make(&dice, withForeign: false)).state,
            routes: fake.routes,
            routingRules: fake.rules,
            sysctls: [SysctlObject(name: "a", value: "0")]
        )
        let desired = DesiredState(
            firewall: RandomTable.make(&dice, withForeign: false),
            routes: try Self.routes(&dice, by: weirProtocol),
            routingRules: Self.rules(&dice),
            sysctls: [SysctlObject(name: "a", value: "1")]
        )
        let changes = difference(desired: desired, observed: before, adoption: .any).changes
        for stop in 0...changes.routes.count + changes.routingRules.count {
            var broken = fake
            for change in changes.routes.prefix(stop) { try broken.apply(change) }
            for change in changes.routingRules.prefix(max(0, stop - changes.routes.count)) {
                try broken.apply(change)
            }
            var table = try FakeTable(before.firewall)
            if Bool.random(using: &dice) { try table.apply(changes.firewall) }
            let now = ObservedState(
                firewall: table.state,
                routes: broken.routes,
                routingRules: broken.rules,
                sysctls: [SysctlObject(name: "a", value: Bool.random(using: &dice) ? "0" : "1")]
            )
            let undo = restoration(of: before, undoing: changes, observed: now)
            #expect(undo.conflicts.isEmpty)
            for change in undo.changes.routes { try broken.apply(change) }
            for change in undo.changes.routingRules { try broken.apply(change) }
            try table.apply(undo.changes.firewall)
            #expect(broken.lines == fake.lines)
            #expect(description(of: table.state) == description(of: before.firewall))
            #expect(undo.changes.sysctls.map(\.new) == (now.sysctls[0].value == "1" ? ["0"] : []))
        }
    }

    @Test func whatCannotBeMadeAgainIsNamed() throws {
        var map = SetObject("their-map", [])
        map.foreignAttributes = [1]
        let own = RuleObject(1)
        let before = FirewallState(chains: [.input([own, RuleObject(2, set: "their-map")])], sets: [map])
        let desired = FirewallState(chains: [.input([RuleObject(3)])])
        let changes = difference(
            desired: DesiredState(firewall: desired),
            observed: ObservedState(firewall: before)
        ).changes
        let undo = restoration(
            of: ObservedState(firewall: before),
            undoing: changes,
            observed: ObservedState(firewall: desired)
        )
        guard case .lostForeignObject("set 'their-map'")? = undo.conflicts.first else {
            Issue.record("\(undo.conflicts)")
            return
        }
        #expect(undo.changes.firewall?.chains[0].desired?.rules.map(\.rule) == [own])
    }

    @Test func aRouteThatSomebodyElseMadeMeanwhileIsLeftAlone() throws {
        var dice = Dice(state: 7)
        let own = try #require(try Self.routes(&dice, by: weirProtocol).first)
        var other = own
        other.routeProtocol = 4
        let undo = restoration(
            of: ObservedState(routes: [own]),
            undoing: ChangeSet(routes: [.delete(own)]),
            observed: ObservedState(routes: [other])
        )
        #expect(undo.changes.isEmpty)
        #expect(undo.conflicts.count == 1)
    }
}
