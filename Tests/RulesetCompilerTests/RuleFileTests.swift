import Diagnostics
import NetworkTypes
import RulesetCompiler
import RulesetModel
import TestSupport
import Testing

/// What a rule file means, as the canonical text of its model.
func meaning(
    _ text: String,
    files: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
) -> String {
    let result = RuleFileCompiler.compile(text: text, loader: MemoryFileLoader(files))
    guard let ruleset = result.ruleset else {
        let problems = TextRenderer(map: result.sources).render(result.diagnostics)
        Issue.record(Comment(rawValue: problems), sourceLocation: sourceLocation)
        return problems
    }
    return ruleset.description
}

@Suite struct RuleFileTests {
    @Test func oneRuleBecomesOneRuleOfTheModel() throws {
        let result = RuleFileCompiler.compile(text: "drop out on eth0 tcp dport 25\n")
        let ruleset = try #require(result.ruleset)
        #expect(result.diagnostics.diagnostics.isEmpty)
        #expect(ruleset.rules.count == 1)
        #expect(result.provenance.rules.count == 1)
        #expect(result.sources.location(of: result.provenance.rules[0]) == "rules.weir:1")
        expectSameText(ruleset.description, "drop out on eth0 tcp dport 25\n")
    }

    @Test func aWholeGatewayIsUnderstood() {
        let text = meaning(
            #"""
            let wan   = eth0
            let lan   = { eth1, eth2 }
            let admin = { 10.0.0.5, 2001:db8::5 }           # both families in one list

            set bogons: prefix { 192.0.2.0/24, 198.51.100.0/24, 2001:db8:dead::/48 }
            set spamhaus: prefix from "lists/drop.netset"    # one entry a line, '#' comments
            set knock: address timeout 60s                   # filled at run time

            policy in drop
            policy forward drop

            in {                                             # a block factors out what its rules share
                accept ct state established,related
                drop   ct state invalid
                accept on lo
                drop   saddr @bogons log "bogon: "
                drop   saddr @spamhaus
                accept saddr @knock tcp dport 2222
                accept saddr $admin tcp dport ssh
                accept icmp type echo-request limit 10/second burst 20
                accept icmpv6
                reject tcp dport ident with tcp reset
            }

            forward from $lan to $wan { accept }
            forward { accept ct state established,related }

            masquerade out on $wan saddr 10.0.0.0/24
            dnat       in  on $wan tcp dport 443 to 10.0.0.7:8443
            redirect   in  on $wan tcp dport 21  to :27664 and accept
            redirect   out tcp daddr 198.51.100.9 dport 80 to :8080   # locally made connections

            drop       out on $wan tcp dport 25 "no direct mail"
            reject     out on $wan udp dport 137-139 with icmp host-unreachable

            chain slow { accept limit 5/minute ; drop }
            jump slow in tcp dport { 2222, 5900-5910 }

            table vpn = 100
            route 8.8.8.8/32 dev vpn0
            route default via 192.0.2.1 dev $wan metric 100
            route 10.8.0.0/16 { via 10.0.0.2 weight 1 ; via 10.0.0.3 weight 2 }
            route blackhole 203.0.113.0/24
            route default dev vpn0 table vpn
            rule from 10.0.0.128/25 lookup vpn priority 1000

            sysctl net.ipv4.ip_forward = 1
            """#,
            files: ["lists/drop.netset": "# drop\r\n1.2.3.0/24 ; SBL\r\n\r\n1.2.3.128/25\n2001:db8:bad::/48\n"]
        )
        expectSameText(
            text,
            #"""
            table vpn = 100

            set bogons: prefix { 192.0.2.0/24, 198.51.100.0/24, 2001:db8:dead::/48 }
            set knock: address timeout 1m
            set spamhaus: prefix { 1.2.3.0/24, 2001:db8:bad::/48 }

            policy in drop
            policy forward drop

            chain slow {
                accept limit 5/minute
                drop
            }

            accept in ct state established,related
            drop in ct state invalid
            accept in on lo
            drop in saddr @bogons log "bogon: "
            drop in saddr @spamhaus
            accept in saddr @knock tcp dport 2222
            accept in saddr { 10.0.0.5, 2001:db8::5 } tcp dport 22
            accept in icmp type echo-request limit 10/second burst 20
            accept in icmpv6
            reject in tcp dport 113 with tcp reset
            accept forward from { eth1, eth2 } to eth0
            accept forward ct state established,related
            masquerade out on eth0 saddr 10.0.0.0/24
            dnat in on eth0 tcp dport 443 to 10.0.0.7:8443
            redirect in on eth0 tcp dport 21 to :27664 and accept
            redirect out daddr 198.51.100.9 tcp dport 80 to :8080
            drop out on eth0 tcp dport 25 "no direct mail"
            reject out on eth0 udp dport 137-139 with icmpx host-unreachable
            jump slow in tcp dport { 2222, 5900-5910 }

            route 0.0.0.0/0 dev vpn0 table vpn
            route ::/0 dev vpn0 table vpn
            route default via 192.0.2.1 dev eth0 metric 100
            route 8.8.8.8/32 dev vpn0
            route 10.8.0.0/16 { via 10.0.0.2 ; via 10.0.0.3 weight 2 }
            route blackhole 203.0.113.0/24

            rule from 10.0.0.128/25 lookup vpn priority 1000

            sysctl net.ipv4.ip_forward = 1

            """#
        )
    }
}
