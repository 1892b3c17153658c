import KernelObjects
import KernelState
import Lowering
import NetworkTypes
import RulesetModel
import TestSupport
import Testing

/// Rules that people add with nft, as Weir reads them.
@Suite(.freshNetworkNamespace, .requires(.nft))
struct HandMadeRuleTests {
    static let table = """
        table inet weir {
            set bogons-v4 { type ipv4_addr; flags interval; elements = { 10.0.0.0/8 } }
            set bogons-v6 { type ipv6_addr; flags interval; elements = { 2001:db8::/32 } }
            set admins-v4 { type ipv4_addr; elements = { 192.0.2.1 } }
            set web { type inet_service; elements = { 80, 443 } }
            set plain { type ipv4_addr; }
            set marks { type mark; elements = { 1, 0x1000 } }
            set bands { type mark; flags interval; elements = { 1-5, 0x1000 } }
            chain slow { }
            chain hide { ip saddr 10.0.0.1 masquerade; }
            chain input { type filter hook input priority 0; }
            chain forward { type filter hook forward priority 0; }
            chain output { type filter hook output priority 0; }
            chain prerouting-nat { type nat hook prerouting priority -100; }
            chain postrouting-nat { type nat hook postrouting priority 100; }
            chain prerouting-raw { type filter hook prerouting priority -300; }
            chain output-mangle { type route hook output priority -150; }
            chain early { type filter hook prerouting priority -400; }
        }

        """

