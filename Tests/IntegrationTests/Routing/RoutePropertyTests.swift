import TestSupport
import Testing

/// Types of routes, and what they say of packets and connections.
@Suite(.freshNetworkNamespace, .requires(.ip))
struct RoutePropertyTests {
    @Test(arguments: routes, Loader.allCases)
    func packetsTakeTheWayOfTheRoute(_ traffic: TrafficCase, by loader: Loader) throws {
        try check(traffic, loader: loader)
    }

    private static let routes: [TrafficCase] = [
        // What the table throws out goes by the next one.
        TrafficCase(
            "route default via 10.9.0.3 table 77\nroute throw 8.8.0.0/16 table 77\n"
                + "route default via 2001:db8:9::3 dev vpn0 table 77\nroute throw 2001:4860::/32 table 77\nrule lookup 77",
            passing(.udp(53).to("8.8.4.4"), .leaves(by: "eth0", to: 2)),
            passing(.udp(53).to("8.9.4.4"), .leaves(by: "vpn0", to: 3)),
            passing(.udp(53).to("2001:4860::1"), .leaves(by: "eth0", to: 2)),
            passing(.udp(53).to("2001:4861::1"), .leaves(by: "vpn0", to: 3))
        ),
        TrafficCase(
            "route 10.77.0.0/16 via 10.9.0.3 mtu lock 1280 advmss 1000 hoplimit 9",
            passing(.udp(53).to("10.77.0.1").padded(to: 1400), .isAnsweredBy(icmp: 3, 4))
        ),
    ]

    @Test(arguments: Loader.allCases)
    func theHostAnswersForAllOfALocalNetwork(by loader: Loader) throws {
        try withWeir { weir in
            let host = try HostUnderTest()
            let file = try weir.write("route local 10.77.0.0/16 dev lo\nroute local 2001:db8:77::/48 dev lo\n")
            try loader.load(file, by: weir)
            let pairs = [
                (Packet.ping.from("192.0.2.2").to("10.77.1.2"), Packet.icmp(0).from("10.77.1.2").to("192.0.2.2")),
                (
                    Packet.ping6.from("2001:db8::2").to("2001:db8:77::9"),
                    Packet.icmpv6(129).from("2001:db8:77::9").to("2001:db8::2")
                ),
            ]
            for (question, answer) in pairs {
                try host.inject(question, on: "eth0")
                var seen: [HostUnderTest.Event] = []
                for _ in 0..<100 where seen.isEmpty {
                    seen = try host.events()
                    pause(milliseconds: 20)
                }
                #expect(seen.contains(HostUnderTest.Event(link: "eth0", neighbour: 2, packet: answer)), "\(seen)")
            }
        }
    }

    @Test func packetsWithATypeOfServiceFollowTheirRoute() throws {
        try withWeir { weir in
            let host = try HostUnderTest()
            defer { withExtendedLifetime(host) {} }
            try weir.apply(rules: "route 10.77.0.0/16 via 10.9.0.3 tos 0x10\nroute 10.77.0.0/16 via 203.0.113.3\n")
            for (tos, link) in [("0x10", "vpn0"), ("0x08", "wlan0"), ("0x00", "wlan0")] {
                #expect(try outputOf("ip", "route", "get", "10.77.0.1", "tos", tos).contains("dev \(link)"), "\(tos)")
            }
        }
    }

    /// What a person writes, and what ip(8) says of what Weir made of it.
    private static let words: [(weir: String, ip: String)] = [
        ("route 10.77.0.0/16 via 10.9.0.3 mtu lock 1400", "10.77.0.0/16 via 10.9.0.3 dev vpn0 mtu lock 1400"),
        ("route 10.77.0.0/16 via 10.9.0.3 tos 0x10", "10.77.0.0/16 tos 0x10 via 10.9.0.3 dev vpn0"),
        (
            "route 10.77.0.0/16 dev vpn0 advmss 1360 window 65000 initcwnd 20 initrwnd 30",
            "10.77.0.0/16 dev vpn0 scope link window 65000 advmss 1360 initcwnd 20 initrwnd 30"
        ),
        (
            "route 10.77.0.0/16 dev vpn0 rtt 100ms rttvar 25ms rto_min 40ms",
            "10.77.0.0/16 dev vpn0 scope link rtt 100ms rttvar 25ms rto_min lock 40ms"
        ),
        (
            "route 10.77.0.0/16 dev vpn0 hoplimit 9 quickack 1 congctl reno features ecn",
            "10.77.0.0/16 dev vpn0 scope link hoplimit 9 features ecn quickack 1 congctl reno"
        ),
        (
            "route 10.77.0.0/16 dev vpn0 ssthresh lock 5 cwnd lock 6 reordering 7 fastopen_no_cookie 1",
            "10.77.0.0/16 dev vpn0 scope link ssthresh lock 5 cwnd lock 6 reordering 7 fastopen_no_cookie 1"
        ),
        ("route throw 10.77.0.0/16", "throw 10.77.0.0/16"),
        ("route local 10.77.0.0/16 dev lo", "local 10.77.0.0/16 dev lo scope host"),
        (
            "route 2001:db8:77::/48 via 2001:db8:9::3 dev vpn0 pref high",
            "2001:db8:77::/48 via 2001:db8:9::3 dev vpn0 metric 1024 pref high"
        ),
        ("route throw 2001:db8:77::/48", "throw 2001:db8:77::/48 dev lo metric 1024 pref medium"),
        (
            "route local 2001:db8:77::/48 dev lo",
            "local 2001:db8:77::/48 dev lo metric 1024 pref medium"
        ),
    ]

