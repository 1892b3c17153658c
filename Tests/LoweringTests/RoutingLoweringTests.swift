import KernelObjects
import KernelState
import Lowering
import NetworkTypes
import Reconciliation
import RulesetModel
import TestSupport
import Testing

/// Routes and policy routing rules are asked for in the form in which the kernel reports them.
@Suite(.freshNetworkNamespace, .requires(.ip))
struct RoutingLoweringTests {
    private func makeLinks() throws {
        for command in [
            "link add eth0 type veth peer name peer0", "link add eth1 type veth peer name peer1",
            "link set eth0 up", "link set peer0 up", "link set eth1 up", "link set peer1 up",
            "addr add 192.0.2.2/24 dev eth0", "addr add 2001:db8::2/64 dev eth0 nodad",
            "addr add 198.51.100.2/24 dev eth1",
        ] {
            try run(["ip"] + command.split(separator: " ").map(String.init)).succeeded()
        }
    }

    private func hop(
        _ gateway: String?,
        _ interface: String? = nil,
        weight: UInt16 = 1,
        onLink: Bool = false
    ) -> NextHop {
        NextHop(
            gateway: gateway.map { valid(IPAddress($0)) },
            interface: interface.map { valid(InterfaceName($0)) },
            weight: weight,
            isOnLink: onLink
        )
    }

    private func route(
        _ destination: String,
        _ target: Route.Target,
        table: UInt32 = 254,
        metric: UInt32? = nil,
        source: String? = nil,
        mtu: UInt32? = nil,
        scope: RouteScope? = nil
    ) -> Route {
        Route(
            destination: valid(try? IPPrefix(destination)),
            target: target,
            table: table,
            metric: metric,
            source: source.map { valid(IPAddress($0)) },
            metrics: mtu.map { [.mtu: $0] } ?? [:],
            scope: scope
        )
    }

    private var routes: [Route] {
        [
            route("203.0.113.1/32", .nextHops([hop(nil, "eth0")])),
            route("203.0.113.2/32", .nextHops([hop("192.0.2.1")])),
            route("203.0.113.3/32", .nextHops([hop("192.0.2.1", "eth0")]), metric: 100),
            route("203.0.113.4/32", .nextHops([hop("10.9.9.9", "eth0", onLink: true)])),
            route("203.0.113.5/32", .nextHops([hop(nil, "eth0")]), source: "192.0.2.2", mtu: 1400),
            route("203.0.113.6/32", .nextHops([hop(nil, "eth0")]), scope: .global),
            route("203.0.113.7/32", .nextHops([hop("192.0.2.1", weight: 2), hop("198.51.100.1", weight: 3)])),
            route("0.0.0.0/0", .nextHops([hop("192.0.2.1", "eth0")]), table: 1000),
            route("203.0.113.8/32", .blackhole),
            route("203.0.113.9/32", .unreachable, metric: 5),
            route("203.0.113.10/32", .prohibit, table: 100),
            route("2001:db8:1::/48", .nextHops([hop(nil, "eth0")])),
            route("2001:db8:2::/48", .nextHops([hop("2001:db8::1")]), metric: 7, mtu: 1300),
            route("2001:db8:3::/48", .nextHops([hop("fe80::1", "eth0")]), metric: 0),
            route("2001:db8:4::/48", .blackhole),
            route("2001:db8:5::/48", .unreachable, table: 100),
            route("2001:db8:6::/48", .prohibit),
            route("::/0", .nextHops([hop("2001:db8::1", "eth0")]), table: 1000),
        ] + AddressFamily.allCases.flatMap(otherRoutes)
    }

    private func otherRoutes(_ family: AddressFamily) -> [Route] {
        var number = 0
        func next(_ target: Route.Target) -> Route {
            number += 1
            return route(family == .ipv4 ? "10.8.\(number).0/24" : "2001:db8:8:\(number)::/64", target)
        }
        let way = Route.Target.nextHops([hop(family == .ipv4 ? "192.0.2.1" : "2001:db8::1", "eth0")])
        var routes = [next(.nextRule), next(.local(.loopback)), next(.local(valid(InterfaceName("eth0"))))]
        for metric in RouteMetric.allCases {
            for value in [metric.values.lowerBound, metric.values.upperBound] {
                var route = next(way)
                route.metrics = [metric: value]
                routes.append(route)
            }
        }
        var all = next(way)
        all.metrics = Dictionary(
            uniqueKeysWithValues: RouteMetric.allCases.map { ($0, min(1234, $0.values.upperBound)) }
        )
        all.lockedMetrics = Set(RouteMetric.allCases.filter(\.canBeLocked))
        all.usesECN = true
        all.congestionControl = "reno"
        routes.append(all)
        if family == .ipv4 {
            for tos in [4, 0x10, 0x1c] as [UInt8] {
                var route = route("10.7.0.0/16", way)
                route.typeOfService = tos
                routes.append(route)
            }
        } else {
            for preference in RouterPreference.allCases {
                var route = next(way)
                route.preference = preference
                routes.append(route)
            }
        }
        return routes
    }

