import KernelObjects
import NetworkTypes
import Testing

@testable import Guards

/// Rules, and what becomes of two ssh sessions behind them.
@Suite struct LockoutTests {
    @Test(
        arguments: [
            // What leaves the sessions alone.
            ("drop in tcp dport 80", []),
            ("policy in drop\naccept in tcp dport 22\naccept in icmpv6", []),
            (
                "policy in drop\naccept in ct state established\naccept in tcp dport 22 ct state new\naccept in icmpv6",
                []
            ),
            ("policy in drop\nset doors: port { 20-25 }\naccept in tcp dport @doors\naccept in icmpv6", []),
            ("drop in on eth1", []),
            ("drop in saddr 203.0.113.8", []),
            ("redirect in tcp dport 80 to :8080", []),
            ("drop in udp", []),
            ("drop in on eth0 tcp flags fin / fin", []),
            ("masquerade out on eth0", []),
            // What cuts both.
            ("drop in tcp dport 22", ["lockout 4+6 established input#0"]),
            ("reject in tcp dport 22", ["lockout 4+6 established input#0"]),
            ("policy in drop", ["lockout 4+6 established policy of input"]),
            ("policy in drop\naccept in tcp dport 80", ["lockout 4+6 established policy of input"]),
            ("drop out tcp sport 22", ["lockout 4+6 establishedAnswer output#0"]),
            ("policy out drop", ["lockout 4+6 establishedAnswer policy of output"]),
            ("drop in ct state established", ["lockout 4+6 established input#0"]),
            ("chain a {\ndrop tcp dport 22\n}\njump a in", ["lockout 4+6 established a#0"]),
            ("chain a {\nreturn tcp dport 22\naccept\n}\njump a in\ndrop in", ["lockout 4+6 established input#1"]),
            (
                "chain a {\naccept tcp dport 80\n}\npolicy in drop\ngoto a in",
                ["lockout 4+6 established policy of input"]
            ),
            // One of them.
            ("drop in saddr 203.0.113.0/24", ["lockout 4 established input#0"]),
            ("drop in ip6 tcp", ["lockout 6 established input#0"]),
            // Only who comes anew.
            ("drop in tcp dport 22 ct state new", ["lockout 4+6 opening input#0"]),
            ("drop in tcp flags syn / syn,ack", ["lockout 4+6 opening input#0"]),
            (
                "policy in drop\naccept in ct state established\naccept in icmpv6",
                ["lockout 4+6 opening policy of input"]
            ),
            ("redirect in tcp dport 22 to :2222 and accept", ["lockout 4+6 opening diverted by prerouting-nat#0"]),
            // The host part is kept: 198.51.100.1 is this host too.
            ("dnat in tcp daddr 192.0.2.0/24 dport 22 to 198.51.100.0/24", []),
            (
                "dnat in tcp daddr 192.0.2.0/24 dport 22 to 198.51.101.0/24",
                ["lockout 4 opening diverted by prerouting-nat#0"]
            ),
            ("dnat in tcp dport 22 to 198.51.100.2", ["lockout 4 opening diverted by prerouting-nat#0"]),
            ("drop out tcp flags syn,ack / syn,ack", ["lockout 4+6 openingAnswer output#0"]),
            // What is taken out of tracking is neither new nor established.
            (
                "notrack in tcp dport 22\npolicy in drop\naccept in ct state established,new\naccept in icmpv6",
                ["lockout 4+6 established policy of input"]
            ),
            ("notrack in tcp dport 22\npolicy in drop\naccept in ct state untracked", []),
            // Marks.
            ("set mark 7 in tcp dport 22\ndrop in mark 7", ["lockout 4+6 established input#0"]),
            ("set mark 7 in tcp dport 22\ndrop in mark 8", []),
            ("set ct mark 7 in tcp dport 22\ndrop in ct mark 7", ["lockout 4+6 established input#0"]),
            // IPv6 needs more than TCP.
            ("policy in drop\naccept in tcp dport 22", ["lockout 6 neighbourDiscovery policy of input"]),
            ("drop out icmpv6", ["lockout 6 neighbourDiscovery output#0"]),
            // What cannot be known.
            (
                "accept in tcp dport 22 limit 5/second\ndrop in tcp dport 22",
                ["unjudged 4+6 established rate of input#0", "uncertain 4+6 opening rate of input#0"]
            ),
            (
                "policy in drop\naccept in ct state established\naccept in icmpv6\n"
                    + "accept in tcp dport 22 limit 5/minute",
                ["uncertain 4+6 opening rate of input#2"]
            ),
            ("drop in tcp dport 80 limit 5/second", []),
            (
                "set bad: address timeout 1h { 203.0.113.7 }\ndrop in saddr @bad",
                ["unjudged 4 established input#0", "uncertain 4 opening input#0"]
            ),
            ("set bad: address timeout 1h\ndrop in saddr @bad", []),
        ] as [(String, [String])]
    )
    func sessionsFareAsTheRulesSay(rules: String, expected: [String]) throws {
        #expect(try SampleHost().findings(rules).map(\.words).sorted() == expected.sorted())
    }

