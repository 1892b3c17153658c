import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .sysctl))
struct RouteTests {
    /// The rules of a route need no firewall; `ip` is the other way to load them.
    @Test(arguments: routes + policyRules, Loader.allCases)
    func packetsTakeTheRoute(_ traffic: TrafficCase, by loader: Loader) throws {
        try check(traffic, loader: loader)
    }

    private static let routes: [TrafficCase] = [
        TrafficCase(
            "route 8.8.8.8/32 dev vpn0",
            leaving(.udp(53).to("8.8.8.8"), .leaves(by: "vpn0", to: 8)),
            leaving(.udp(53).to("8.8.8.9"), .leaves(by: "eth0", to: 2))
        ),
        TrafficCase(
            "route 2001:4860:4860::8888/128 dev vpn0",
            leaving(.udp(53).to("2001:4860:4860::8888"), .leaves(by: "vpn0", to: 8)),
            leaving(.udp(53).to("2001:4860:4860::8889"), .leaves(by: "eth0", to: 2))
        ),
        TrafficCase(
            "route 10.77.0.0/16 via 10.9.0.3",
            leaving(.udp(53).to("10.77.255.255"), .leaves(by: "vpn0", to: 3)),
            passing(.udp(53).to("10.77.0.1"), .leaves(by: "vpn0", to: 3)),
            leaving(.udp(53).to("10.78.0.0"), .leaves(by: "eth0", to: 2))
        ),
        TrafficCase(
            "route 2001:db8:77::/48 via 2001:db8:1::3 dev eth1",
            leaving(.udp(53).to("2001:db8:77:ffff::1"), .leaves(by: "eth1", to: 3)),
            passing(.udp(53).to("2001:db8:77::1"), from: "wlan0", .leaves(by: "eth1", to: 3)),
            leaving(.udp(53).to("2001:db8:78::1"), .leaves(by: "eth0", to: 2))
        ),
        // The host has default routes with metrics 500 and 2000 already.
        TrafficCase(
            "route default via 203.0.113.3 metric 100",
            leaving(.udp(53).to("8.8.4.4"), .leaves(by: "wlan0", to: 3)),
            leaving(.udp(53).to("2001:4860::1"), .leaves(by: "eth0", to: 2))
        ),
        TrafficCase(
            "route default via 203.0.113.3 metric 600\nroute default via 2001:db8:2::3 dev wlan0",
            leaving(.udp(53).to("8.8.4.4"), .leaves(by: "eth0", to: 2)),
            leaving(.udp(53).to("2001:4860::1"), .leaves(by: "wlan0", to: 3))
        ),
        TrafficCase(
            "route 10.77.0.0/16 via 10.9.0.3 metric 20\nroute 10.77.0.0/16 via 198.51.100.3 metric 10",
            leaving(.udp(53).to("10.77.0.1"), .leaves(by: "eth1", to: 3))
        ),
        TrafficCase(
            "route 10.77.0.0/16 via 10.66.0.1 dev vpn0 onlink",
            leaving(.udp(53).to("10.77.0.1"), .leaves(by: "vpn0", to: 6))
        ),
        TrafficCase(
            "route 10.77.0.0/16 via 10.9.0.3 mtu 1280",
            passing(.udp(53).to("10.77.0.1").padded(to: 1400), .isAnsweredBy(icmp: 3, 4)),
            passing(.udp(53).to("10.77.0.1"), .leaves(by: "vpn0", to: 3))
        ),
        TrafficCase(
            "route blackhole 10.77.0.0/16\nroute blackhole 2001:db8:77::/48",
            passing(.udp(53).to("10.77.0.1"), .vanishes),
            passing(.udp(53).to("2001:db8:77::1"), .vanishes),
            leaving(.udp(53).to("10.77.0.1"), .vanishes),
            passing(.udp(53).to("10.78.0.1"), .leaves(by: "eth0", to: 2))
        ),
        TrafficCase(
            "route unreachable 10.77.0.0/16\nroute unreachable 2001:db8:77::/48",
            passing(.udp(53).to("10.77.0.1"), .isAnsweredBy(icmp: 3, 1)),
            passing(.udp(53).to("2001:db8:77::1"), .isAnsweredBy(icmp: 1, 0))
        ),
        TrafficCase(
            "route prohibit 10.77.0.0/16\nroute prohibit 2001:db8:77::/48",
            passing(.udp(53).to("10.77.0.1"), .isAnsweredBy(icmp: 3, 13)),
            passing(.udp(53).to("2001:db8:77::1"), .isAnsweredBy(icmp: 1, 1))
        ),
        // The kill switch of a VPN: without the tunnel nothing leaks out beside it.
        TrafficCase(
            "table vpn = 100\nroute default via 10.9.0.3 table vpn\nroute blackhole 0.0.0.0/0 table vpn metric 4096\n"
                + "rule from 192.0.2.3 lookup vpn",
            passing(.udp(53).from("192.0.2.3").to("8.8.4.4"), .leaves(by: "vpn0", to: 3)),
            passing(.udp(53).to("8.8.4.4"), .leaves(by: "eth0", to: 2))
        ),
    ]

