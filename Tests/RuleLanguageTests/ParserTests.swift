import Diagnostics
import RuleLanguage
import Testing

/// What the parser makes of statements without mistakes.
struct ParserTests {
    @Test(arguments: [
        // Rules
        ("accept in", "accept in"),
        ("drop out on eth0 tcp dport 25", "drop out [on eth0:name] [tcp] [destination port 25:number]"),
        (
            "accept forward from { eth1, wl* } to ! \"in\"",
            "accept forward [from {eth1:name, wl*:name}] [to !\"in\"]"
        ),
        (
            "drop in saddr ! { 10.0.0.0/8, 2001:db8::5, @bogons, $x } \"no entry\"",
            "drop in [source address !{10.0.0.0/8:prefix, 2001:db8::5:address, @bogons, $x}] \"no entry\""
        ),
        (
            "accept in daddr 10.0.0.1-10.0.0.9 udp sport { ssh, 1024-65535, $a - $b }",
            "accept in [destination address 10.0.0.1:address - 10.0.0.9:address] [udp] "
                + "[source port {ssh:name, 1024:number - 65535:number, $a - $b}]"
        ),
        (
            "accept in ip6 tcp flags syn / syn,ack,fin dport { 22\n80,\n}",
            "accept in [ip6] [tcp] [flags syn:name / {syn:name, ack:name, fin:name}] "
                + "[destination port {22:number, 80:number}]"
        ),
        (
            "drop in tcp flags ! { syn, ack } / { syn, ack }",
            "drop in [tcp] [flags !{syn:name, ack:name} / {syn:name, ack:name}]"
        ),
        (
            "accept in ct state ! established,related ct status dnat ct mark 0x10/0xff mark { 1, 2/3 }",
            "accept in [ct state !{established:name, related:name}] [ct status dnat:name] "
                + "[ct mark 0x10:number / 0xff:number] [mark {1:number, 2:number / 3:number}]"
        ),
        ("accept in proto { tcp, icmpv6, 47, gre }", "accept in [proto {tcp:name, icmpv6:name, 47:number, gre:name}]"),
        (
            "accept in icmp type { redirect, echo-request } icmpv6 type 1 code 4",
            "accept in [icmp type {redirect:name, echo-request:name}] [icmpv6 type 1:number code 4:number]"
        ),
        (
            "accept in limit over 10/second burst 20 packets limit 5 mbytes / minute limit $rate",
            "accept in [limit over 10/second:quantity burst 20 packets:quantity] "
                + "[limit 5 mbytes / minute:quantity] [limit $rate]"
        ),
        ("accept out skuid root skgid 100-200", "accept out [skuid root:name] [skgid 100:number - 200:number]"),
        ("accept in $web $lan ct original dport 21", "accept in [group web] [group lan] [ct original dport 21:number]"),
        ("accept in ct original daddr ! 10.0.0.1", "accept in [ct original daddr !10.0.0.1:address]"),
        ("count in", "count in"),
        ("notrack out", "notrack out"),

        // Logging
        (
            "drop in log \"a: \" level info group 2 \"text\"",
            "drop in <log \"a: \" level info group 2:number> \"text\""
        ),
        ("log \"p\\\"q\\\\\" level debug in tcp", "log in [tcp] <log \"p\"q\\\" level debug>"),
        ("log in group 3", "log in <log group 3:number>"),
        ("drop in log", "drop in <log>"),

        // Reject
        ("reject in with icmp host-unreachable", "reject in <icmp host-unreachable>"),
        ("reject in with icmpv6 no-route", "reject in <icmpv6 no-route>"),
        ("reject in tcp with tcp reset log", "reject in [tcp] <tcp reset> <log>"),

        // NAT
        (
            "redirect in tcp dport 21 to :27664 and accept",
            "redirect in [tcp] [destination port 21:number] <to :27664:number> <and accept>"
        ),
        ("dnat in to 10.0.0.7:8443", "dnat in <to 10.0.0.7:address :8443:number>"),
        (
            "dnat in to 10.0.0.7-10.0.0.9:80-90 random",
            "dnat in <to 10.0.0.7:address - 10.0.0.9:address :80:number - 90:number> <random>"
        ),
        ("dnat in to 2001:db8::1", "dnat in <to 2001:db8::1:address>"),
        ("dnat in to [2001:db8::1]:80", "dnat in <to 2001:db8::1:address :80:number>"),
        (
            "dnat in to [2001:db8::1-2001:db8::9]:80",
            "dnat in <to 2001:db8::1:address - 2001:db8::9:address :80:number>"
        ),
        (
            "dnat in to [2001:db8::1]-[2001:db8::9]:80",
            "dnat in <to 2001:db8::1:address - 2001:db8::9:address :80:number>"
        ),
        ("dnat in to $host:$port persistent", "dnat in <to $host :$port> <persistent>"),
        ("redirect in to :$a-$b", "redirect in <to :$a - $b>"),
        (
            "snat forward from lan to wan to 192.0.2.1",
            "snat forward [from lan:name] [to wan:name] <to 192.0.2.1:address>"
        ),
        ("snat forward from $lan to $wan to $pub", "snat forward [from $lan] [to $wan] <to $pub>"),
        ("snat out on $wan to $pub fully-random", "snat out [on $wan] <to $pub> <fullyRandom>"),
        ("masquerade out to :1024-2048", "masquerade out <to :1024:number - 2048:number>"),
        ("masquerade forward to wan", "masquerade forward [to wan:name]"),

        // Marks and jumps
        ("set mark 0x1/0xff in tcp", "set mark 0x1:number / 0xff:number in [tcp]"),
        ("set ct mark $m out", "set ct mark $m out"),
        ("jump slow-lane in", "jump slow-lane in"),
        ("goto x_1 forward", "goto x_1 forward"),

        // Blocks and chains
        ("in { accept }", "block in (accept)"),
        (
            "in on eth0 { tcp { accept dport 22 ; drop } }",
            "block in [on eth0:name] (block [tcp] (accept [destination port 22:number]; drop))"
        ),
        (
            "chain slow { accept limit 5/minute ; drop ; return }",
            "chain slow (accept [limit 5/minute:quantity]; drop; return)"
        ),
        ("chain a hook prerouting priority raw - 10 { }", "chain a hook prerouting priority raw -10 ()"),
        ("chain a hook input priority -150 policy drop { }", "chain a hook input priority -150 policy drop ()"),
        ("chain a type nat hook output priority dstnat+5 { }", "chain a type nat hook output priority dstnat +5 ()"),
        ("chain a hook forward priority mangle-1 { }", "chain a hook forward priority mangle -1 ()"),
        (
            "chain a hook forward priority 0 { accept from eth0 to eth1 }",
            "chain a hook forward priority +0 (accept [from eth0:name] [to eth1:name])"
        ),

        // Declarations
        ("let wan = eth0", "let wan = eth0:name"),
        ("let admin = { 10.0.0.5, 2001:db8::5 }", "let admin = {10.0.0.5:address, 2001:db8::5:address}"),
        ("let states = established,related", "let states = {established:name, related:name}"),
        ("let web = tcp dport { 80, 443 }", "let web = [tcp] [destination port {80:number, 443:number}]"),
        ("let both = $web $lan saddr 10.0.0.1", "let both = [group web] [group lan] [source address 10.0.0.1:address]"),
        ("let same = $web", "let same = $web"),
        ("let rate = 5 mbytes/second", "let rate = 5 mbytes/second:quantity"),
        ("let target = 10.0.0.7:8443", "let target = 10.0.0.7:8443:endpoint"),
        ("include \"a/*.weir\"", "include \"a/*.weir\""),
        ("set a: prefix { 10.0.0.0/8, }", "set a: prefix {10.0.0.0/8:prefix}"),
        ("set cafe:address", "set cafe: address"),
        (
            "set a: port from \"f\" timeout 60s size 100 { } \"text\"",
            "set a: port from \"f\" timeout 60s:quantity size 100:number {} \"text\""
        ),
        ("option counters off", "option counters off"),
        ("option counters on", "option counters on"),
        ("policy forward drop", "policy forward drop"),
        ("table vpn = 100", "table vpn = 100:number"),
        ("sysctl net.ipv4.ip_forward = 1", "sysctl net.ipv4.ip_forward = 1:name"),
        ("sysctl net.ipv4.conf.eth0/100.rp_filter=2", "sysctl net.ipv4.conf.eth0/100.rp_filter = 2:name"),
        ("sysctl net.ipv4.tcp_rmem = 4096  87380 -1", "sysctl net.ipv4.tcp_rmem = 4096 87380 -1:name"),
        ("sysctl net.core.default_qdisc = \"fq\"", "sysctl net.core.default_qdisc = \"fq\""),

        // Routes
        ("route 8.8.8.8/32 dev vpn0", "route 8.8.8.8/32:prefix dev vpn0:name"),
        (
            "route default via $gw dev $wan metric 100 table vpn src 10.0.0.1 mtu 1400 scope link onlink",
            "route default:name via $gw dev $wan metric 100:number table vpn:name src 10.0.0.1:address "
                + "mtu 1400:number scope link:name onlink"
        ),
        ("route ip6 blackhole ::/0", "route ip6 blackhole ::/0:prefix"),
        ("route { 10.0.0.0/8, 172.16.0.0/12 } dev x", "route {10.0.0.0/8:prefix, 172.16.0.0/12:prefix} dev x:name"),
        (
            "route 10.8.0.0/16 metric 3 { via 10.0.0.2 weight 1 ; via 10.0.0.3 dev e onlink\n }",
            "route 10.8.0.0/16:prefix metric 3:number ( via 10.0.0.2:address weight 1:number ) "
                + "( via 10.0.0.3:address dev e:name onlink )"
        ),
        (
            "rule from 10.0.0.128/25 lookup vpn priority 1000",
            "rule from 10.0.0.128/25:prefix lookup vpn:name priority 1000:number"
        ),
        (
            "rule ip6 to ::/0 iif lo oif eth0 fwmark 0x1/0xff unreachable",
            "rule ip6 to ::/0:prefix iif lo:name oif eth0:name fwmark 0x1:number / 0xff:number unreachable"
        ),
    ])
    func aStatementHasItsSyntax(_ text: String, _ dump: String) {
        let parsed = Parsed(text)
        #expect(SyntaxDump.dump(parsed) == [dump], Comment(rawValue: parsed.rendered))
        #expect(!parsed.bag.hasErrors)
    }