    @Test(arguments: words, Loader.allCases)
    func theKernelHasTheRouteAsWritten(_ words: (weir: String, ip: String), by loader: Loader) throws {
        try withWeir { weir in
            let host = try HostUnderTest()
            defer { withExtendedLifetime(host) {} }
            try loader.load(try weir.write("\(words.weir)\n"), by: weir)
            let family = words.ip.contains("2001") ? "-6" : "-4"
            let shown = try outputOf("ip", "-d", family, "route", "show", "proto", "172", "table", "all")
            let plain = shown.replacing("unicast ", with: "").replacing(" table main", with: "")
                .replacing("scope global ", with: "").replacing(" metric 1024 error -11", with: " metric 1024")
            #expect(plain.split(whereSeparator: \.isWhitespace).joined(separator: " ") == words.ip)
        }
    }

    /// What ip(8) made is read as words of the language; applied, they change nothing.
    @Test(
        arguments: [
            "10.77.0.0/16 via 10.9.0.3 mtu lock 1400", "10.77.0.0/16 via 10.9.0.3 tos 0x10",
            "10.77.0.0/16 dev vpn0 advmss 1360 window 65000 initcwnd 20 initrwnd 30 rtt 100ms rttvar 25ms rto_min 40ms",
            "10.77.0.0/16 dev vpn0 hoplimit 9 quickack 1 congctl reno features ecn ssthresh 5 cwnd 6 reordering 7",
            "throw 10.77.0.0/16 table 77", "local 10.77.0.0/16 dev lo table main",
            "10.77.0.0/16 dev vpn0 cwnd lock 6 hoplimit lock 7", "throw 2001:db8:77::/48",
            "2001:db8:77::/48 via 2001:db8:9::3 dev vpn0 pref low congctl cubic",
            "local 2001:db8:77::/48 dev lo table 77",
        ]
    )
    func whatIPMadeIsReadAsWords(arguments: String) throws {
        let host = try HostUnderTest()
        defer { withExtendedLifetime(host) {} }
        let family = arguments.contains("2001") ? "-6" : "-4"
        let words = arguments.split(separator: " ").map(String.init)
        try run(["ip", family, "route", "add"] + words + ["protocol", "172"]).succeeded()
        let before = try outputOf("ip", "-d", family, "route", "show", "table", "all", "proto", "172")
        try withWeir { weir in
            let text = try weir.run("show").succeeded().output
            #expect(text.contains("route "))
            let plan = try weir.run("plan", [try weir.write(text)])
            #expect(plan.status == 0 && plan.output.contains("No changes"), "\(text)\(plan.output)\(plan.errorOutput)")
            try weir.run("revert", ["--yes"]).succeeded()
            #expect(try outputOf("ip", family, "route", "show", "table", "all", "proto", "172") == "")
            try weir.apply(rules: text)
            #expect(try outputOf("ip", "-d", family, "route", "show", "table", "all", "proto", "172") == before)
            #expect(try weir.run("status").status == 0)
        }
    }

    /// The words are no keywords: people's names go on.
    @Test func theWordsAreNamesElsewhere() throws {
        try withWeir { weir in
            let names = [
                "throw", "local", "advmss", "window", "rtt", "cwnd", "rto_min", "congctl", "features", "pref", "lock",
            ]
            let text = names.map { name in
                "set \(name): port { 1, 2 }\nchain \(name) {\n    accept tcp dport @\(name)\n}\njump \(name) in on \(name)\n"
                    + "route 192.0.2.0/24 dev \(name) metric \(name.utf8.count)0\(name.utf8.last ?? 0)\nlet \(name) = 7\n"
            }
            try weir.run(["check", weir.write(text.joined())]).succeeded()
        }
    }
}
