import Diagnostics
import Emitters
import KernelObjects
import KernelState
import Lowering
import NetworkTypes
import Reconciliation
import RulesetModel
import TestSupport
import Testing

struct IPTests {
    @Test func theCoursesRouteIsTheCoursesCommand() throws {
        var ruleset = Ruleset()
        ruleset.routes = [
            Route(
                destination: try IPPrefix("8.8.8.8"),
                target: .nextHops([NextHop(gateway: nil, interface: InterfaceName("vpn0"))])
            )
        ]
        #expect(try emitted(ruleset, as: .ip) == "#!/bin/sh\nset -e\nip route add 8.8.8.8/32 dev vpn0 proto 172\n")
        #expect(
            try emitted(ruleset, as: .ip, isUndo: true) == "#!/bin/sh\nip route del 8.8.8.8/32 dev vpn0 proto 172\n"
        )
    }

    @Test func routesRulesAndSettingsHaveTheirCommands() throws {
        expectSameText(
            try emitted(try example, as: .ip),
            """
            #!/bin/sh
            set -e
            ip route add default dev veth0 table 100 metric 50 proto 172 scope link
            ip -6 route add prohibit 2001:db8:1::/48 table 100 proto 172
            ip route add blackhole 10.12.0.0/16 proto 172
            ip route add unreachable 10.13.0.0/16 proto 172
            ip route add throw 10.15.0.0/16 proto 172
            ip route add local 10.16.0.0/16 dev lo table 254 proto 172
            ip route add 10.9.0.0/16 via 10.99.0.1 dev veth0 onlink metric 7 proto 172 src 10.0.0.1 mtu 1400
            ip route add default via 10.0.0.2 dev veth0 table 100 proto 172
            ip route add 10.11.0.0/16 via inet6 fe80::1 dev veth0 proto 172
            ip route add 10.17.0.0/16 via 10.0.0.2 dev veth0 proto 172 tos 0x10 mtu lock 1400 rtt 100ms rttvar 25ms advmss 1360 rto_min 40ms quickack 1 features ecn congctl reno
            ip -6 route add 2001:db8:2::/48 via fe80::1 dev veth0 metric 5 proto 172
            ip -6 route add 2001:db8:3::/48 via fe80::1 dev veth0 proto 172 hoplimit 9 pref high
            ip route add 10.10.0.0/16 proto 172 nexthop via 10.0.0.2 dev veth0 weight 1 nexthop via 10.0.0.3 dev veth0 weight 20
            ip route add 10.14.0.0/16 proto 172 scope link nexthop dev veth0 weight 2 nexthop dev veth1 weight 3
            ip rule add from 10.0.0.128/25 to 10.1.0.0/16 iif lo fwmark 0x1/0xff lookup 100 priority 1000 protocol 172
            ip -6 rule add oif veth0 prohibit priority 1001 protocol 172
            ip rule add fwmark 0x0/0xffffffff blackhole priority 1002 protocol 172
            ip -6 rule add fwmark 0x0/0xff lookup 100 priority 1003 protocol 172
            ip rule add not tos 0x10 ipproto 6 sport 22 dport 1024-65534 uidrange 1000-1000 lookup 100 priority 1004 protocol 172
            ip rule add lookup 254 suppress_prefixlength 0 suppress_ifgroup 7 priority 1005 protocol 172
            ip -6 rule add iif lo goto 1009 priority 1006 protocol 172
            ip rule add l3mdev priority 1007 protocol 172
            ip -6 rule add nop priority 1009 protocol 172
            sysctl -w net.ipv4.ip_forward=1
            sysctl -w net.ipv4.conf.veth0.forwarding=0
            sysctl -w net.ipv4.conf.veth0.rp_filter=2
            sysctl -w 'net.ipv4.ip_local_port_range=32768 60000'

            """
        )
    }

    @Test(.freshNetworkNamespace, .requires(.ip, .sysctl))
    func theKernelHasTheSameFromTheCommandsAsFromWeir() throws {
        try makeLink()
        var kernel = try KernelConnection()
        let routesBefore = try outputOf("ip", "-4", "route", "show", "table", "all")
        let rulesBefore = try outputOf("ip", "rule")
        let ruleset = try example
        try outputOf("sh", input: try emitted(ruleset, as: .ip))
        let desired = try lower(ruleset).state
        let routing = try kernel.readRouting()
        let routes = routing.routes.filter { $0.routeProtocol == weirProtocol }
        #expect(routes.count == desired.routes.count)
        for route in desired.routes {
            #expect(routes.contains { $0.isEquivalent(to: route) }, "\(route.key)")
        }
        let rules = routing.routingRules.filter { $0.ruleProtocol == weirProtocol }
        #expect(rules.count == desired.routingRules.count)
        for rule in desired.routingRules {
            #expect(rules.contains { $0.isEquivalent(to: rule) }, "\(rule.priority)")
        }
        // The kernel hands on what one setting says to others: each has its own value in the end all the same.
        for setting in ruleset.sysctls {
            let value = try outputOf("sysctl", "-n", setting.name).split(whereSeparator: \.isWhitespace)
            #expect(value.joined(separator: " ") == setting.value, "\(setting.name)")
        }
        try outputOf("sh", "-e", input: try emitted(ruleset, as: .ip, isUndo: true))
        #expect(try outputOf("ip", "-4", "route", "show", "table", "all") == routesBefore)
        // Of IPv6 the kernel makes routes of its own while the link comes up.
        #expect(try outputOf("ip", "-6", "route", "show", "table", "all", "proto", "172") == "")
        #expect(try outputOf("ip", "rule") == rulesBefore)
    }

    /// A route through a router comes after the route to the router, whatever their destinations are.
    @Test(.freshNetworkNamespace, .requires(.ip))
    func aRouterIsThereBeforeWhatIsBehindIt() throws {
        try makeLink()
        var kernel = try KernelConnection()
        var ruleset = Ruleset()
        func route(_ destination: String, via gateway: String? = nil, dev name: String? = nil) throws -> Route {
            let hop = NextHop(gateway: gateway.flatMap { IPAddress($0) }, interface: name.flatMap { InterfaceName($0) })
            return Route(destination: try IPPrefix(destination), target: .nextHops([hop]))
        }
        ruleset.routes = [
            try route("0.0.0.0/0", via: "192.0.2.128"), try route("10.60.0.0/16", via: "192.0.2.128"),
            try route("192.0.2.128/32", dev: "veth0"), try route("2001:db8:1::/48", via: "2001:db8:f::1"),
            try route("2001:db8:f::/64", dev: "veth0"),
        ]
        let before = try outputOf("ip", "-4", "route")
        try outputOf("sh", input: try emitted(ruleset, as: .ip))
        let routes = try kernel.readRouting().routes.filter { $0.routeProtocol == weirProtocol }
        #expect(routes.count == 5)
        #expect(routes.allSatisfy { $0.hops.allSatisfy { $0.interface == "veth0" } })
        // The way back as a script, and as the plan that takes all of it away.
        try outputOf("sh", "-e", input: try emitted(ruleset, as: .ip, isUndo: true))
        #expect(try outputOf("ip", "-4", "route") == before)

        for (from, to) in [(Ruleset(), ruleset), (ruleset, Ruleset())] {
            let lowered = try lower(to)
            let changes = Reconciliation.difference(desired: lowered.state, observed: try kernel.readState()).changes
            var diagnostics = DiagnosticBag()
            let text = emit(changes, observed: nil, lowered: lowered, of: to, as: .ip, diagnostics: &diagnostics)
            try outputOf("sh", input: try #require(text))
            let made = try kernel.readRouting().routes.filter { $0.routeProtocol == weirProtocol }
            #expect(made.count == to.routes.count, "\(from.routes.count)")
        }
        #expect(try outputOf("ip", "-4", "route") == before)
    }

    /// Nothing but the metric tells these routes apart: each deletion has to name it.
    @Test(.freshNetworkNamespace, .requires(.ip), arguments: [nil, 50, 2000] as [UInt32?])
    func theRouteWithTheMetricIsDeletedAndNoOther(metric: UInt32?) throws {
        try makeLink()
        var kernel = try KernelConnection()
        let other: UInt32? = metric == nil ? 50 : nil
        let destinations = [try IPPrefix("10.20.0.0/16"), try IPPrefix("2001:db8:20::/48")]
        func routes(_ metric: UInt32?) -> [Route] {
            let target = Route.Target.nextHops([NextHop(gateway: nil, interface: InterfaceName("veth0"))])
            return destinations.map { Route(destination: $0, target: target, metric: metric) }
        }
        var (old, new) = (Ruleset(), Ruleset())
        old.routes = routes(metric)
        new.routes = routes(other)
        try outputOf("sh", input: try emitted(old, as: .ip))
        let lowered = try lower(new)
        let changes = Reconciliation.difference(desired: lowered.state, observed: try kernel.readState()).changes
        var diagnostics = DiagnosticBag()
        let text = emit(changes, observed: nil, lowered: lowered, of: new, as: .ip, diagnostics: &diagnostics)
        try outputOf("sh", input: try #require(text))
        let made = try kernel.readRouting().routes.filter { $0.routeProtocol == weirProtocol }
        #expect(made.count == 2)
        for route in lowered.state.routes { #expect(made.contains { $0.isEquivalent(to: route) }, "\(route.key)") }
        // With a route of the former metric beside it, too, the way back takes no other.
        try outputOf("sh", input: try emitted(old, as: .ip))
        try outputOf("sh", "-e", input: try emitted(old, as: .ip, isUndo: true))
        #expect(try kernel.readRouting().routes.filter { $0.routeProtocol == weirProtocol } == made)
    }

    @Test(arguments: 0..<50)
    func noNameOfARandomRulesetIsReadByTheShell(seed: UInt64) throws {
        let text = try emitted(Ruleset.random(seed: seed), as: .ip)
        // The shell sees the same words if it is told to print them instead.
        let shown = text.split(separator: "\n").dropFirst(2).map { "printf '%s\\n' \($0)" }.joined(separator: "\n")
        let words = try outputOf("sh", input: shown).split(separator: "\n")
        #expect(words.filter { ["ip", "sysctl"].contains($0) }.count == max(0, text.split(separator: "\n").count - 2))
    }

    @Test(arguments: ["$(reboot)", "a;b", "`x`", "a'b", "&", "|x", ">x", "*", "?", "[a]", "~", "!", "#x", "\\", "a\"b"])
    func aNameThatTheShellWouldReadIsQuoted(name: String) throws {
        var ruleset = Ruleset()
        ruleset.routes = [
            Route(
                destination: try IPPrefix("8.8.8.8"),
                target: .nextHops([NextHop(gateway: nil, interface: InterfaceName(name))])
            )
        ]
        let line = try emitted(ruleset, as: .ip).split(separator: "\n").last ?? ""
        #expect(
            try outputOf("sh", input: "printf '%s\\n' \(line)")
                == "ip\nroute\nadd\n8.8.8.8/32\ndev\n\(name)\nproto\n172\n"
        )
    }

    @Test func whatBelongsToAnotherFormatIsNamed() throws {
        var ruleset = try example
        ruleset.rules = [Rule(direction: .input, action: .accept)]
        var diagnostics = DiagnosticBag()
        #expect(emit(ruleset, as: .ip, options: EmissionOptions(isUndo: true), diagnostics: &diagnostics) != nil)
        #expect(emit(ruleset, as: .nft, diagnostics: &diagnostics) != nil)
        #expect(diagnostics.diagnostics.map(\.code) == [.leftOut, .settingsStay, .leftOut])
        #expect(!diagnostics.hasErrors)
    }

    private var example: Ruleset {
        get throws {
            let device = InterfaceName("veth0")
            var ruleset = Ruleset()
            ruleset.routes = [
                Route(
                    destination: try IPPrefix("10.9.0.0/16"),
                    target: .nextHops([NextHop(gateway: IPAddress("10.99.0.1"), interface: device, isOnLink: true)]),
                    metric: 7,
                    source: IPAddress("10.0.0.1"),
                    metrics: [.mtu: 1400]
                ),
                Route(
                    destination: try IPPrefix("10.10.0.0/16"),
                    target: .nextHops([
                        NextHop(gateway: IPAddress("10.0.0.2"), interface: device),
                        NextHop(gateway: IPAddress("10.0.0.3"), interface: device, weight: 20),
                    ])
                ),
                Route(
                    destination: try IPPrefix("10.11.0.0/16"),
                    target: .nextHops([NextHop(gateway: IPAddress("fe80::1"), interface: device)])
                ),
                Route(
                    destination: try IPPrefix("10.14.0.0/16"),
                    target: .nextHops([
                        NextHop(gateway: nil, interface: device, weight: 2),
                        NextHop(gateway: nil, interface: InterfaceName("veth1"), weight: 3),
                    ])
                ),
                Route(destination: try IPPrefix("10.12.0.0/16"), target: .blackhole),
                Route(destination: try IPPrefix("10.13.0.0/16"), target: .unreachable),
                Route(destination: try IPPrefix("10.15.0.0/16"), target: .nextRule),
                Route(destination: try IPPrefix("10.16.0.0/16"), target: .local(.loopback)),
                Route(
                    destination: try IPPrefix("10.17.0.0/16"),
                    target: .nextHops([NextHop(gateway: IPAddress("10.0.0.2"), interface: device)]),
                    typeOfService: 0x10,
                    metrics: [.mtu: 1400, .rtt: 100, .rttvar: 25, .advmss: 1360, .rtoMin: 40, .quickack: 1],
                    lockedMetrics: [.mtu],
                    usesECN: true,
                    congestionControl: "reno"
                ),
                Route(
                    destination: try IPPrefix("2001:db8:3::/48"),
                    target: .nextHops([NextHop(gateway: IPAddress("fe80::1"), interface: device)]),
                    metrics: [.hoplimit: 9],
                    preference: .high
                ),
                Route(destination: try IPPrefix("2001:db8:1::/48"), target: .prohibit, table: 100),
                Route(
                    destination: try IPPrefix("2001:db8:2::/48"),
                    target: .nextHops([NextHop(gateway: IPAddress("fe80::1"), interface: device)]),
                    metric: 5
                ),
                Route(
                    destination: .all(.ipv4),
                    target: .nextHops([NextHop(gateway: IPAddress("10.0.0.2"), interface: device)]),
                    table: 100
                ),
                Route(
                    destination: .all(.ipv4),
                    target: .nextHops([NextHop(gateway: nil, interface: device)]),
                    table: 100,
                    metric: 50,
                    scope: .link
                ),
            ]
            ruleset.routingRules = [
                RoutingRule(
                    family: .ipv4,
                    priority: 1000,
                    source: try IPPrefix("10.0.0.128/25"),
                    destination: try IPPrefix("10.1.0.0/16"),
                    inputInterface: InterfaceName("lo"),
                    mark: Mark(masking: 1, with: 255),
                    action: .lookup(100)
                ),
                RoutingRule(family: .ipv6, priority: 1001, outputInterface: device, action: .prohibit),
                RoutingRule(family: .ipv4, priority: 1002, mark: Mark(0), action: .blackhole),
                RoutingRule(family: .ipv6, priority: 1003, mark: Mark(masking: 0, with: 255), action: .lookup(100)),
                RoutingRule(
                    family: .ipv4,
                    priority: 1004,
                    packets: PacketSelector(
                        typeOfService: 0x10,
                        users: Interval(1000),
                        ipProtocol: .tcp,
                        sourcePorts: Interval(22),
                        destinationPorts: Interval(1024, 65534)
                    ),
                    isInverted: true,
                    action: .lookup(100)
                ),
                RoutingRule(
                    family: .ipv4,
                    priority: 1005,
                    action: .lookup(254),
                    suppressedPrefixLength: 0,
                    suppressedGroup: 7
                ),
                RoutingRule(
                    family: .ipv6,
                    priority: 1006,
                    inputInterface: InterfaceName("lo"),
                    action: .goTo(1009)
                ),
                RoutingRule(family: .ipv4, priority: 1007, action: .lookupOfVRF),
                RoutingRule(family: .ipv6, priority: 1009, action: .nothing),
            ]
            ruleset.sysctls = [
                Sysctl(name: "net.ipv4.conf.veth0.forwarding", value: "0"),
                Sysctl(name: "net.ipv4.conf.veth0.rp_filter", value: "2"),
                Sysctl(name: "net.ipv4.ip_forward", value: "1"),
                Sysctl(name: "net.ipv4.ip_local_port_range", value: "32768 60000"),
            ]
            return ruleset.normalized()
        }
    }

    private func makeLink() throws {
        try outputOf("ip", "link", "add", "veth0", "type", "veth", "peer", "name", "veth1")
        for link in ["veth0", "veth1"] { try outputOf("ip", "link", "set", link, "up") }
        try outputOf("ip", "address", "add", "10.0.0.1/24", "dev", "veth0")
    }
}