    private static let policyRules: [TrafficCase] = [
        TrafficCase(
            "table vpn = 100\nroute default via 10.9.0.3 table vpn\nroute default via 2001:db8:9::3 dev vpn0 table vpn\n"
                + "rule from 192.0.2.2/31 lookup vpn priority 1000\nrule from 2001:db8::3 lookup vpn",
            passing(.udp(53).to("8.8.4.4"), .leaves(by: "vpn0", to: 3)),
            passing(.udp(53).from("192.0.2.3").to("8.8.4.4"), .leaves(by: "vpn0", to: 3)),
            passing(.udp(53).from("2001:db8::3").to("2001:4860::1"), .leaves(by: "vpn0", to: 3)),
            passing(.udp(53).from("192.0.2.4").to("8.8.4.4"), .leaves(by: "eth0", to: 2)),
            passing(.udp(53).to("2001:4860::1"), .leaves(by: "eth0", to: 2))
        ),
        TrafficCase(
            "route default via 10.9.0.3 table 77\nrule to 8.8.4.0/24 lookup 77",
            leaving(.udp(53).to("8.8.4.4"), .leaves(by: "vpn0", to: 3)),
            leaving(.udp(53).to("8.8.5.4"), .leaves(by: "eth0", to: 2))
        ),
        TrafficCase(
            "route default via 10.9.0.3 table 77\nroute ip6 default via 2001:db8:9::3 dev vpn0 table 77\nrule iif eth1 lookup 77",
            passing(.udp(53).to("8.8.4.4"), from: "eth1", .leaves(by: "vpn0", to: 3)),
            passing(.udp(53).to("2001:4860::1"), from: "eth1", .leaves(by: "vpn0", to: 3)),
            passing(.udp(53).to("8.8.4.4"), from: "wlan0", .leaves(by: "eth0", to: 2))
        ),
        TrafficCase(
            "route default via 10.9.0.3 table 77\nroute ip6 default via 2001:db8:9::3 dev vpn0 table 77\n"
                + "rule fwmark 0x10/0xf0 lookup 77\nset mark 0x1f in tcp dport 25\nset mark 0x10 out tcp dport 25",
            passing(.tcp(25).to("8.8.4.4"), .leaves(by: "vpn0", to: 3)),
            passing(.tcp(25).to("2001:4860::1"), .leaves(by: "vpn0", to: 3)),
            leaving(.tcp(25).to("8.8.4.4"), .leaves(by: "vpn0", to: 3)),
            leaving(.tcp(25).to("2001:4860::1"), .leaves(by: "vpn0", to: 3)),
            passing(.tcp(26).to("8.8.4.4"), .leaves(by: "eth0", to: 2)),
            leaving(.tcp(26).to("8.8.4.4"), .leaves(by: "eth0", to: 2))
        ),
        TrafficCase(
            "rule blackhole from 192.0.2.3\nrule prohibit from 192.0.2.4\nrule unreachable from 2001:db8::3",
            passing(.udp(53).from("192.0.2.3").to("8.8.4.4"), .vanishes),
            passing(.udp(53).from("192.0.2.4").to("8.8.4.4"), .isAnsweredBy(icmp: 3, 13)),
            passing(.udp(53).from("2001:db8::3").to("2001:4860::1"), .isAnsweredBy(icmp: 1, 0)),
            passing(.udp(53).to("8.8.4.4"), .leaves(by: "eth0", to: 2))
        ),
        // The smaller priority is asked first.
        TrafficCase(
            "route default via 10.9.0.3 table 77\nroute default via 203.0.113.3 table 78\n"
                + "rule ip lookup 77 priority 2000\nrule ip lookup 78 priority 1000",
            leaving(.udp(53).to("8.8.4.4"), .leaves(by: "wlan0", to: 3))
        ),
    ]