    @Test(
        arguments: [
            ("route blackhole 203.0.113.0/24", ["lockout 4 establishedAnswer route"]),
            ("route unreachable 203.0.113.7", ["lockout 4 establishedAnswer route"]),
            ("rule from 192.0.2.1 prohibit", ["lockout 4 establishedAnswer routing rule"]),
            (
                "rule to 203.0.113.0/24 lookup 77\nroute prohibit 203.0.113.7 table 77",
                ["lockout 4 establishedAnswer route"]
            ),
            // The table is empty, so that the next rule is asked.
            ("rule to 203.0.113.0/24 lookup 77", []),
            ("route 203.0.113.0/24 via 198.51.100.2", ["detour eth0 eth1"]),
            ("route 203.0.113.0/24 via 192.0.2.253", ["detour eth0 eth0"]),
            ("route blackhole 203.0.114.0/24", []),
            ("rule fwmark 7 blackhole", []),
            // The mark of what goes out decides again.
            (
                "rule fwmark 7 blackhole\nset mark 7 out tcp sport 22",
                ["lockout 4 establishedAnswer routing rule", "lockout 6 establishedAnswer routing rule"]
            ),
            ("sysctl net.ipv6.conf.all.disable_ipv6 = 1", ["lockout 6 established IPv6 off", "no default route ipv6"]),
            (
                "sysctl net.ipv4.conf.eth0.rp_filter = 1\nroute 203.0.113.0/24 via 198.51.100.2",
                ["lockout 4 established rp_filter eth0", "detour eth0 eth1"]
            ),
            (
                "sysctl net.ipv4.conf.all.rp_filter = 2\nroute 203.0.113.0/24 via 198.51.100.2", ["detour eth0 eth1"]
            ),
        ] as [(String, [String])]
    )
    func answersFindTheirWayOrNot(rules: String, expected: [String]) throws {
        var host = SampleHost()
        host.observed.sysctls = [
            "net.ipv6.conf.all.disable_ipv6", "net.ipv4.conf.eth0.rp_filter", "net.ipv4.conf.all.rp_filter",
        ].map { SysctlObject(name: $0, value: "0") }
        let text = rules.contains("lookup 77") ? "table extra = 77\n\(rules)" : rules
        let found = try host.findings(
            text.replacing("lookup 77", with: "lookup extra").replacing("table 77", with: "table extra")
        )
        #expect(found.map(\.words).sorted() == expected.sorted())
    }

