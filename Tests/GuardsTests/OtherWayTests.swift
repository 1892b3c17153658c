import KernelObjects
import NetworkTypes
import Testing

@testable import Guards

/// Sessions that do not come the plain way: what is not known about them is a reason to refuse.
@Suite struct OtherWayTests {
    @Test func anAddressThatIsOnlyRoutedToTheHostCounts() throws {
        var host = SampleHost()
        host.routedToHost = [try IPPrefix("10.99.0.0/24")]
        host.facts.connections = [SampleHost.session("203.0.113.7", "10.99.0.1")]
        #expect(try host.findings("drop in daddr 10.99.0.1").map(\.words) == ["lockout 4 established input#0"])
        #expect(
            try host.findings("rule from 10.99.0.0/24 prohibit").map(\.words)
                == ["lockout 4 establishedAnswer routing rule"]
        )
        #expect(try host.findings("drop in daddr 192.0.2.1").map(\.words) == [])
    }

    /// What a policy routing rule asks for decides whether it is about a session.
    @Test(
        arguments: [
            ("rule ipproto tcp sport 22 prohibit", .cut), ("rule ipproto udp sport 22 prohibit", .spared),
            ("rule not ipproto tcp prohibit", .spared), ("rule not ipproto udp prohibit", .cut),
            ("rule dport 49999-50001 prohibit", .cut), ("rule dport 50001-50002 prohibit", .spared),
            ("rule uidrange 0-10 prohibit", .cut), ("rule uidrange 1-10 prohibit", .spared),
            ("rule not uidrange 1-10 prohibit", .cut),
            ("rule ip tos 0x10 prohibit", .unknown), ("rule ip dscp 4 prohibit", .unknown),
            ("rule ip not dscp 4 prohibit", .unknown),
            ("rule ip goto 600 priority 500\nrule ip prohibit priority 550\nrule ip nop priority 600", .spared),
            ("rule ip nop priority 500\nrule ip prohibit priority 550", .cut),
            ("rule ip l3mdev priority 500", .spared),
            ("rule ip lookup main suppress_prefixlength 0 priority 500\nrule ip prohibit priority 550", .cut),
            ("rule ip lookup main priority 500\nrule ip prohibit priority 550", .spared),
            ("rule ip lookup main suppress_ifgroup 3 priority 500\nrule ip prohibit priority 550", .unknown),
        ] as [(String, Judgement)]
    )
    fileprivate func aRoutingRuleIsJudgedWithAllThatItAsksFor(rules: String, judgement: Judgement) throws {
        var host = SampleHost()
        host.facts.connections = [SampleHost.session("203.0.113.7", "192.0.2.1")]
        host.facts.connections[0].user = 0
        let found = try host.findings(rules).map(\.words)
        switch judgement {
        case .spared: #expect(found == [])
        case .cut: #expect(found == ["lockout 4 establishedAnswer routing rule"])
        case .unknown:
            #expect(found.contains { $0.hasPrefix("unjudged 4 establishedAnswer routing rule") }, "\(found)")
            #expect(found.allSatisfy { $0.hasPrefix("unjudged") })
        }
    }

    fileprivate enum Judgement: Sendable {
        case spared
        case cut
        case unknown
    }

    /// A host takes what is for it by any interface.
    @Test func whereASessionComesInMattersIfItWasNotSeen() throws {
        var host = SampleHost()
        host.facts.connections = [SampleHost.session("203.0.113.7", "192.0.2.1")]
        #expect(try host.findings("drop in on eth1").map(\.words) == [])
        host.facts.connections[0].input = "eth1"
        #expect(try host.findings("drop in on eth1").map(\.words) == ["lockout 4 established input#0"])
        host.facts.connections[0].input = nil
        let found = try host.findings("drop in on eth1")
        #expect(found.map(\.words).first == "unjudged 4 established input#0 other input")
        // It cannot be where the kernel checks sources.
        host.settings["net.ipv4.conf.eth1.rp_filter"] = "1"
        #expect(try host.findings("drop in on eth1").map(\.words) == [])
    }

    /// `ssh -R` to a relay: the session comes from this host itself, and a connection of this host's own carries it.
    @Test func whatCarriesASessionIsLookedAfter() throws {
        var host = SampleHost()
        var session = SampleHost.session("127.0.0.1", "127.0.0.1")
        session.input = nil
        var carrier = SampleHost.session("203.0.113.7", "192.0.2.1")
        carrier.local = SampleHost.endpoint("192.0.2.1", 41000)
        carrier.peer = SampleHost.endpoint("203.0.113.7", 22)
        carrier.role = .carrier(ofOwnSession: true)
        carrier.tracking = .unknown
        host.facts.connections = [session, carrier]
        #expect(try host.findings("drop in tcp dport 80").map(\.words) == [])
        #expect(
            try host.findings("drop out tcp dport 22 daddr 203.0.113.7").map(\.words)
                == ["lockout 4 establishedAnswer output#0"]
        )
        #expect(try host.findings("drop in on lo").map(\.words) == ["lockout 4 established input#0"])
        // A program of which nothing is known.
        session.unjudgedCarrier = "agent"
        host.facts.connections = [session]
        let found = try host.findings("drop in tcp dport 80")
        #expect(found.map(\.words).first == "unjudged 4 established by agent")
    }

    @Test func theKernelIsBelievedAndNotTheModel() throws {
        var host = SampleHost()
        let session = SampleHost.session("203.0.113.7", "192.0.2.1")
        host.facts.connections = [session]
        host.answers = [(RouteQuestion(answersTo: session), .ways([WayOut(interface: "eth1", gateway: nil)]))]
        // As long as routing stays, the packets go where the kernel says.
        #expect(try host.findings("drop out on eth1").map(\.words).first == "lockout 4 establishedAnswer output#0")
        #expect(try host.findings("drop in tcp dport 80").map(\.words) == [])
        // What the kernel would do with other routes nobody knows.
        let found = try host.findings("route 10.77.0.0/16 via 198.51.100.2").map(\.words)
        #expect(found.contains("unjudged 4 establishedAnswer kernel"))
    }

    @Test func aSessionThatLivesIsNotTakenForCut() throws {
        var host = SampleHost()
        host.facts.connections = [SampleHost.session("203.0.113.7", "192.0.2.1")]
        host.observed.firewall = try #require(try desired("drop in tcp dport 22")).firewall
        let file = "drop in tcp dport 22\ndrop in tcp dport 80"
        #expect(try host.findings(file).map(\.words) == ["still 4 established input#0"])
        host.facts.connections[0].isSeenAlive = true
        let found = try host.findings(file)
        #expect(found.map(\.words).first == "unjudged 4 established lives in spite of input#0")
        #expect(found.first?.override == .unjudged)
    }

    @Test func thePacketsThatCarryATunnelCount() throws {
        var host = SampleHost()
        let ends = (SampleHost.endpoint("192.0.2.1", 0).address, SampleHost.endpoint("203.0.113.7", 0).address)
        host.observed.links.append(
            LinkObject(
                index: 4,
                name: "tunnel0",
                flags: 1,
                mtu: 1450,
                kind: "vxlan",
                tunnel: .init(local: ends.0, remote: ends.1, ipProtocol: 17, port: 4789)
            )
        )
        var session = SampleHost.session("10.8.0.2", "10.8.0.1")
        session.input = "tunnel0"
        host.observed.addresses.append(
            AddressObject(interfaceIndex: 4, address: session.local.address, prefixLength: 24, scope: 0)
        )
        host.observed.routes.append(
            RouteObject(
                key: .init(table: 254, destination: try IPPrefix("10.8.0.0/24"), metric: 0),
                routeProtocol: 2,
                hops: [.init(gateway: nil, interface: "tunnel0")]
            )
        )
        host.facts.connections = [session]
        #expect(try host.findings("drop in udp dport 4789").map(\.words) == ["lockout 4 established input#0"])
        #expect(
            try host.findings("rule to 203.0.113.0/24 prohibit").map(\.words)
                == ["lockout 4 establishedAnswer routing rule"]
        )
        #expect(try host.findings("drop in udp dport 53\ndrop in tcp dport 80").map(\.words) == [])
        // Each direction of such a tunnel is a connection of its own, which nobody answers.
        let open = "policy in drop\naccept in ct state established\naccept in tcp dport 22\n"
        #expect(try host.findings(open).map(\.words) == ["lockout 4 established policy of input"])
        #expect(try host.findings(open + "accept in udp dport 4789\n").map(\.words) == [])
        host.observed.links[3].kind = "wireguard"
        host.observed.links[3].tunnel = nil
        #expect(try host.findings("drop in udp dport 53").map(\.words) == ["unjudged 4 established by tunnel0"])
    }

    /// Whether another router leads there nobody can tell from here.
    @Test func anotherWayBackIsNotKnownToWork() throws {
        let found = try SampleHost().findings("route 203.0.113.0/24 via 198.51.100.2")
        #expect(found.map(\.words) == ["detour eth0 eth1"])
        #expect(found.first?.override == .unjudged)
        #expect(
            try SampleHost().findings("route 203.0.113.7 dev lo").map(\.words) == ["lockout 4 establishedAnswer route"]
        )
    }

    /// A chain of another program that asks for marks, and sees another one than before.
    @Test func otherProgramsMayDoOtherwiseWithOtherPackets() throws {
        var host = SampleHost()
        host.facts.connections = [SampleHost.session("203.0.113.7", "192.0.2.1")]
        let theirs = try #require(try desired("drop in mark 7")).firewall
        host.facts.foreignTables = [ForeignTable(name: "inet theirs", content: theirs)]
        #expect(try host.findings("drop in tcp dport 80\nset mark 7 in tcp dport 80").map(\.words) == [])
        let found = try host.findings("set mark 7 in tcp dport 22").map(\.words)
        #expect(found.first == "unjudged 4 established inet theirs")
        // Marks that it sets itself are followed.
        let marking = try #require(try desired("set mark 7 in tcp dport 22")).firewall
        host.facts.foreignTables = [ForeignTable(name: "inet theirs", content: marking)]
        #expect(try host.findings("drop in mark 7").map(\.words) == ["lockout 4 established input#0"])
        #expect(try host.findings("drop in mark 8").map(\.words) == [])
    }

    /// One that only asks for what the packet says sees the same, whichever way it leaves.
    @Test func otherProgramsThatDoNotAskForTheWaySeeTheSame() throws {
        var host = SampleHost()
        host.facts.connections = [SampleHost.session("203.0.113.7", "192.0.2.1")]
        for (rules, isAskedFor) in [("drop out tcp sport 80\n", false), ("drop out on eth1 tcp sport 80\n", true)] {
            host.facts.foreignTables = [
                ForeignTable(name: "inet theirs", content: try #require(try desired(rules)).firewall)
            ]
            let found = try host.findings("route 203.0.113.0/24 via 198.51.100.2").map(\.words)
            #expect(found.contains("unjudged 4 established inet theirs") == isAskedFor, "\(found)")
            #expect(found.contains("detour eth0 eth1"))
        }
    }

    /// Packets come in by eth0 and answers leave by eth1: the router at eth0 has to find the host all the same.
    @Test func neighboursAreAskedWherePacketsComeIn() throws {
        var host = SampleHost()
        host.observed.routes.removeAll { $0.key.destination == .all(.ipv6) }
        host.observed.routes += [
            SampleHost.route("2001:db8:2::/64", by: "eth1", owner: 2, metric: 256),
            SampleHost.route("default6", by: "eth1", via: "2001:db8:2::ff", owner: 16, metric: 1024),
        ]
        host.facts.connections = [SampleHost.session("2001:db8:9::7", "2001:db8::1")]
        #expect(try host.findings("drop out on eth0").map(\.words) == ["lockout 6 neighbourDiscovery output#0"])
        #expect(
            try host.findings("drop in on eth0 icmpv6 type nd-neighbor-solicit").map(\.words)
                == ["lockout 6 neighbourDiscovery input#0"]
        )
        #expect(try host.findings("drop out on eth0 udp dport 53").map(\.words) == [])
    }

    /// Rules of another program send 2022 to 22: Weir's rules see what they have made of it.
    @Test func whatOthersTranslateIsSeenTranslated() throws {
        var host = SampleHost()
        var session = SampleHost.session("203.0.113.7", "192.0.2.1")
        let (asked, server) = (SampleHost.endpoint("192.0.2.1", 2022), session.local)
        session.tracking = .tracked(
            ConntrackEntry(
                original: .init(source: session.peer, destination: asked),
                reply: .init(source: server, destination: session.peer),
                status: 0x0e | 0x20
            )
        )
        host.facts.connections = [session]
        #expect(try host.findings("policy in drop\naccept in ct status dnat").map(\.words) == [])
        #expect(try host.findings("policy in drop\naccept in tcp dport 22").map(\.words) == [])
        // Weir's chains see what was asked for.
        #expect(try host.findings("dnat in tcp dport 22 to 10.99.0.17").map(\.words) == [])
        #expect(
            try host.findings("dnat in tcp dport 2022 to 10.99.0.17").map(\.words)
                == ["lockout 4 opening diverted by prerouting-nat#0"]
        )
        #expect(
            try host.findings("policy in drop\naccept in ct state established\naccept in tcp dport 2022").map(\.words)
                == ["lockout 4 opening policy of input"]
        )
    }

    /// What the kernel says of ways holds as long as a file writes settings that change none.
    @Test func settingsThatLeaveRoutingAsItIsLeaveTheKernelsAnswers() throws {
        var host = SampleHost()
        let session = SampleHost.session("203.0.113.7", "192.0.2.1")
        host.facts.connections = [session]
        // Whether it holds only the kernel knows.
        var rule = RoutingRuleObject(family: .ipv4, priority: 90, ruleProtocol: 3, action: 7, table: 0)
        rule.hasUnknownAttributes = true
        host.observed.routingRules.insert(rule, at: 1)
        let way = WayOut(interface: "eth0", gateway: IPAddress("192.0.2.254"))
        host.answers = [(RouteQuestion(answersTo: session), .ways([way]))]
        let names = ["net.ipv4.ip_forward", "net.ipv4.conf.all.rp_filter", "net.ipv4.conf.all.disable_policy"]
        host.observed.sysctls = names.map { SysctlObject(name: $0, value: "0") }
        #expect(try host.findings("sysctl net.ipv4.ip_forward = 1").map(\.words) == [])
        #expect(try host.findings("sysctl net.ipv4.conf.all.rp_filter = 2").map(\.words) == [])
        let found = try host.findings("sysctl net.ipv4.conf.all.disable_policy = 1").map(\.words)
        #expect(found.first?.contains("routing rule 90") == true, "\(found)")
    }
}