    @Test(arguments: Loader.allCases)
    func allWaysOfAMultipathRouteAreTaken(by loader: Loader) throws {
        try withWeir { weir in
            let host = try HostUnderTest()
            let file = try weir.write(
                """
                route 10.77.0.0/16 { via 10.9.0.3 weight 1 ; via 198.51.100.3 weight 2 }
                route 2001:db8:77::/48 {
                    via 2001:db8:9::3 dev vpn0
                    via 2001:db8:1::3 dev eth1
                }

                """
            )
            try loader.load(file, by: weir)
            for network in ["10.77.0.", "2001:db8:77::"] {
                var ways: Set<String> = []
                for number in 1...40 {
                    let destination = Address(stringLiteral: "\(network)\(number)")
                    try host.send(leaving(.udp(53).to(destination)).packet)
                    ways.formUnion(try host.events().map { "\($0.link ?? "") \($0.neighbour ?? 0)" })
                }
                #expect(ways == ["vpn0 3", "eth1 3"])
            }
            #expect(try outputOf("ip", "route", "show", "10.77.0.0/16").contains("weight 2"))
        }
    }

    @Test(arguments: Loader.allCases)
    func programsGetTheSourceAddressOfTheRoute(by loader: Loader) throws {
        try withWeir { weir in
            let host = try HostUnderTest()
            let file = try weir.write("route 10.77.0.0/16 via 10.9.0.3 src 203.0.113.1\n")
            try loader.load(file, by: weir)
            try run("nc", "-u", "-w", "1", "-p", "40000", "-q", "0", "10.77.0.1", "53", input: "x").succeeded()
            let packet = Packet.udp(53).from("203.0.113.1").to("10.77.0.1")
            #expect(try host.events() == [HostUnderTest.Event(link: "vpn0", neighbour: 3, packet: packet)])
        }
    }

    @Test(arguments: Loader.allCases)
    func socketsBoundToAnInterfaceFollowItsRule(by loader: Loader) throws {
        try withWeir { weir in
            let host = try HostUnderTest()
            defer { withExtendedLifetime(host) {} }
            let rules = "route default via 10.9.0.3 table 77\nrule ip oif vpn0 lookup 77\n"
            try loader.load(try weir.write(rules), by: weir)
            let bound = try outputOf("ip", "route", "get", "8.8.4.4", "oif", "vpn0")
            #expect(bound.contains("via 10.9.0.3 dev vpn0"))
            #expect(try outputOf("ip", "route", "get", "8.8.4.4").contains("dev eth0"))
        }
    }

    /// What no packet shows, ip(8) does.
    @Test(arguments: Loader.allCases)
    func theKernelHasTheRoutesAsWritten(by loader: Loader) throws {
        try withWeir { weir in
            let host = try HostUnderTest()
            defer { withExtendedLifetime(host) {} }
            let rules = """
                table vpn = 100
                route 10.77.0.0/16 dev vpn0 scope link metric 7
                route 10.78.0.0/16 via 10.9.0.3 table vpn src 10.9.0.1 mtu 1400
                route 10.79.0.0/16 dev vpn0 scope global
                rule from 10.0.0.128/25 to 10.78.0.0/16 iif eth1 fwmark 0x10 lookup vpn priority 1000
                rule ip6 oif vpn0 prohibit priority 1001
                sysctl net.ipv4.ip_forward = 0
                sysctl net.ipv6.conf.eth0.hop_limit = 77

                """
            try loader.load(try weir.write(rules), by: weir)
            let main = try outputOf("ip", "route", "show", "proto", "172")
            #expect(main.contains("10.77.0.0/16 dev vpn0 scope link metric 7"))
            #expect(main.contains("10.79.0.0/16 dev vpn0 \n"))
            #expect(
                try outputOf("ip", "route", "show", "table", "100").contains(
                    "10.78.0.0/16 via 10.9.0.3 dev vpn0 proto 172 src 10.9.0.1 mtu 1400"
                )
            )
            #expect(
                try outputOf("ip", "rule", "show", "priority", "1000").contains(
                    "from 10.0.0.128/25 to 10.78.0.0/16 fwmark 0x10 iif eth1 lookup 100"
                )
            )
            #expect(try outputOf("ip", "-6", "rule", "show", "priority", "1001").contains("oif vpn0 prohibit"))
            #expect(readFile("/proc/sys/net/ipv4/ip_forward") == Array("0\n".utf8))
            #expect(readFile("/proc/sys/net/ipv6/conf/eth0/hop_limit") == Array("77\n".utf8))
        }
    }
}