    /// A session that came by a redirect is judged by the port that the peer asked for.
    @Test func aRedirectedServerIsReachedByTheOtherPort() throws {
        var host = SampleHost()
        let peer = SampleHost.endpoint("203.0.113.7", 50000)
        let local = SampleHost.endpoint("192.0.2.1", 2222)
        let entry = ConntrackEntry(
            original: .init(source: peer, destination: SampleHost.endpoint("192.0.2.1", 22)),
            reply: .init(source: local, destination: peer),
            status: 0x2e
        )
        host.facts = HostFacts(
            connections: [ConnectionFact(local: local, peer: peer, role: .management, tracking: .tracked(entry))],
            managementPorts: [2222]
        )
        let rules = "policy in drop\naccept in ct state established\nredirect in tcp dport 22 to :2222 and accept"
        // Others have translated it, and go on doing so.
        #expect(try host.findings("drop in tcp dport 22").map(\.words) == [])
        #expect(try host.findings("drop in tcp dport 2222").map(\.words) == ["lockout 4 established input#0"])
        host.observed.firewall = try #require(try desired(rules)).firewall
        #expect(try host.findings(rules + "\ndrop in tcp dport 80").map(\.words) == [])
        let lost = try host.findings("policy in drop\naccept in ct state established\naccept in tcp dport 22")
        #expect(lost.map(\.words) == ["lockout 4 opening no server at 22"])
    }

    /// Where nothing is tracked yet a rule about the state is not what it will be.
    @Test func untrackedSessionsHaveToBeTrackedFirst() throws {
        var host = SampleHost()
        host.facts.connections = [SampleHost.session("203.0.113.7", "192.0.2.1", tracked: false)]
        let rules =
            "policy in drop\naccept in ct state established\naccept in tcp dport 22 ct state new saddr 203.0.113.7"
        // Its next packet is a new one, and new ones are accepted.
        #expect(try host.findings(rules).map(\.words) == [])
        let strict = "policy in drop\naccept in ct state established\naccept in tcp dport 22 tcp flags syn / syn,ack"
        #expect(try host.findings(strict).map(\.words) == ["untracked 4"])
        // Tracking does not help where established packets are dropped.
        #expect(try host.findings("drop in").map(\.words) == ["lockout 4 established input#0"])
        host.facts.connections[0].role = .other
        #expect(try host.findings(strict).map(\.words) == ["untracked 4"])
        #expect(try host.findings("drop in").map(\.words) == [])
    }

    @Test func whatIsCutAlreadyIsNoReasonToRefuse() throws {
        var host = SampleHost()
        host.observed.firewall = try #require(try desired("drop in tcp dport 22")).firewall
        let found = try host.findings("drop in tcp dport 22\ndrop in tcp dport 80")
        #expect(found.map(\.words) == ["still 4+6 established input#0"])
        #expect(found.allSatisfy { $0.override == nil })
        #expect(try host.findings("drop in tcp dport 80").map(\.words) == [])
    }

    /// Others may have set marks before Weir's rules see a packet.
    @Test func marksOfOthersAreNotKnown() throws {
        var host = SampleHost()
        #expect(try host.findings("drop in mark 7").map(\.words) == [])
        host.facts.foreignTables = [ForeignTable(name: "iptables-legacy mangle")]
        let found = try host.findings("drop in mark 7").map(\.words)
        #expect(found == ["unjudged 4+6 established input#0", "unjudged 4+6 opening input#0"])
    }

    @Test func manyRulesAreJudgedOnce() throws {
        var rules = "policy in drop\naccept in icmpv6\n"
        for number in 0..<3000 { rules += "accept in saddr 10.0.\(number / 250).\(number % 250) tcp dport 80\n" }
        #expect(try SampleHost().findings(rules + "accept in tcp dport 22\n").map(\.words) == [])
        #expect(
            try SampleHost().findings(rules).map(\.words) == ["lockout 4+6 established policy of input"]
        )
    }

    /// Each chain jumps eight times to the next one: more ways than anybody can follow, and no answer that takes for ever.
    @Test func intertwinedChainsEndInNoAnswer() throws {
        var rules = "chain c12 {\ncount limit 1/second\n}\n"
        for number in (0..<12).reversed() {
            let jumps = String(repeating: "jump c\(number + 1)\n", count: 8)
            rules += "chain c\(number) {\n\(jumps)}\n"
        }
        let found = try SampleHost().findings(rules + "jump c0 in\ndrop in tcp dport 80\n")
        #expect(found.allSatisfy { $0.words.hasPrefix("unjudged") })
        #expect(!found.isEmpty)
    }
}