    /// The chain, nft's words, and Weir's; nothing where the rule language has none.
    static let rules: [(String, String, String?)] = [
        ("input", "tcp dport 22 accept", "accept in tcp dport 22"),
        ("input", "tcp dport >= 1024 accept", "accept in tcp dport 1024-65535"),
        ("input", "tcp dport < 1024 drop", "drop in tcp dport 0-1023"),
        ("input", "tcp dport > 1024 drop", "drop in tcp dport 1025-65535"),
        ("input", "th dport 22 accept", nil),
        ("input", "meta l4proto { tcp, udp } th dport 53 accept", "accept in proto { tcp, udp } dport 53"),
        ("input", "tcp sport 1 tcp dport 2 accept", "accept in tcp sport 1 dport 2"),
        ("input", "tcp dport 22 ip saddr 192.0.2.0/24 accept", "accept in saddr 192.0.2.0/24 tcp dport 22"),
        ("input", "ip saddr 192.0.2.1-192.0.2.9 accept", "accept in saddr 192.0.2.1-192.0.2.9"),
        ("input", "ip saddr & 0.0.0.255 == 0.0.0.1 accept", nil),
        ("input", "ip protocol tcp accept", "accept in ip tcp"),
        ("input", "ip protocol tcp tcp dport 22 accept", "accept in ip tcp dport 22"),
        ("input", "meta protocol ip accept", "accept in ip"),
        ("input", "ip6 nexthdr tcp accept", "accept in ip6 nexthdr tcp"),
        ("input", "iif lo accept", nil),
        ("input", #"iifname "lo" accept"#, "accept in on lo"),
        ("input", #"oifname "lo" accept"#, nil),
        ("input", "icmp type echo-request accept", "accept in icmp type echo-request"),
        ("input", "icmp code 3 accept", nil),
        (
            "input", "icmp type destination-unreachable icmp code 3 accept",
            "accept in icmp type destination-unreachable code port-unreachable"
        ),
        ("input", "meta l4proto icmp icmp type echo-request accept", nil),
        ("input", "icmpv6 type { 133, 134 } drop", "drop in icmpv6 type { nd-router-solicit, nd-router-advert }"),
        ("input", "ct state established,related accept", "accept in ct state established,related"),
        ("input", "meta mark @marks accept", "accept in mark @marks"),
        ("input", "meta mark != @bands accept", "accept in mark ! @bands"),
        ("input", "ct mark @bands accept", "accept in ct mark @bands"),
        ("input", "meta mark and 0xff == 1 accept", "accept in mark 0x1/0xff"),
        ("input", "ct state != established drop", "drop in ct state ! established"),
        ("input", "ct state { new, invalid } drop", "drop in ct state invalid,new"),
        ("input", "ct direction reply accept", "accept in ct direction reply"),
        ("input", "ct l3proto ipv4 accept", nil),
        ("input", "ct mark 1-5 accept", nil),
        ("input", "meta mark { 1, 2 } accept", nil),
        ("input", "tcp flags syn drop", "drop in tcp flags syn"),
        ("input", "tcp flags & (syn|ack) == syn drop", "drop in tcp flags syn / syn,ack"),
        ("input", "tcp flags { syn, ack } drop", nil),
        ("input", "ip saddr @bogons-v4 drop", "drop in ip saddr @bogons"),
        ("input", "ip6 saddr != @bogons-v6 drop", "drop in ip6 saddr ! @bogons"),
        ("input", "ip saddr @admins-v4 accept", "accept in saddr @admins"),
        ("input", "ip saddr @plain accept", nil),
        ("input", "tcp dport @web accept", "accept in tcp dport @web"),
        ("input", "reject", "reject in"),
        ("input", "meta nfproto ipv6 reject", "reject in ip6"),
        ("input", "reject with icmp type host-unreachable", "reject in ip with icmp host-unreachable"),
        (
            "input", "ip saddr 192.0.2.1 reject with icmpx type admin-prohibited",
            "reject in saddr 192.0.2.1 with icmp admin-prohibited"
        ),
        ("input", "reject with tcp reset", "reject in tcp with tcp reset"),
        ("input", "log", "log in"),
        ("input", #"log prefix "x: " drop"#, #"drop in log "x: ""#),
        ("input", "log flags all", nil),
        ("input", "log group 1 snaplen 20", nil),
        ("input", "limit rate 10/second tcp dport 22 accept", nil),
        ("input", "limit rate 10/second accept", "accept in limit 10/second"),
        ("input", #"log prefix "x" tcp dport 22 drop"#, nil),
        ("input", "quota 10 mbytes accept", nil),
        ("input", "meta length 100 accept", "accept in meta length 100"),
        ("input", "meta priority 1:2 accept", nil),
        ("input", "jump slow", "jump slow in"),
        ("input", "meta mark set 1 accept", nil),
        ("input", "meta mark set 1", nil),
        ("input", "tcp dport vmap { 22 : accept, 23 : drop }", nil),
        ("input", #"tcp dport 22 accept comment "by hand""#, #"accept in tcp dport 22 "by hand""#),
        ("output", "meta skuid 1000-2000 drop", "drop out skuid 1000-2000"),
        ("output", "meta skuid >= 1000 drop", "drop out skuid 1000-4294967295"),
        ("output", #"oifname "eth*" drop"#, "drop out on eth*"),
        ("forward", #"iifname "eth1" oifname "eth0" accept"#, "accept forward from eth1 to eth0"),
        ("prerouting-nat", "tcp dport 21 redirect to :27664", "redirect in tcp dport 21 to :27664"),
        ("prerouting-nat", "dnat ip to 10.0.0.1", "dnat in to 10.0.0.1"),
        ("prerouting-nat", "ip saddr 10.0.0.0/8 dnat to 10.0.0.1", "dnat in saddr 10.0.0.0/8 to 10.0.0.1"),
        ("prerouting-nat", "tcp dport 80 dnat to :8080", "dnat in tcp dport 80 to :8080"),
        (
            "prerouting-nat", "ip daddr 198.51.100.0/28 dnat ip prefix to 10.1.1.0/28",
            "dnat in daddr 198.51.100.0/28 to 10.1.1.0/28"
        ),
        (
            "prerouting-nat", "ip daddr 198.51.100.0/28 dnat ip to 10.1.1.0/28",
            "dnat in daddr 198.51.100.0/28 to 10.1.1.0-10.1.1.15"
        ),
        // Of which addresses the host part is kept has to be said, and both prefixes are of one length.
        ("prerouting-nat", "dnat ip prefix to 10.1.1.0/28", nil),
        ("prerouting-nat", "ip daddr 198.51.100.0/24 dnat ip prefix to 10.1.1.0/28", nil),
        ("prerouting-nat", "dnat ip prefix to ip daddr map { 198.51.100.0/28 : 10.1.1.0/28 }", nil),
        ("prerouting-nat", "accept", nil),
        ("postrouting-nat", "masquerade", "masquerade out"),
        ("postrouting-nat", #"iif != 0 oifname "eth0" masquerade"#, "masquerade forward to eth0"),
        ("postrouting-nat", #"iifname "eth1" masquerade"#, "masquerade forward from eth1"),
        ("postrouting-nat", "snat ip to 192.0.2.1 random,persistent", "snat out to 192.0.2.1 random persistent"),
        ("postrouting-nat", "jump hide", "jump hide out"),
        ("postrouting-nat", "jump slow", nil),
        ("prerouting-raw", "udp dport 53 notrack", "notrack in udp dport 53"),
        ("output-mangle", "meta mark set 0x10", "set mark 0x10 out"),
        ("output-mangle", "meta mark set meta mark & 0xffffff00 | 0x10", "set mark 0x10/0xff out"),
        ("output-mangle", "meta mark set meta mark ^ 0x10", nil),
        ("output-mangle", "ct mark set meta mark", nil),
        ("early", "tcp dport 22 drop", "drop tcp dport 22"),
        ("slow", "limit rate 5/minute accept", "accept limit 5/minute"),
    ]

    @Test(arguments: rules.indices)
    func aRuleAddedWithNftReadsInTheRuleLanguage(_ index: Int) throws {
        let (chain, nft, expected) = Self.rules[index]
        try outputOf("nft", "-f", "-", input: Self.table + "add rule inet weir \(chain) \(nft)\n")
        var kernel = try KernelConnection()
        let firewall = try kernel.table()
        let entry = try #require(firewall.chains.first { $0.name == chain }?.rules.last)
        let lifted = RuleLifter(firewall).lift(entry.rule, inChain: chain)
        #expect(lifted?.rule.description == expected, "\(nft)")
        if let lifted { #expect(lifted.notes == .noCounter) }

        let state = LiftedState(firewall: firewall)
        #expect(state.leftovers.contains(.set("plain")))
        let isLeftOver = state.leftovers.contains { if case .rule(chain, _) = $0 { true } else { false } }
        #expect(isLeftOver == (expected == nil))
    }

    @Test func aRuleThatCountsBeforeItsConditionsIsNoted() throws {
        try outputOf("nft", "-f", "-", input: Self.table + "add rule inet weir input counter tcp dport 22 accept\n")
        var kernel = try KernelConnection()
        let firewall = try kernel.table()
        let entry = try #require(firewall.chains.first { $0.name == "input" }?.rules.last)
        let lifted = RuleLifter(firewall).lift(entry.rule, inChain: "input")
        #expect(lifted?.rule.description == "accept in tcp dport 22")
        #expect(lifted?.notes == .countsEarly)
    }

    /// nft 1.1.2 and later write ranges as one expression, which this kernel knows too.
    @Test func aRangeInOneExpressionReadsLikeOneInTwo() throws {
        var writer = ExpressionWriter()
        writer.append(MetaExpression(.l4proto))
        writer.append(CompareExpression(.equal, RegisterData(UInt8(6))))
        writer.append(PayloadExpression(.transport, offset: 2, length: 2))
        writer.append(RangeExpression(.equal, RegisterData(port: 1000), RegisterData(port: 2000)))
        writer.append(CounterExpression())
        writer.append(Verdict.accept)
        let rule = RuleObject(expressions: writer.finish())
        let base = ChainObject.Base(type: .filter, hook: .input, priority: 0)
        let desired = FirewallState(chains: [ChainObject(name: "input", base: base, rules: [RuleEntry(rule)])])
        var kernel = try KernelConnection()
        try kernel.apply(DesiredState(firewall: desired))
        let firewall = try kernel.table()
        let entry = try #require(firewall.chains.first?.rules.first)
        #expect(entry.rule == rule)
        let lifted = RuleLifter(firewall).lift(entry.rule, inChain: "input")
        #expect(lifted?.rule.description == "accept in tcp dport 1000-2000")
    }

    @Test func bytesThatAreNoRuleAreLeftAlone() {
        let lifter = RuleLifter(FirewallState())
        #expect(lifter.lift(RuleObject(expressions: [1, 2, 3]), inChain: "input") == nil)
        #expect(lifter.lift(RuleObject(expressions: []), inChain: "input") == nil)
        let writer = ExpressionWriter()
        var full = writer
        full.append(LookupExpression(SetObject.anonymousName))
        full.append(Verdict.accept)
        #expect(lifter.lift(RuleObject(expressions: full.finish()), inChain: "input") == nil)
    }
}
