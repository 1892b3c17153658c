import NetworkTypes
import RulesetCompiler
import RulesetModel
import TestSupport
import Testing

/// What rule files mean, line by line: each text beside the canonical text of its model.
@Suite struct MeaningTests {
    @Test(arguments: [
        // Interfaces
        ("drop in on \"in\"", "drop in on \"in\""),
        ("drop in on { wl*, eth0, eth0 }", "drop in on { eth0, wl* }"),
        ("drop in on ! lo", "drop in on ! lo"),
        ("drop in from eth0", "drop in on eth0"),
        ("drop out to eth0", "drop out on eth0"),
        ("drop forward from eth0 to eth1", "drop forward from eth0 to eth1"),
        ("in on e* { drop on eth0 }", "drop in on eth0"),
        ("in on { eth0, eth1 } { drop on { eth1, eth2 } }", "drop in on eth1"),
        // Addresses
        ("drop in saddr 10.0.0.0-10.255.255.255", "drop in saddr 10.0.0.0/8"),
        ("drop in saddr { 10.0.0.0/9, 10.128.0.0/9 }", "drop in saddr 10.0.0.0/8"),
        ("drop in saddr ! { 10.0.0.1, ::1 }", "drop in saddr ! { 10.0.0.1, ::1 }"),
        ("drop in daddr 2001:DB8:0::/32", "drop in daddr 2001:db8::/32"),
        ("in saddr 10.0.0.0/8 { drop saddr 10.1.0.0/16 }", "drop in saddr 10.1.0.0/16"),
        ("in saddr { 10.0.0.1, ::1 } { drop saddr ! 10.0.0.2 }", "drop in saddr { 10.0.0.1, ::1 } saddr ! 10.0.0.2"),
        ("drop in ip saddr 10.0.0.1", "drop in saddr 10.0.0.1"),
        ("drop in ip", "drop in ip"),
        ("drop in ip ct state new", "drop in ip ct state new"),
        // Protocols and ports
        ("accept in tcp dport ssh", "accept in tcp dport 22"),
        ("accept in tcp dport 0x16", "accept in tcp dport 22"),
        ("accept in udp dport { 53, 1-10, 5-20 }", "accept in udp dport { 1-20, 53 }"),
        ("accept in tcp sport 1024 - 65535 dport ! 22", "accept in tcp sport 1024-65535 dport ! 22"),
        ("accept in dport 22 tcp", "accept in tcp dport 22"),
        ("accept in proto { udp, tcp } dport 53", "accept in proto { tcp, udp } dport 53"),
        ("accept in proto { udp, tcp } tcp dport 53", "accept in tcp dport 53"),
        ("accept in proto 47", "accept in proto gre"),
        ("accept in icmp", "accept in icmp"),
        ("accept in icmpv6", "accept in icmpv6"),
        ("accept in proto icmpv6", "accept in proto icmpv6"),
        ("accept in icmp saddr 10.0.0.1", "accept in saddr 10.0.0.1 proto icmp"),
        ("accept in icmp type { 8, echo-reply }", "accept in icmp type { echo-reply, echo-request }"),
        ("accept in proto icmp icmp type echo-request", "accept in icmp type echo-request"),
        (
            "drop in icmp type 3 code host-unreachable",
            "drop in icmp type destination-unreachable code host-unreachable"
        ),
        ("drop in tcp flags syn", "drop in tcp flags syn"),
        ("drop in tcp flags syn / syn,ack", "drop in tcp flags syn / syn,ack"),
        ("drop in tcp flags { fin, syn } / { syn, fin }", "drop in tcp flags fin,syn / fin,syn"),
        ("drop in tcp flags ! syn / fin,syn,rst,ack", "drop in tcp flags ! syn / fin,syn,rst,ack"),
        ("drop in tcp flags 0 / fin,syn", "drop in tcp flags ! fin,syn"),
        ("drop in tcp flags ! { syn, fin }", "drop in tcp flags ! fin,syn"),
        ("drop in tcp flags ! 0 / fin,syn", "drop in tcp flags ! 0 / fin,syn"),
        ("drop in tcp flags ! fin,syn / fin,syn", "drop in tcp flags ! fin,syn / fin,syn"),
        ("drop in tcp flags ! 0 / syn", "drop in tcp flags syn"),
        // Connections, marks, owners, rates
        ("accept in ct state related,established", "accept in ct state established,related"),
        ("drop in ct state ! { new, established }", "drop in ct state ! new,established"),
        ("in ct state new,established { drop ct state new,related }", "drop in ct state new"),
        ("accept in ct status dnat", "accept in ct status dnat"),
        ("accept in ct mark 0x10/0xf0", "accept in ct mark 0x10/0xf0"),
        ("accept in tcp ct original dport 21", "accept in tcp ct original dport 21"),
        ("accept in ct original daddr 10.0.0.0/8", "accept in ct original daddr 10.0.0.0/8"),
        (
            "accept in ct original daddr { fd00::/8, 10.0.0.1-10.0.0.9 }",
            "accept in ct original daddr { 10.0.0.1-10.0.0.9, fd00::/8 }"
        ),
        (
            "in ct original daddr 10.0.0.0/8 { accept ct original daddr 10.0.0.0/9 }",
            "accept in ct original daddr 10.0.0.0/9"
        ),
        ("accept in mark ! 7", "accept in mark ! 0x7"),
        ("drop out skuid 0-999 skgid ! 5", "drop out skuid 0-999 skgid ! 5"),
        ("accept in limit 10/second", "accept in limit 10/second"),
        (
            "accept in limit over 5 mbytes / second burst 512 kbytes",
            "accept in limit over 5 mbytes/second burst 512 kbytes"
        ),
        ("accept in limit 3/day", "accept in limit 3/day"),
        // Order
        (
            "accept in limit 1/hour ct state new tcp dport 22 saddr 10.0.0.1 on eth0",
            "accept in on eth0 saddr 10.0.0.1 tcp dport 22 ct state new limit 1/hour"
        ),
        // Answers
        ("reject in", "reject in"),
        ("reject in with icmp port-unreachable", "reject in"),
        ("reject in with icmpv6 no-route", "reject in with icmpx no-route"),
        ("reject in with icmp net-unreachable", "reject in with icmpx no-route"),
        ("reject in with icmpx admin-prohibited", "reject in with icmpx admin-prohibited"),
        ("reject in ip with icmpx no-route", "reject in ip with icmp net-unreachable"),
        ("reject in ip6 with icmpx host-unreachable", "reject in ip6 with icmpv6 addr-unreachable"),
        (
            "set m: mark { 1 }\nlet x = @m\ndrop in mark ! $x ct mark @m",
            "set m: mark { 0x1 }\n\ndrop in ct mark @m mark ! @m"
        ),
        ("reject in saddr ::1 with icmp host-unreachable", "reject in saddr ::1 with icmpv6 addr-unreachable"),
        ("reject in ip with icmp host-prohibited", "reject in ip with icmp host-prohibited"),
        ("reject in with icmp host-prohibited", "reject in with icmp host-prohibited"),
        ("reject in tcp with tcp reset", "reject in tcp with tcp reset"),
        // Translations
        ("redirect in tcp dport 21 to :27664", "redirect in tcp dport 21 to :27664"),
        ("redirect in tcp dport 21 to :2000-3000 random", "redirect in tcp dport 21 to :2000-3000 random"),
        ("dnat in tcp dport 80 to 10.0.0.7:8080 and accept", "dnat in tcp dport 80 to 10.0.0.7:8080 and accept"),
        ("dnat in tcp dport 80 to [2001:db8::7]:8080", "dnat in tcp dport 80 to [2001:db8::7]:8080"),
        ("dnat in ip to 10.0.0.7-10.0.0.9 persistent", "dnat in to 10.0.0.7-10.0.0.9 persistent"),
        ("snat forward from eth1 to eth0 to 192.0.2.1", "snat forward from eth1 to eth0 to 192.0.2.1"),
        (
            "masquerade out on eth0 udp to :1024-2048 fully-random",
            "masquerade out on eth0 udp to :1024-2048 fully-random"
        ),
        // Other verbs
        ("log \"new: \" level info in ct state new", "log \"new: \" level info in ct state new"),
        ("drop in log \"dropped: \" group 5 \"why\"", "drop in log \"dropped: \" group 5 \"why\""),
        ("set mark 0x1 in tcp dport 80", "set mark 0x1 in tcp dport 80"),
        ("set ct mark 1/3 out", "set ct mark 0x1/0x3 out"),
        ("notrack in udp dport 53", "notrack in udp dport 53"),
        ("count forward", "count forward"),
    ])
    func aRuleIsUnderstood(text: String, canonical: String) {
        expectSameText(meaning(text + "\n"), canonical + "\n")
    }
}