    private var rules: [RoutingRule] {
        let prefix = valid(try? IPPrefix("10.0.0.128/25"))
        let ipv6 = valid(try? IPPrefix("2001:db8::/32"))
        return [
            RoutingRule(family: .ipv4, priority: 1000, source: prefix, action: .lookup(100)),
            RoutingRule(family: .ipv6, priority: 1000, destination: ipv6, action: .lookup(4_000_000_000)),
            RoutingRule(family: .ipv4, priority: 1001, inputInterface: InterfaceName("eth0"), action: .blackhole),
            RoutingRule(family: .ipv4, priority: 1002, outputInterface: InterfaceName("tun7"), action: .unreachable),
            RoutingRule(family: .ipv6, priority: 1003, mark: Mark(5), action: .prohibit),
            RoutingRule(family: .ipv4, priority: 1004, mark: Mark(masking: 1, with: 15), action: .lookup(254)),
            RoutingRule(family: .ipv4, priority: 1005, mark: Mark(0), action: .lookup(254)),
            RoutingRule(family: .ipv4, priority: 1006, source: try? IPPrefix("0.0.0.0/0"), action: .lookup(254)),
        ] + AddressFamily.allCases.flatMap(otherRules)
    }

    private func otherRules(_ family: AddressFamily) -> [RoutingRule] {
        var priority: UInt32 = 2000
        func rule(
            _ packets: PacketSelector = PacketSelector(),
            not isInverted: Bool = false,
            action: RoutingRule.Action = .lookup(100),
            length: UInt8? = nil,
            group: UInt32? = nil
        ) -> RoutingRule {
            priority += 1
            return RoutingRule(
                family: family,
                priority: priority,
                packets: packets,
                isInverted: isInverted,
                action: action,
                suppressedPrefixLength: length,
                suppressedGroup: group
            )
        }
        return [
            rule(PacketSelector(ipProtocol: .udp), not: true), rule(PacketSelector(typeOfService: 0x10)),
            rule(PacketSelector(dscp: 0)), rule(PacketSelector(dscp: 46)), rule(PacketSelector(users: Interval(0))),
            rule(PacketSelector(users: Interval(1000, .max - 1))),
            rule(PacketSelector(ipProtocol: .tcp, sourcePorts: Interval(1), destinationPorts: Interval(2, 65534))),
            rule(PacketSelector(sourcePorts: Interval(3, 4), destinationPorts: Interval(65534))),
            rule(action: .lookup(254), length: 0),
            rule(action: .lookup(254), length: UInt8(family.addressBits), group: 0),
            rule(action: .lookup(254), group: .max - 1), rule(action: .lookupOfVRF),
            rule(action: .lookupOfVRF, length: 8), rule(action: .goTo(32766)),
            rule(action: .goTo(9999)), rule(action: .nothing),
        ]
    }

    @Test func whatWasMadeDiffersInNothingFromWhatWasAskedFor() throws {
        try makeLinks()
        var ruleset = Ruleset()
        ruleset.routes = routes
        ruleset.routingRules = rules
        let desired = try lower(ruleset).state
        var kernel = try KernelConnection()
        try kernel.apply(desired)

        let observed = try kernel.readState()
        let rest = difference(desired: desired, observed: observed)
        #expect(rest.changes.routes.isEmpty, "\(rest.changes.routes)")
        #expect(rest.changes.routingRules.isEmpty, "\(rest.changes.routingRules)")
        #expect(rest.conflicts.isEmpty)

        let lifted = LiftedState(
            firewall: nil,
            routes: observed.routes,
            routingRules: observed.routingRules
        )
        #expect(lifted.leftovers.isEmpty)
        #expect(lifted.ruleset.routes.count == routes.count)
        #expect(lifted.ruleset.routingRules.count == rules.count)
        // Made again from what was read, they are still the same.
        let again = difference(desired: try lower(lifted.ruleset).state, observed: observed)
        #expect(again.changes.routes.isEmpty, "\(again.changes.routes)")
        #expect(again.changes.routingRules.isEmpty)
    }

    @Test func routesOfOthersAndWhatHasNoWordsAreNotInTheRuleset() throws {
        try makeLinks()
        for command in [
            "route add 203.0.113.1/32 dev eth0", "route add 203.0.113.2/32 dev eth0 proto 172 realm 5",
            "rule add from 10.0.0.1 lookup 7", "rule add from 10.0.0.1 lookup 7 realms 5 protocol 172",
        ] {
            try run(["ip"] + command.split(separator: " ").map(String.init)).succeeded()
        }
        var kernel = try KernelConnection()
        let observed = try kernel.readState()
        let lifted = LiftedState(firewall: nil, routes: observed.routes, routingRules: observed.routingRules)
        #expect(lifted.ruleset.routes.isEmpty)
        #expect(lifted.ruleset.routingRules.isEmpty)
        #expect(lifted.leftovers.count == 2)
    }

    @Test func kernelSettingsKeepTheirNamesAndValues() throws {
        var ruleset = Ruleset()
        ruleset.sysctls = [Sysctl(name: "net.ipv4.ip_forward", value: "1")]
        let lowered = try lower(ruleset)
        #expect(lowered.state.sysctls == [SysctlObject(name: "net.ipv4.ip_forward", value: "1", origin: 0)])
        #expect(lowered.origin(0) == .sysctl(0))
        #expect(lowered.origin(1) == nil)
        #expect(lowered.origin(-1) == nil)
    }
}
