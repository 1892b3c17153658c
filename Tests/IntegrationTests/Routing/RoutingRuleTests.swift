import TestSupport
import Testing

/// What policy routing rules ask for beside addresses, interfaces and marks.
@Suite(.freshNetworkNamespace, .requires(.ip))
struct RoutingRuleTests {
    private static let vpn =
        "route default via 10.9.0.3 table 77\nroute default via 2001:db8:9::3 dev vpn0 table 77\n"

    @Test(arguments: rules, Loader.allCases)
    func packetsTakeTheWayOfTheRule(_ traffic: TrafficCase, by loader: Loader) throws {
        try check(traffic, loader: loader)
    }

    private static let rules: [TrafficCase] = [
        TrafficCase(
            vpn + "rule ipproto tcp dport 8000-8999 lookup 77",
            passing(.tcp(8000).to("8.8.4.4"), .leaves(by: "vpn0", to: 3)),
            passing(.tcp(8999).to("2001:4860::1"), .leaves(by: "vpn0", to: 3)),
            passing(.tcp(9000).to("8.8.4.4"), .leaves(by: "eth0", to: 2)),
            passing(.tcp(7999).to("2001:4860::1"), .leaves(by: "eth0", to: 2)),
            passing(.udp(8000).to("8.8.4.4"), .leaves(by: "eth0", to: 2))
        ),
        TrafficCase(
            vpn + "rule ipproto udp sport 500 lookup 77",
            passing(.udp(53, from: 500).to("8.8.4.4"), .leaves(by: "vpn0", to: 3)),
            passing(.udp(500).to("8.8.4.4"), .leaves(by: "eth0", to: 2)),
            passing(.tcp(53, from: 500).to("8.8.4.4"), .leaves(by: "eth0", to: 2))
        ),
        TrafficCase(
            vpn + "rule not ipproto udp lookup 77",
            passing(.tcp(53).to("8.8.4.4"), .leaves(by: "vpn0", to: 3)),
            passing(.tcp(53).to("2001:4860::1"), .leaves(by: "vpn0", to: 3)),
            passing(.udp(53).to("8.8.4.4"), .leaves(by: "eth0", to: 2)),
            passing(.udp(53).to("2001:4860::1"), .leaves(by: "eth0", to: 2))
        ),
        // All that the rule asks for is turned round together.
        TrafficCase(
            vpn + "rule not from 192.0.2.3 ipproto udp lookup 77",
            passing(.udp(53).from("192.0.2.3").to("8.8.4.4"), .leaves(by: "eth0", to: 2)),
            passing(.tcp(53).from("192.0.2.3").to("8.8.4.4"), .leaves(by: "vpn0", to: 3)),
            passing(.udp(53).from("192.0.2.4").to("8.8.4.4"), .leaves(by: "vpn0", to: 3))
        ),
        // The split tunnel of wg-quick(8): what `main` has a better route for than the default one stays beside the tunnel.
        TrafficCase(
            vpn + "route 10.77.0.0/16 via 198.51.100.3\n"
                + "rule ip lookup main suppress_prefixlength 0 priority 100\nrule ip not fwmark 51 lookup 77 priority 101",
            passing(.udp(53).to("8.8.4.4"), .leaves(by: "vpn0", to: 3)),
            passing(.udp(53).to("10.77.0.1"), .leaves(by: "eth1", to: 3)),
            passing(.udp(53).to("2001:4860::1"), .leaves(by: "eth0", to: 2))
        ),
        TrafficCase(
            vpn + "route 10.77.0.0/16 via 198.51.100.3\nrule ip lookup main suppress_prefixlength 16 priority 100\n"
                + "rule ip lookup 77 priority 101",
            passing(.udp(53).to("10.77.0.1"), .leaves(by: "vpn0", to: 3))
        ),
        TrafficCase(
            vpn + "rule ip iif eth0 goto 300 priority 100\nrule ip lookup 77 priority 200\nrule ip nop priority 300",
            passing(.udp(53).to("8.8.4.4"), .leaves(by: "eth0", to: 2)),
            passing(.udp(53).to("8.8.4.4"), from: "eth1", .leaves(by: "vpn0", to: 3))
        ),
    ]