    @Test func rangesCoverTheirWords() throws {
        let text = "  set ct mark 3 in tcp dport { 22, 80-90 } saddr ! @x \"why\"  # more"
        let parsed = Parsed(text)
        guard case .rule(let rule) = try #require(parsed.statements.first) else {
            Issue.record("no rule")
            return
        }
        #expect(parsed.map.text(rule.range) == "set ct mark 3 in tcp dport { 22, 80-90 } saddr ! @x \"why\"")
        #expect(parsed.map.text(rule.verbRange) == "set ct mark")
        let clauses = parsed.syntax[rule.clauses].map { parsed.map.text($0.range) }
        #expect(clauses == ["tcp", "dport { 22, 80-90 }", "saddr ! @x"])
        #expect(rule.comment.map { parsed.map.text($0.range) } == "\"why\"")
        guard case .address(_, let set) = parsed.syntax[rule.clauses].last?.match else {
            Issue.record("no address")
            return
        }
        #expect(parsed.map.text(set.range) == "@x")
        #expect(set.referencedName.map { parsed.map.text($0.range) } == "x")
    }

    @Test func statementsEndAtLinesAndSemicolons() {
        let parsed = Parsed("accept in;drop in # x ; y\n\n;;\nin {drop;drop}; drop \\\n  out\r\nin {\n}\n")
        #expect(!parsed.bag.hasErrors)
        #expect(
            SyntaxDump.dump(parsed) == ["accept in", "drop in", "block in (drop; drop)", "drop out", "block in ()"]
        )
    }

    @Test func aLogRuleWhoseCommentLooksLikeItsPrefixIsWorthAWarning() {
        let parsed = expectDiagnostics("log in tcp dport 22 ⟪W001|\"ssh: \"⟫")
        #expect(!parsed.bag.hasErrors)
        expectDiagnostics("log \"ssh: \" in tcp dport 22 \"comment\"")
    }

    @Test func everyKeywordIsReservedEverywhere() {
        for keyword in Keyword.allCases {
            let word = keyword.spelling
            expectDiagnostics("let ⟪E024|\(word)⟫ = 1")
            expectDiagnostics("accept in tcp dport ⟪E023|\(word)⟫")
            expectDiagnostics("set x: port { 22, ⟪E023|\(word)⟫, 80 }")
            expectDiagnostics("accept in on ⟪E023|\(word)⟫")
            expectDiagnostics("jump ⟪E024|\(word)⟫ in")
            #expect(Keyword(word) == keyword)
        }
        #expect(Keyword("ssh") == nil)
    }
}
