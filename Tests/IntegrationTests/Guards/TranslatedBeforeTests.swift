import TestSupport
import Testing

/// Rules that connections do not get to, since another program gives them another destination first: `plan` and `doctor` name that program's
/// rule, and words that do.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .iptables, .ip6tables))
struct TranslatedBeforeTests {
    /// What another program has, and a rule file.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// Commands of a shell.
        let foreign: String
        let rules: String
        /// What is said of each rule, by its line; nothing for the others.
        let said: [Int: [String]]

        var testDescription: String { name }
    }

    /// What Docker makes for two published ports.
    private static let docker = """
        iptables -t nat -N DOCKER
        iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
        iptables -t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
        iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
        iptables -t nat -A DOCKER -i docker0 -j RETURN
        iptables -t nat -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
        iptables -t nat -A DOCKER ! -i docker0 -p udp -m multiport --dports 53,5000:5010 -j DNAT --to-destination 172.17.0.3
        """

    /// What kube-proxy makes in its mode `nftables`.
    private static let kube = """
        nft -f - <<'END'
        table ip kube-proxy {
            map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; }
            chain service-web { meta l4proto tcp dnat ip to 10.244.0.7:8080; }
            chain services { ip daddr . meta l4proto . th dport vmap @service-ips; }
            chain nat-prerouting { type nat hook prerouting priority dstnat; policy accept; jump services; }
        }
        add element ip kube-proxy service-ips { 10.96.0.1 . tcp . 80 : goto service-web }
        END
        """

    /// What else a policy that drops needs.
    private static let nothingMissing = "accept in on lo\naccept in icmpv6\n"

    private static let cases = [
        Case(
            name: "Docker",
            foreign: docker,
            rules: """
                drop in tcp dport 8080
                drop in on docker0 tcp dport 8080
                drop in tcp dport 81
                drop in udp dport 5005 saddr 192.0.2.0/24
                accept in ct state established
                accept in tcp dport 8080 ct status dnat
                drop in ip6 tcp dport 8080
                drop in saddr 192.0.2.66
                accept in saddr 10.0.0.0/8
                jump web in tcp on eth0
                chain web { drop tcp dport 8000-9000 }
                drop out daddr 192.0.2.9 tcp dport 8080
                drop in tcp dport 8080 daddr 172.17.0.2 ct original dport 8080
                """,
            said: [
                1: [
                    "'drop in tcp dport 8080' does not see connections that table 'ip nat' (rule with handle ",
                    " in chain 'DOCKER') sends to 172.17.0.2:80 first; 'drop forward tcp ct original dport 8080' does",
                ],
                4: ["sends to 172.17.0.3 first; 'drop forward saddr 192.0.2.0/24 udp ct original dport 5005' does"],
                8: ["'drop in saddr 192.0.2.66' does not see", "'drop forward saddr 192.0.2.66 ct status dnat' does"],
                11: [
                    "'drop in on eth0 tcp dport 8000-9000' does not see",
                    "'drop forward from eth0 tcp ct original dport",
                ],
                12: ["may not see", "'drop out tcp ct original daddr 192.0.2.9 ct original dport 8080' sees those"],
            ]
        ),
        Case(
            name: "nft's own words",
            foreign: """
                nft -f - <<'END'
                table inet other {
                    chain web { tcp dport 1000-1010 ip daddr 192.0.2.1 redirect to :9000; }
                    chain pre {
                        type nat hook prerouting priority -110;
                        iifname "wan*" goto web
                        fib daddr type local meta nfproto ipv6 tcp dport 443 dnat ip6 to [2001:db8::7]:8443
                        tcp dport != 2000-65535 ip saddr 198.51.100.0/24 dnat ip to 192.0.2.77
                        tcp dport { 3000, 3002 } redirect to :3001
                    }
                }
                END
                """,
            rules: """
                drop in on wan7 tcp dport 1005
                drop in on lan7 ip6 tcp dport 1005
                accept in tcp dport { 9000, 1005 } on wan0
                drop in ip6 tcp dport 443
                redirect in tcp dport 1005 to :99
                drop in saddr 198.51.100.7 tcp dport 1999
                drop in saddr 198.51.100.7 tcp dport 2000
                drop in tcp dport 3001
                redirect in tcp dport 5000 to :99
                """,
            said: [
                1: ["sends to port 9000 of this host first; 'drop in on wan7 tcp ct original dport 1005' does"],
                2: ["may not see connections that table 'inet other'", "may send to port 3001 of this host first"],
                3: ["sends to 192.0.2.77 first"],
                4: ["sends to [2001:db8::7]:8443 first; 'drop forward ip6 tcp ct original dport 443' does"],
                5: [
                    "'redirect in tcp dport 1005 to :99' comes too late for connections that table 'inet other' (rule with",
                    "'chain NAME type nat hook prerouting priority -111 { redirect tcp dport 1005 to :99 }' comes before",
                ],
                6: ["does not see", "'drop forward saddr 198.51.100.7 tcp ct original dport 1999' does"],
                // Which ports a list has is not read.
                7: ["may not see"],
                9: ["may come too late"],
            ]
        ),
        Case(
            name: "kube-proxy",
            foreign: kube,
            rules: "drop in tcp dport 80\ndrop in ip6 tcp dport 80\ndrop in ct state invalid\n",
            said: [1: ["may not see connections that table 'ip kube-proxy' (rule with handle ", "10.244.0.7:8080"]]
        ),
        Case(
            name: "a policy",
            foreign: docker,
            rules: "policy in drop\naccept in ct state established\naccept in tcp dport 22\n" + nothingMissing,
            said: [0: ["'policy in drop' does not see", "'policy forward drop' does"]]
        ),
        Case(
            name: "REDIRECT, and what cannot be understood",
            foreign: """
                iptables -t nat -A PREROUTING -p tcp --dport 3128 -j REDIRECT --to-ports 3129
                ip6tables -t nat -A PREROUTING -p tcp --dport 3128 -j REDIRECT --to-ports 3130
                iptables -t nat -A PREROUTING -p tcp --dport 70 -m statistic --mode random --probability 0.5 -j DNAT --to 192.0.2.5-192.0.2.9
                iptables -t nat -A PREROUTING -p udp -d 192.0.2.0/24 -j NETMAP --to 198.51.100.0/24
                """,
            rules: """
                accept in tcp dport 3128
                accept in ip6 tcp dport 3128
                drop in tcp dport 70
                drop in udp dport 5 daddr 192.0.2.7
                drop in udp dport 5 daddr 203.0.113.7
                """,
            said: [
                1: ["sends to port 3129 of this host first", "'accept in tcp ct original dport 3128' does"],
                2: ["sends to port 3130 of this host first"], 3: ["may not see", "may send elsewhere first"],
                4: ["sends elsewhere first; 'drop forward udp ct original daddr 192.0.2.7 ct original dport 5' does"],
            ]
        ),
        Case(
            name: "others that translate nothing",
            foreign: """
                nft add table ip filter '{ chain c { type filter hook input priority 0; tcp dport 80 drop; }; }'
                nft add table ip hide '{ chain c { type nat hook postrouting priority 100; masquerade; }; }'
                nft add table ip sleeping '{ flags dormant; chain c { type nat hook prerouting priority -100; meta l4proto tcp redirect to :1; }; }'
                nft add table ip unreached '{ chain c { meta l4proto tcp redirect to :1; }; chain d { type nat hook prerouting priority 0; accept; }; }'
                """,
            rules: "policy in drop\ndrop in tcp dport 80\nredirect in tcp dport 8080 to :80 and accept\n"
                + "accept in ct state established\n" + nothingMissing,
            said: [:]
        ),
    ]

    @Test(arguments: cases)
    func planAndDoctorSayIt(_ example: Case) throws {
        try outputOf("sh", "-e", input: example.foreign)
        try withWeir { weir in
            let file = try weir.write(example.rules)
            let plan = try weir.run("plan", [file]).succeeded().errorOutput
            let lines = plan.split(separator: "\n").map(String.init)
            for (number, _) in example.rules.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let said = lines.filter { $0.contains("\(file):\(number + 1): ") }
                guard let parts = example.said[number + 1] else {
                    #expect(said == [], "line \(number + 1)")
                    continue
                }
                for part in parts { #expect(said.contains { $0.contains(part) }, "line \(number + 1): \(plan)") }
            }
            for part in example.said[0] ?? [] { #expect(plan.contains("weir: ") && plan.contains(part), "\(plan)") }
            if example.said.isEmpty { #expect(plan == "") }

            // The rules in the kernel are judged alike.
            try weir.apply(file)
            let doctor = try weir.run("doctor", ["--json"]).output
            #expect(doctor.contains(#""translated-before""#) == !example.said.isEmpty, "\(doctor)")
        }
    }

    @Test(.requires(.iptablesLegacy))
    func theOlderFirewallMayTranslateAnything() throws {
        try outputOf("iptables-legacy", "-t", "nat", "-A", "PREROUTING", "-p", "tcp", "--dport", "80", "-j", "REDIRECT")
        try withWeir { weir in
            let plan = try weir.run("plan", [weir.write("drop in tcp dport 25\n")]).succeeded().errorOutput
            #expect(plan.contains("may not see connections that table 'iptables-legacy nat'"), "\(plan)")
        }
    }

    /// What is said is true of packets, before and after the rule is put into the words that are offered.
    @Test(arguments: [
        (
            "iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.0.2.2:80",
            "drop in tcp dport 8080", false
        ),
        (
            "nft 'add table ip p { chain c { type nat hook prerouting priority -110; tcp dport 8080 redirect to :80; }; }'",
            "drop in tcp dport 8080", false
        ),
        (
            "nft 'add table ip p { chain c { type nat hook prerouting priority -110; tcp dport 8080 redirect to :80; }; }'",
            "redirect in tcp dport 8080 to :90", true
        ),
    ])
    func theWordsThatAreOfferedWork(foreign: String, rule: String, isTranslation: Bool) throws {
        let lab = Lab()
        let client = try lab.host("client")
        let router = try lab.here("router")
        let server = try lab.host("server")
        try lab.link(client.port("eth0", "10.0.1.2/24"), router.port("lan", "10.0.1.1/24"))
        try lab.link(router.port("wan", "10.0.2.1/24"), server.port("eth0", "10.0.2.2/24"))
        try server.route("default", via: "10.0.2.1")
        router.forward()
        let servers = try (server.serveTCP(port: 80), router.serveTCP(port: 80), router.serveTCP(port: 90))
        try outputOf("sh", "-e", input: foreign)

        try withWeir { weir in
            let file = try weir.write(rule + "\n")
            let plan = try weir.run("plan", [file]).succeeded().errorOutput
            try weir.apply(file)
            let first = try client.connect(to: "10.0.1.1", port: 8080)
            #expect(first.isConnected, "the rule does not see it")
            #expect(servers.2.visits == [])

            let words = try #require(plan.split(separator: "; '").last?.split(separator: "'").first, "\(plan)")
            try weir.apply(rules: words.replacing("NAME", with: "first") + "\n")
            let outcome = try client.connect(to: "10.0.1.1", port: 8080, timeout: 2)
            if isTranslation {
                #expect(outcome.isConnected)
                #expect(servers.2.visits(atLeast: 1).count == 1)
            } else {
                #expect(outcome == .timedOut, "\(words)")
            }
        }
    }
}