    @Test(arguments: Loader.allCases)
    func theSocketsOfUsersFollowTheirRule(by loader: Loader) throws {
        try withWeir { weir in
            let host = try HostUnderTest()
            let text = "route default via 10.9.0.3 table 77\nrule ip uidrange 1000-1999 lookup 77\n"
            try loader.load(try weir.write(text), by: weir)
            for (user, link) in [("999", "eth0"), ("1000", "vpn0"), ("1999", "vpn0"), ("2000", "eth0")] {
                let words = ["nc", "-u", "-w", "1", "-p", "40000", "-q", "0", "8.8.4.4", "53"]
                try run(["setpriv", "--reuid", user, "--clear-groups"] + words, input: Array("x".utf8)).succeeded()
                #expect(try host.events().map(\.link) == [link], "\(user)")
            }
        }
    }

    /// What no packet of these tests has, `ip route get` asks for.
    @Test func packetsWithATypeOfServiceFollowTheirRule() throws {
        try withWeir { weir in
            let host = try HostUnderTest()
            defer { withExtendedLifetime(host) {} }
            try weir.apply(
                rules: "route default via 10.9.0.3 table 77\nrule ip tos 0x10 lookup 77\nrule ip dscp 46 lookup 77\n"
            )
            for (tos, link) in [("0x10", "vpn0"), ("0xb8", "vpn0"), ("0x08", "eth0"), ("0xb4", "eth0")] {
                #expect(try outputOf("ip", "route", "get", "8.8.4.4", "tos", tos).contains("dev \(link)"), "\(tos)")
            }
        }
    }

    /// What a person writes, and what ip(8) says of what Weir made of it.
    private static let words: [(weir: String, ip: String)] = [
        ("rule ip not fwmark 0x33 lookup 77", "not from all fwmark 0x33 lookup 77"),
        ("rule ip tos 0x10 lookup 77", "from all tos 0x10 lookup 77"),
        ("rule ip uidrange 1000-1999 lookup 77", "from all uidrange 1000-1999 lookup 77"),
        ("rule ip uidrange root lookup 77", "from all uidrange 0-0 lookup 77"),
        (
            "rule ip ipproto tcp sport 22 dport 1024-65534 lookup 77",
            "from all ipproto tcp sport 22 dport 1024-65534 lookup 77"
        ),
        ("rule ip ipproto gre lookup 77", "from all ipproto gre lookup 77"),
        ("rule ip lookup main suppress_prefixlength 0", "from all lookup main suppress_prefixlength 0"),
        ("rule ip lookup main suppress_ifgroup 7", "from all lookup main suppress_ifgroup 7"),
        ("rule ip goto 32766", "from all goto 32766"), ("rule ip nop", "from all nop"),
        ("rule ip l3mdev", "from all lookup [l3mdev-table]"),
    ]

    @Test(arguments: words, Loader.allCases)
    func theKernelHasTheRuleAsWritten(_ words: (weir: String, ip: String), by loader: Loader) throws {
        try withWeir { weir in
            try loader.load(try weir.write("\(words.weir) priority 500\n"), by: weir)
            let shown = try outputOf("ip", "rule", "show", "priority", "500").split(whereSeparator: \.isWhitespace)
            #expect(shown.joined(separator: " ") == "500: \(words.ip) proto 172")
        }
    }

    /// What ip(8) made is read as words of the language; applied, they change nothing.
    @Test(
        arguments: [
            "not fwmark 51 lookup 77", "tos 0x10 lookup 77", "uidrange 1000-1999 lookup 77", "uidrange 0-0 lookup 77",
            "ipproto tcp sport 22 dport 1024-65534 lookup 77", "ipproto 47 lookup 77", "dport 53 prohibit",
            "lookup main suppress_prefixlength 0", "lookup main suppress_ifgroup 7 suppress_prefixlength 16",
            "goto 32766", "nop",
            "l3mdev", "not iif lo blackhole", "from 10.0.0.0/8 to 10.1.0.0/16 ipproto udp lookup 77",
        ]
    )
    func whatIPMadeIsReadAsWords(arguments: String) throws {
        for family in ["-4", "-6"] where family == "-4" || !arguments.contains("10.") {
            let words = arguments.split(separator: " ").map(String.init)
            try run(["ip", family, "rule", "add"] + words + ["priority", "500", "protocol", "172"]).succeeded()
        }
        let before = try outputOf("ip", "-4", "rule") + outputOf("ip", "-6", "rule")
        try withWeir { weir in
            let text = try weir.run("show").succeeded().output
            #expect(text.contains("rule "))
            let plan = try weir.run("plan", [try weir.write(text)])
            #expect(plan.status == 0 && plan.output.contains("No changes"), "\(text)\(plan.output)\(plan.errorOutput)")
            try weir.apply(rules: text)
            #expect(try outputOf("ip", "-4", "rule") + outputOf("ip", "-6", "rule") == before)
            try weir.run("revert", ["--yes"]).succeeded()
            #expect(try !outputOf("ip", "rule").contains("500:"))
            try weir.apply(rules: text)
            #expect(try outputOf("ip", "-4", "rule") + outputOf("ip", "-6", "rule") == before)
            #expect(try weir.run("status").status == 0)
        }
    }

