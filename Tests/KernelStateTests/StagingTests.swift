import KernelObjects
import KernelState
import Netlink
import SystemPackage
import TestSupport
import Testing

/// A namespace that is made like another one: what is read there is what is read here.
@Suite(.freshNetworkNamespace, .requires(.ip))
struct StagingTests {
    private static let host = """
        link add eth0 index 70 address 02:00:00:00:00:09 mtu 1400 type veth peer name eth0-end
        link add eth0.5 index 71 type veth peer name five-end
        link add down0 index 72 type veth peer name down0-end
        link add weir-end1 index 73 type veth peer name far-end
        link set eth0 up
        link set eth0-end up
        link set eth0.5 up
        address add 192.0.2.1/24 dev eth0
        address add 192.0.2.7/24 dev eth0
        address add 203.0.113.1/24 dev eth0 noprefixroute
        address add 198.51.100.1 peer 198.51.100.2 dev eth0
        address add 2001:db8:1::1/64 dev eth0 nodad
        address add 10.9.0.1/24 dev down0
        address add 10.0.0.1/32 dev lo
        route add default via 192.0.2.254 src 192.0.2.7
        route add 10.1.0.0/16 via 192.0.2.3
        route append 10.1.0.0/16 via 192.0.2.4
        route add 10.2.0.0/16 nexthop via 192.0.2.3 weight 2 nexthop via 192.0.2.4
        route add 10.3.0.0/16 via 10.200.0.1 dev eth0 onlink
        route add 10.200.7.0/24 via 198.51.100.2 mtu 1300 table 77
        route add prohibit 10.4.0.0/16 metric 5
        route add 2001:db8:9::/48 nexthop via 2001:db8:1::3 nexthop via 2001:db8:1::4
        route add 2001:db8:8::/48 via 2001:db8:1::2 metric 7
        route del 198.51.100.2/32 dev eth0
        rule add from 10.0.0.0/8 lookup 77 pref 100
        rule add fwmark 3 lookup 77 pref 100
        rule add iif eth0 suppress_prefixlength 0 lookup main pref 9
        rule del pref 32767

        """

    @Test func routesAddressesAndInterfacesAreTheSame() throws {
        let other = try NamespaceThread()
        try other.perform { () throws in _ = try outputOf("ip", "-batch", "-", input: Self.host) }
        var theirs = try KernelConnection(NetworkNamespace(path: FilePath(other.path)))
        let observed = try theirs.readState(sysctls: [])
        let outline = try theirs.readOutline(of: observed)
        var own = try KernelConnection()
        let notes = try own.stage(outline)
        // Even a gateway can be had whose link route is gone by now.
        #expect(notes.isEmpty, "\(notes)")
        let staged = try own.readRouting()
        let links = Dictionary(staged.links.map { ($0.name, $0) }) { first, _ in first }
        for link in observed.links {
            let clone = try #require(links[link.name], "\(link.name)")
            #expect(clone.index == link.index, "\(link.name)")
            #expect(clone.mtu == link.mtu, "\(link.name)")
            #expect(clone.isUp == link.isUp, "\(link.name)")
        }
        // IFF_LOWER_UP: an interface without a carrier has none there.
        #expect(links["eth0"].map { $0.flags & 0x1_0000 != 0 } == true)
        #expect(links["eth0.5"].map { $0.flags & 0x1_0000 != 0 } == false)
        #expect(Set(staged.addresses) == Set(observed.addresses))
        #expect(staged.routes.count == observed.routes.count)
        for route in observed.routes {
            #expect(staged.routes.contains { $0.isEquivalent(to: route) }, "\(route.key)")
        }
        // Which of two routes to the same place is asked first is part of it.
        #expect(gateways(staged.routes) == gateways(observed.routes))
        #expect(staged.routingRules.count == observed.routingRules.count)
        #expect(zip(staged.routingRules, observed.routingRules).allSatisfy { $0.isEquivalent(to: $1) })
    }

    private func gateways(_ routes: [RouteObject]) -> [String] {
        routes.filter { "\($0.key.destination)" == "10.1.0.0/16" }.flatMap(\.hops).map { "\($0)" }
    }
}
