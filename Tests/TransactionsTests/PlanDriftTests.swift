import KernelObjects
import NetworkTypes
import Reconciliation
import Testing

@testable import Transactions

/// What spoils a plan, and what does not.
struct PlanDriftTests {
    private let desired: DesiredState
    private let observed: ObservedState

    init() throws {
        var own = try Self.route("10.1.0.0", 16, interface: "eth0")
        own.routeProtocol = weirProtocol
        var wanted = try Self.route("10.2.0.0", 16, gateway: "192.0.2.9")
        wanted.routeProtocol = weirProtocol
        let input = ChainObject(name: "input", rules: [RuleEntry(RuleObject(expressions: [1, 2]))])
        desired = DesiredState(
            firewall: FirewallState(chains: [input]),
            routes: [own, wanted],
            routingRules: [Self.routingRule(100, table: 7, by: weirProtocol)],
            sysctls: [SysctlObject(name: "net.a", value: "1")]
        )
        observed = ObservedState(
            firewall: FirewallState(),
            generation: 5,
            routes: [own, try Self.route("10.9.0.0", 16, interface: "eth1")],
            routingRules: [Self.routingRule(32766, table: 254, by: 2)],
            sysctls: [SysctlObject(name: "net.a", value: "0")],
            links: [
                LinkObject(index: 2, name: "eth0", flags: 1, mtu: 1500),
                LinkObject(index: 3, name: "eth1", flags: 1, mtu: 1500),
            ],
            addresses: [
                Self.address("192.0.2.1", 24, on: 2), Self.address("198.51.100.1", 24, on: 3),
            ]
        )
    }

    private static func address(_ text: String) -> IPAddress {
        IPAddress(text) ?? .ipv4(IPv4Address(rawValue: 0))
    }

    private static func address(_ text: String, _ length: UInt8, on index: UInt32) -> AddressObject {
        AddressObject(interfaceIndex: index, address: address(text), prefixLength: length, scope: 0)
    }

    private static func route(
        _ destination: String,
        _ length: UInt8,
        gateway: String? = nil,
        interface: String? = nil
    ) throws -> RouteObject {
        let prefix = try #require(IPPrefix(address: address(destination), length: length))
        return RouteObject(
            key: .init(table: 254, destination: prefix, metric: 0),
            routeProtocol: 4,
            hops: [.init(gateway: gateway.map(address), interface: interface)]
        )
    }

    private static func routingRule(_ priority: UInt32, table: UInt32, by number: UInt8) -> RoutingRuleObject {
        RoutingRuleObject(family: .ipv4, priority: priority, ruleProtocol: number, action: 1, table: table)
    }

    private func drift(
        displaced: Displaced = Displaced(),
        _ change: (inout ObservedState) throws -> Void
    ) rethrows
        -> PlanDrift
    {
        var now = observed
        try change(&now)
        return PlanDrift(
            from: PlanBasis(desired: desired, observed: observed, displaced: Displaced()),
            to: PlanBasis(desired: desired, observed: now, displaced: displaced)
        )
    }

    @Test func whatThePlanDoesNotTouchDoesNotMatter() throws {
        let drift = try drift { now in
            now.generation += 9
            now.routes.removeLast()
            now.routes.append(try Self.route("10.7.0.0", 16, interface: "eth1"))
            now.routingRules.append(Self.routingRule(200, table: 9, by: 4))
            now.links[1].flags = 0
            now.links.append(LinkObject(index: 9, name: "docker0", flags: 1, mtu: 1500))
            now.addresses[1] = Self.address("203.0.113.1", 24, on: 3)
            now.firewall?.chains = []
        }
        #expect(drift.isEmpty, "\(drift)")
    }

    @Test func aRouteInThePlaceOfADesiredOneMatters() throws {
        let drift = try drift { now in now.routes.append(try Self.route("10.2.0.0", 16, interface: "eth1")) }
        #expect(drift.changes.routes.count == 1)
        #expect(drift.changes.routes.first?.desired?.routeProtocol == 4)
    }

    @Test func whatIsWeirsMatters() throws {
        let lost = drift { now in now.routes.removeFirst() }
        #expect(lost.changes.routes.count == 1)
        #expect(lost.changes.routes.first?.observed != nil)
        var extra = try Self.route("10.3.0.0", 16, interface: "eth1")
        extra.routeProtocol = weirProtocol
        #expect(drift { now in now.routes.append(extra) }.changes.routes.count == 1)
        let rule = drift { now in now.routingRules.append(Self.routingRule(300, table: 9, by: weirProtocol)) }
        #expect(rule.changes.routingRules.count == 1)
        let table = drift { now in
            now.firewall?.chains = [ChainObject(name: "x", rules: [RuleEntry(RuleObject(expressions: [7]))])]
        }
        #expect(table.changes.firewall?.chains.map(\.name) == ["x"])
        #expect(!drift { now in now.firewall = nil }.isEmpty)
        #expect(drift { now in now.firewall?.isDormant = true }.circumstances.map(\.now) == ["asleep"])
    }

    @Test func aPolicyRoutingRuleInThePlaceOfADesiredOneMatters() {
        let drift = drift { now in now.routingRules.append(Self.routingRule(100, table: 9, by: 4)) }
        #expect(drift.changes.routingRules.count == 1)
    }

    @Test func interfacesAndAddressesThatRoutesNeedMatter() {
        let down = drift { now in now.links[0].flags = 0 }
        #expect(down.circumstances == [.init(subject: "interface eth0", before: "up", now: "down")])
        let gone = drift { now in now.links.removeFirst() }
        #expect(gone.circumstances.contains(.init(subject: "interface eth0", before: "up", now: "missing")))
        let address = drift { now in now.addresses.removeFirst() }
        #expect(
            address.circumstances == [.init(subject: "address 192.0.2.1/24 on eth0", before: "there", now: "missing")]
        )
        let second = drift { now in now.addresses.append(Self.address("192.0.2.77", 25, on: 3)) }
        #expect(second.circumstances.map(\.before) == ["missing"])
    }

    @Test func settingsThatAreWrittenMatter() {
        let drift = drift { now in now.sysctls[0].value = "2" }
        #expect(drift.circumstances == [.init(subject: "sysctl net.a", before: "0", now: "2")])
    }

    @Test func whatWasDisplacedMatters() throws {
        let route = try Self.route("10.4.0.0", 16, interface: "eth1")
        let displaced = Displaced(
            routes: [route],
            sysctls: [.init(name: "net.b", before: "7", written: "8")]
        )
        let drift = drift(displaced: displaced) { _ in }
        #expect(drift.displaced.count == 1)
        #expect(drift.circumstances.map(\.now) == ["7"])
    }
}