    /// Rules of one priority are asked in the order of the file, whatever was there before.
    @Test func equalPrioritiesAreAskedInTheOrderOfTheFile() throws {
        try withWeir { weir in
            let host = try HostUnderTest()
            defer { withExtendedLifetime(host) {} }
            let routes = "route default via 10.9.0.3 table 77\nroute default via 203.0.113.3 table 78\n"
            func rules(_ names: [String]) -> String {
                let all = [
                    "a": "rule ip ipproto udp lookup 77 priority 500\n",
                    "b": "rule ip dport 53 lookup 78 priority 500\n",
                    "c": "rule ip from 192.0.2.1 prohibit priority 500\n",
                ]
                return routes + names.compactMap { all[$0] }.joined()
            }
            func order() throws -> String {
                let lines = try outputOf("ip", "rule", "show", "priority", "500").split(separator: "\n")
                return lines.map { $0.contains("udp") ? "a" : $0.contains("dport") ? "b" : "c" }.joined()
            }
            for names in ["ab", "ba", "bca", "acb", "cab", "c", "abc", "cba"] {
                let file = try weir.write(rules(names.map(String.init)))
                try weir.apply(file)
                #expect(try order() == names)
                #expect(try weir.run("status").status == 0)
                let text = try weir.run("show").succeeded().output
                #expect(try weir.run("plan", [weir.write(text, to: "shown.weir")]).output.contains("No changes"))
                let way = try outputOf("ip", "route", "get", "8.8.4.4", "ipproto", "udp", "dport", "53")
                if names.first != "c" { #expect(way.contains("dev \(names.first == "a" ? "vpn0" : "wlan0")")) }
            }
            try weir.run("rollback", ["--yes"]).succeeded()
            #expect(try order() == "abc")
            // What somebody else turns round is noticed, and put in order again.
            try outputOf("ip", "rule", "del", "ipproto", "udp", "lookup", "77", "priority", "500")
            try outputOf("ip", "rule", "add", "ipproto", "udp", "lookup", "77", "priority", "500", "protocol", "172")
            #expect(try order() == "bca")
            #expect(try weir.run("status").status == 2)
            try weir.apply(weir.write(rules(["a", "b", "c"])))
            #expect(try order() == "abc")
            // So does a change that fails after the rules were made.
            let broken = rules(["c", "b", "a"]) + "sysctl net.ipv4.conf.eth0.rp_filter = nonsense\n"
            #expect(try weir.run("apply", ["--yes", weir.write(broken)]).status != 0)
            #expect(try order() == "abc")
            try weir.run("revert", ["--yes"]).succeeded()
            #expect(try order() == "")
        }
    }

    /// The words are no keywords: people's names go on.
    @Test func theWordsAreNamesElsewhere() throws {
        try withWeir { weir in
            let names = [
                "not", "tos", "uidrange", "ipproto", "suppress_prefixlength", "suppress_ifgroup", "l3mdev", "nop",
            ]
            let text = names.map { name in
                "set \(name): port { 1, 2 }\nchain \(name) {\n    accept tcp dport @\(name)\n}\njump \(name) in on \(name == "not" ? "lo" : name.prefix(15))\n"
                    + "let \(name) = 7\n"
            }
            let tables = names.enumerated().map { "table \($1) = \($0 + 1)\nrule ip iif lo lookup \($1)\n" }
            try weir.run(["check", weir.write((text + tables).joined())]).succeeded()
        }
    }
}
