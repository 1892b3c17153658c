import Glibc
import KernelObjects
import KernelState
import NetworkTypes
import Reconciliation
import SystemPackage
import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.ip))
struct RoutingTests {
    /// Two links with addresses; the other ends are in the same namespace.
    private static let links = """
        link add left type veth peer name left-end
        link add right type veth peer name right-end
        address add 192.0.2.1/24 dev left
        address add 198.51.100.1/24 dev right
        address add 2001:db8:1::1/64 dev left nodad
        address add 2001:db8:2::1/64 dev right nodad
        link set left up
        link set left-end up
        link set right up
        link set right-end up
        """

    /// Everything that Weir can make.
    private static let routes = [
        "203.0.113.0/24 via 192.0.2.9",
        "203.0.113.7/32 dev right scope link",
        "203.0.113.0/24 via 192.0.2.8 metric 50",
        "default via 192.0.2.254",
        "10.0.0.0/8 via 192.0.2.9 table 1000 mtu 1400 src 192.0.2.1",
        "10.1.0.0/16 via 10.9.9.9 dev left onlink",
        "10.2.0.0/16 nexthop via 192.0.2.3 weight 3 nexthop via 198.51.100.3 weight 1",
        "10.3.0.0/16 via inet6 2001:db8:1::9 dev left",
        "blackhole 10.4.0.0/16",
        "unreachable 10.5.0.0/16 metric 7",
        "prohibit 10.6.0.0/16 table 200",
        "10.7.0.0/16 tos 0x10 via 192.0.2.9",
        "2001:db8:10::/48 via 2001:db8:1::9",
        "2001:db8:11::/48 dev right metric 5",
        "default via fe80::1 dev left",
        "2001:db8:12::/48 nexthop via 2001:db8:1::3 weight 2 nexthop via 2001:db8:2::3 weight 1",
        "blackhole 2001:db8:13::/48",
        "unreachable 2001:db8:14::/48 table 1000",
        "2001:db8:15::/48 via 2001:db8:1::9 mtu 1300 metric 9 table 300",
    ]

    private static let kernelListing = ["ip", "-4", "route", "show", "table", "all", "proto", "kernel"]

    private static let listing = ["-4", "-6"].map { family in
        ["ip", family, "route", "show", "table", "all", "proto", "172"]
    }

    /// What the commands list, without the state of links, which comes up while the test runs.
    private func list(_ commands: [[String]]) throws -> String {
        let text = try commands.map { try run($0).succeeded().output }.joined()
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        return words.filter { $0 != "linkdown" && $0 != "dead" }.joined(separator: " ")
    }

    private func addLinks() throws {
        try outputOf("ip", "-batch", "-", input: Self.links)
        for route in Self.routes {
            let words = route.split(separator: " ").map(String.init)
            let family = route.contains(":") && !route.contains("inet6") ? "-6" : "-4"
            // Next hops come last.
            let hops = words.firstIndex(of: "nexthop") ?? words.endIndex
            try run(["ip", family, "route", "add"] + words[..<hops] + ["proto", "172"] + words[hops...]).succeeded()
        }
    }

    private func ownRoutes(_ kernel: inout KernelConnection) throws -> [RouteObject] {
        try kernel.readRouting().routes.filter { $0.routeProtocol == weirProtocol }
    }

    @Test func linksAndAddressesAreRead() throws {
        try outputOf("ip", "-batch", "-", input: Self.links)
        var kernel = try KernelConnection()
        let routing = try kernel.readRouting()
        #expect(Set(routing.links.map(\.name)) == ["lo", "left", "left-end", "right", "right-end"])
        let left = try #require(routing.links.first { $0.name == "left" })
        #expect(left.flags & 1 == 1)
        #expect(left.mtu == 1500)
        let address = AddressObject(
            interfaceIndex: left.index,
            address: .ipv4(IPv4Address(rawValue: 0xc000_0201)),
            prefixLength: 24,
            scope: 0
        )
        #expect(routing.addresses.contains(address))
        // The kernel's own routes are there, what it needs for each address is not.
        #expect(routing.routes.contains { $0.routeProtocol == 2 && $0.key.table == 254 })
        #expect(!routing.routes.contains { $0.key.table == 255 })
    }

    @Test func aRouteIsReadAsItWasAdded() throws {
        try addLinks()
        var kernel = try KernelConnection()
        let routes = try ownRoutes(&kernel)
        #expect(routes.count == Self.routes.count)
        #expect(routes.allSatisfy { !$0.hasUnknownAttributes })

        let multipath = try #require(routes.first { $0.hops.count == 2 && $0.key.destination.family == .ipv4 })
        #expect(
            multipath.hops == [
                RouteObject.Hop(gateway: ipv4(0xc000_0203), interface: "left", weight: 3),
                RouteObject.Hop(gateway: ipv4(0xc633_6403), interface: "right", weight: 1),
            ]
        )
        let onLink = try #require(routes.first { $0.hops.first?.isOnLink == true })
        #expect(onLink.key.destination == IPPrefix(address: ipv4(0x0a01_0000), length: 16))
        let withMTU = try #require(routes.first { $0.key.table == 1000 && $0.key.destination.family == .ipv4 })
        #expect(withMTU.metrics == [2: 1400])
        #expect(withMTU.preferredSource == ipv4(0xc000_0201))
        let other = try #require(
            routes.first { $0.key.destination == IPPrefix(address: ipv4(0x0a03_0000), length: 16) }
        )
        #expect(other.hops.first?.gateway?.family == .ipv6)
        let refusing = routes.filter { (6...8).contains($0.type) }
        #expect(refusing.count == 5)
        #expect(refusing.allSatisfy { $0.hops.isEmpty })
        #expect(routes.filter { $0.key.destination.family == .ipv6 && $0.key.metric == 0 }.isEmpty)
    }

    /// Deletes all, which ip confirms, and makes all again, which ip lists as before.
    @Test func whatIsReadCanBeDeletedAndMadeAgain() throws {
        try addLinks()
        let before = try list(Self.listing)
        #expect(before.split(separator: "\n").count >= Self.routes.count)
        let others = try list([Self.kernelListing])
        var kernel = try KernelConnection()
        let routes = try ownRoutes(&kernel)
        try kernel.perform(routes.reversed().map(RouteChange.delete))
        expectSameText(try list(Self.listing), "")
        #expect(try ownRoutes(&kernel).isEmpty)
        try kernel.perform(routes.map(RouteChange.add))
        expectSameText(try list(Self.listing), before)
        let again = try ownRoutes(&kernel)
        #expect(again.count == routes.count)
        for route in routes { #expect(again.contains { $0.isEquivalent(to: route) }, "\(route.key)") }
        expectSameText(try list([Self.kernelListing]), others)
    }

    @Test func aDeletionHitsNothingElse() throws {
        try outputOf("ip", "-batch", "-", input: Self.links)
        try outputOf("ip", "route", "add", "203.0.113.0/24", "via", "192.0.2.9", "metric", "5", "proto", "static")
        var kernel = try KernelConnection()
        let foreign = try list([["ip", "-4", "route", "show", "table", "all"]])
        // Metric 0 means any metric to the kernel.
        let prefix = try #require(IPPrefix(address: ipv4(0xcb00_7100), length: 24))
        let route = RouteObject(
            key: RouteObject.Key(table: 254, destination: prefix, metric: 0),
            routeProtocol: weirProtocol,
            hops: [RouteObject.Hop(gateway: ipv4(0xc000_0209), interface: "left")]
        )
        let error = refusal { try kernel.perform([.delete(route)]) }
        #expect(error?.cause == .stale)
        #expect(error?.refusals.first?.errno == .noSuchProcess)
        expectSameText(try list([["ip", "-4", "route", "show", "table", "all"]]), foreign)
    }

    @Test func replacingNeedsARouteAndAddingNeedsNone() throws {
        try outputOf("ip", "-batch", "-", input: Self.links)
        var kernel = try KernelConnection()
        let prefix = try #require(IPPrefix(address: ipv4(0xcb00_7100), length: 24))
        var route = RouteObject(
            key: RouteObject.Key(table: 254, destination: prefix, metric: 0),
            routeProtocol: weirProtocol,
            hops: [RouteObject.Hop(gateway: ipv4(0xc000_0209), interface: "left")]
        )
        let missing = refusal { try kernel.perform([.replace(observed: route, desired: route)]) }
        #expect(missing?.cause == .stale)
        try kernel.perform([.add(route)])
        let present = refusal { try kernel.perform([.add(route)]) }
        #expect(present?.cause == .stale)
        #expect(present?.refusals.map(\.change) == [0])
        let old = route
        route.hops = [RouteObject.Hop(gateway: ipv4(0xc633_6409), interface: "right")]
        try kernel.perform([.replace(observed: old, desired: route)])
        #expect(try outputOf("ip", "route", "show", "proto", "172").contains("via 198.51.100.9 dev right"))
        // What the kernel refuses is named with its own words.
        route.hops = [RouteObject.Hop(gateway: ipv4(0x0808_0808), interface: "right")]
        route.key.metric = 3
        let invalid = refusal { try kernel.perform([.add(route)]) }
        #expect(invalid?.cause == .refused)
        #expect(invalid?.refusals.first?.message == "Nexthop has invalid gateway")
        route.hops = [RouteObject.Hop(gateway: nil, interface: "gone")]
        let noLink = refusal { try kernel.perform([.add(route)]) }
        #expect(noLink?.cause == .object(.noSuchInterface("gone")))
        #expect(noLink?.refusals.first?.change == 0)
    }

    /// A route of others with what Weir does not model: it is given way and comes back byte for byte, as far as ip shows.
    @Test(arguments: [
        "203.0.113.0/24 via 192.0.2.9 proto static realm 5",
        "203.0.113.0/24 dev left proto dhcp scope link congctl reno mtu lock 1300",
        "2001:db8:99::/48 via 2001:db8:1::9 proto static pref high",
        "2001:db8:99::/48 proto static pref low nexthop via 2001:db8:1::3 weight 2 nexthop via 2001:db8:2::3",
    ])
    func aRouteOfOthersCanBeReplacedAndRestored(description: String) throws {
        try outputOf("ip", "-batch", "-", input: Self.links)
        let family = description.hasPrefix("2001") ? "-6" : "-4"
        let command = ["ip", family, "route", "add"] + description.split(separator: " ").map(String.init)
        try run(command).succeeded()
        let show = ["static", "dhcp", "172"].map { ["ip", family, "route", "show", "table", "all", "proto", $0] }
        let before = try list(show)
        var kernel = try KernelConnection()
        let foreign = try #require(
            try kernel.readRouting().routes.first { ![2, 3].contains($0.routeProtocol) }
        )
        #expect(foreign.hasUnknownAttributes == description.contains("realm"))
        var ours = RouteObject(key: foreign.key, routeProtocol: weirProtocol, scope: family == "-4" ? 253 : 0)
        ours.hops = [RouteObject.Hop(gateway: nil, interface: "right")]
        try kernel.perform([.replace(observed: foreign, desired: ours)])
        #expect(try list(show) != before)
        try kernel.perform([.replace(observed: ours, desired: foreign)])
        expectSameText(try list(show), before)
    }

    @Test func aRouteOverANexthopObjectIsReadAsUnknownAndRestored() throws {
        try outputOf("ip", "-batch", "-", input: Self.links)
        try outputOf("ip", "nexthop", "add", "id", "7", "via", "192.0.2.9", "dev", "left")
        try outputOf("ip", "route", "add", "203.0.113.0/24", "nhid", "7", "proto", "static")
        let before = try list([["ip", "route", "show"]])
        var kernel = try KernelConnection()
        let route = try #require(try kernel.readRouting().routes.first { $0.routeProtocol == 4 })
        #expect(route.hasUnknownAttributes)
        try outputOf("ip", "route", "del", "203.0.113.0/24")
        try kernel.perform([.add(route)])
        expectSameText(try list([["ip", "route", "show"]]), before)
    }

    // MARK: Policy routing rules

    private static let rules = [
        "from 192.0.2.0/24 priority 100 table 1000",
        "to 203.0.113.0/24 priority 101 table main",
        "iif left oif right fwmark 0x10/0xff priority 102 table 7",
        "fwmark 0 priority 103 table 7",
        "from 2001:db8::/32 priority 100 table 1000",
        "to 2001:db8:1::1 fwmark 5 priority 104 prohibit",
        "from 198.51.100.7 priority 105 blackhole",
        "priority 106 unreachable",
    ]

    private static let ruleListing = [["ip", "-4", "rule"], ["ip", "-6", "rule"]]

    @Test func policyRoutingRulesCanBeDeletedAndMadeAgain() throws {
        let defaults = try list(Self.ruleListing)
        for rule in Self.rules {
            let family = rule.contains("2001") ? "-6" : "-4"
            let words = rule.split(separator: " ").map(String.init)
            try run(["ip", family, "rule", "add"] + words + ["protocol", "172"]).succeeded()
        }
        let before = try list(Self.ruleListing)
        var kernel = try KernelConnection()
        let rules = try kernel.readRouting().routingRules.filter { $0.ruleProtocol == weirProtocol }
        #expect(rules.count == Self.rules.count)
        #expect(rules.allSatisfy { !$0.hasUnknownAttributes })
        let marked = try #require(rules.first { $0.priority == 102 })
        #expect(marked.mark == Mark(value: 0x10, mask: 0xff))
        #expect(marked.inputInterface == "left")
        #expect(marked.outputInterface == "right")
        try kernel.perform(rules.map(RoutingRuleChange.delete))
        expectSameText(try list(Self.ruleListing), defaults)
        try kernel.perform(rules.map(RoutingRuleChange.add))
        expectSameText(try list(Self.ruleListing), before)
        let again = try kernel.readRouting().routingRules.filter { $0.ruleProtocol == weirProtocol }
        #expect(again.count == rules.count)
        for (left, right) in zip(again, rules) { #expect(left.isEquivalent(to: right)) }
        let twice = refusal { try kernel.perform([.add(rules[0])]) }
        #expect(twice?.cause == .stale)
    }

    /// The kernel would take the rule that suppresses for the one that does not, since it ignores what a deletion does not say.
    @Test func aRuleThatIsNotTheOneMeantIsNotDeleted() throws {
        try outputOf(
            "ip",
            "rule",
            "add",
            "from",
            "192.0.2.0/24",
            "priority",
            "100",
            "table",
            "1000",
            "suppress_prefixlength",
            "0",
            "protocol",
            "172"
        )
        let before = try outputOf("ip", "rule")
        let rule = RoutingRuleObject(
            family: .ipv4,
            priority: 100,
            ruleProtocol: weirProtocol,
            source: IPPrefix(address: ipv4(0xc000_0200), length: 24),
            action: 1,
            table: 1000
        )
        var kernel = try KernelConnection()
        let error = refusal { try kernel.perform([.delete(rule)]) }
        #expect(error?.cause == .stale)
        expectSameText(try outputOf("ip", "rule"), before)
    }

    @Test func rulesOfOnePriorityAreToldApart() throws {
        for source in ["192.0.2.0/24", "198.51.100.0/24"] {
            try outputOf("ip", "rule", "add", "from", source, "priority", "100", "table", "7", "protocol", "172")
        }
        var kernel = try KernelConnection()
        let rules = try kernel.readRouting().routingRules.filter { $0.priority == 100 }
        try #require(rules.count == 2)
        try kernel.perform([.delete(rules[1])])
        #expect(try outputOf("ip", "rule", "show", "priority", "100").contains("from 192.0.2.0/24"))
        var any = rules[0]
        any.source = nil
        let error = refusal { try kernel.perform([.delete(any)]) }
        #expect(error?.cause == .stale)
        try kernel.perform([.delete(rules[0])])
        #expect(try outputOf("ip", "rule", "show", "priority", "100").isEmpty)
    }

    @Test(arguments: ["from 192.0.2.0/24 table 7 realms 5", "not from 192.0.2.0/24 table 7 realms 5/6"])
    func aRuleThatWeirCannotSayIsReadAsUnknown(description: String) throws {
        try run(["ip", "rule", "add", "priority", "9"] + description.split(separator: " ").map(String.init)).succeeded()
        let before = try outputOf("ip", "rule")
        var kernel = try KernelConnection()
        let rules = try kernel.readRouting().routingRules
        let rule = try #require(rules.first { $0.priority == 9 })
        #expect(rule.hasUnknownAttributes)
        #expect(rules.filter(\.hasUnknownAttributes).count == 1)
        try outputOf("ip", "rule", "del", "priority", "9")
        try kernel.perform([.add(rule)])
        expectSameText(try outputOf("ip", "rule"), before)
    }

    // MARK: Consistency and look-ups

    @Test func aHostWhoseRoutesNeverRestIsReadAll() throws {
        try outputOf("ip", "-batch", "-", input: Self.links)
        let loop = "while :; do ip route add 203.0.113.0/24 via 192.0.2.9; ip route del 203.0.113.0/24; done"
        let writer = try BackgroundProcess(["sh", "-c", loop])
        var kernel = try KernelConnection()
        var seen = 0
        for _ in 0..<20 {
            do throws(KernelStateError) {
                let routing = try kernel.readRouting()
                #expect(
                    routing.routes.contains { $0.key.destination == IPPrefix(address: ipv4(0xc000_0200), length: 24) }
                )
                seen += 1
            } catch {
                #expect(error.cause == .stale)
            }
        }
        #expect(seen > 0)
        writer.signal(9)
        _ = try writer.finish(timeout: 10)
    }

    @Test func theKernelSaysWhichWayAPacketWouldGo() throws {
        try addLinks()
        try outputOf("ip", "rule", "add", "fwmark", "9", "table", "1000")
        var kernel = try KernelConnection()
        func answer(_ lookup: RouteLookup) throws -> RouteAnswer { try kernel.lookUp(lookup) }
        guard case .route(let route) = try answer(RouteLookup(destination: ipv4(0xcb00_7107))) else {
            Issue.record("no route")
            return
        }
        #expect(route.key.destination.length == 32)
        #expect(route.routeProtocol == weirProtocol)
        guard case .route(let marked) = try answer(RouteLookup(destination: ipv4(0x0a04_0001), mark: 9)) else {
            Issue.record("no route")
            return
        }
        #expect(marked.key.table == 1000)
        guard case .blackhole = try answer(RouteLookup(destination: ipv4(0x0a04_0001))) else {
            Issue.record("no black hole")
            return
        }
        guard case .unreachable = try answer(RouteLookup(destination: ipv4(0x0a05_0001))) else {
            Issue.record("reachable")
            return
        }
        let nowhere = try NamespaceThread().perform {
            var kernel = try KernelConnection()
            guard case .none = try kernel.lookUp(RouteLookup(destination: .ipv4(IPv4Address(rawValue: 0x0808_0808))))
            else {
                return false
            }
            return true
        }
        #expect(nowhere)
    }

    @Test func theKernelSaysItOfIPv6Too() throws {
        let commands = """
            link add left type veth peer name right
            link set left up
            link set right up
            address add 2001:db8:1::1/64 dev left nodad
            route add blackhole 2001:db8:2::/48 table 1000
            rule add fwmark 9 table 1000

            """
        try outputOf("ip", "-6", "-batch", "-", input: commands)
        // The kernel makes the address its own a little later (addrconf_dad_work).
        for _ in 0..<1000 {
            if try outputOf("ip", "-6", "route", "show", "table", "local").contains("local 2001:db8:1::1") { break }
            usleep(20_000)
        }
        let prefix: UInt128 = 0x2001_0db8 << 96
        func address(_ network: UInt128, _ host: UInt128) -> IPAddress {
            .ipv6(IPv6Address(rawValue: prefix | network << 80 | host))
        }
        var kernel = try KernelConnection()
        let neighbour = RouteLookup(destination: address(1, 2), source: address(1, 1))
        guard case .route(let route) = try kernel.lookUp(neighbour) else {
            Issue.record("no route")
            return
        }
        #expect(route.key.destination == IPPrefix(address: address(1, 0), length: 64))
        #expect(route.key.table == 254)
        guard case .blackhole = try kernel.lookUp(RouteLookup(destination: address(2, 1), mark: 9)) else {
            Issue.record("no black hole")
            return
        }
        guard case .none = try kernel.lookUp(RouteLookup(destination: address(2, 1))) else {
            Issue.record("a route")
            return
        }
        // What comes in for this host.
        let index = try #require(try kernel.readRouting().links.first { $0.name == "left" }?.index)
        let incoming = RouteLookup(destination: address(1, 1), source: address(1, 2), inputInterface: index)
        guard case .route(let delivery) = try kernel.lookUp(incoming) else {
            Issue.record("it is not taken")
            return
        }
        #expect(delivery.type == 2 && delivery.key.table == 255)
    }

    private func ipv4(_ number: UInt32) -> IPAddress {
        .ipv4(IPv4Address(rawValue: number))
    }

    private func refusal(_ body: () throws -> Void) -> KernelStateError? {
        do {
            try body()
            Issue.record("nothing was refused")
        } catch {
            guard let error = error as? KernelStateError else {
                Issue.record(error)
                return nil
            }
            return error
        }
        return nil
    }
}
