import NetworkTypes
import RulesetModel

extension NftCase {
    static let all: [NftCase] =
        interfaces + addressCases + transports + icmpCases + states + rates + verdicts + translations
        + setCases

    static let interfaces = [
        NftCase(.input, [from("eth0")], nft: #"iifname "eth0" counter accept"#),
        NftCase(.input, [from("lo", isNegated: true)], nft: #"iifname != "lo" counter accept"#),
        NftCase(.input, [from("wl*")], nft: #"iifname "wl*" counter accept"#),
        NftCase(.output, [to("wg*", isNegated: true)], .drop, nft: #"oifname != "wg*" counter drop"#),
        NftCase(.forward, [from("eth0", "eth1")], nft: #"iifname { "eth0", "eth1" } counter accept"#),
        NftCase(.input, [from("eth*", "eth0")], nft: #"iifname "eth*" counter accept"#),
        NftCase(
            .input,
            [from("eth0", "eth1*", "eth10", isNegated: true)],
            nft: #"iifname != { "eth0", "eth1*" } counter accept"#
        ),
        NftCase(.forward, [from("eth1"), to("eth0")], nft: #"iifname "eth1" oifname "eth0" counter accept"#),
        NftCase(
            .output,
            [to("eth0", "wg*", isNegated: true)],
            .drop,
            nft: #"oifname != { "eth0", "wg*" } counter drop"#
        ),
    ]

    static let addressCases = [
        NftCase(.input, [.family(.ipv4)], nft: "meta nfproto ipv4 counter accept"),
        NftCase(.input, [.family(.ipv6)], .drop, nft: "meta nfproto ipv6 counter drop"),
        NftCase(.input, [saddr("192.0.2.1")], nft: "ip saddr 192.0.2.1 counter accept"),
        NftCase(.output, [daddr("192.0.2.1")], nft: "ip daddr 192.0.2.1 counter accept"),
        NftCase(.input, [saddr("192.0.2.1", isNegated: true)], nft: "ip saddr != 192.0.2.1 counter accept"),
        NftCase(.input, [saddr("10.0.0.0/8")], nft: "ip saddr 10.0.0.0/8 counter accept"),
        NftCase(.input, [saddr("10.1.0.0/16")], nft: "ip saddr 10.1.0.0/16 counter accept"),
        NftCase(.input, [saddr("192.0.2.0/24")], nft: "ip saddr 192.0.2.0/24 counter accept", isDeliberate: true),
        NftCase(
            .input,
            [saddr("192.0.2.0/24", isNegated: true)],
            nft: "ip saddr != 192.0.2.0/24 counter accept",
            isDeliberate: true
        ),
        NftCase(.input, [saddr("172.16.0.0/12")], nft: "ip saddr 172.16.0.0/12 counter accept"),
        NftCase(.input, [saddr("192.0.2.128/25", isNegated: true)], nft: "ip saddr != 192.0.2.128/25 counter accept"),
        NftCase(.input, [saddr("192.0.2.4/31")], nft: "ip saddr 192.0.2.4/31 counter accept"),
        NftCase(.input, [saddr("0.0.0.0/0")], nft: "ip saddr 0.0.0.0/0 counter accept"),
        NftCase(.input, [saddr("192.0.2.1-192.0.2.20")], nft: "ip saddr 192.0.2.1-192.0.2.20 counter accept"),
        NftCase(
            .input,
            [saddr("192.0.2.1-192.0.2.20", isNegated: true)],
            nft: "ip saddr != 192.0.2.1-192.0.2.20 counter accept"
        ),
        NftCase(
            .input,
            [saddr("192.0.2.1", "192.0.2.5")],
            nft: "ip saddr { 192.0.2.1, 192.0.2.5 } counter accept"
        ),
        NftCase(
            .input,
            [saddr("192.0.2.0/24", "198.51.100.1", isNegated: true)],
            nft: "ip saddr != { 192.0.2.0/24, 198.51.100.1 } counter accept"
        ),
        NftCase(
            .input,
            [saddr("0.0.0.0-0.0.0.9", "255.255.255.0-255.255.255.255")],
            nft: "ip saddr { 0.0.0.0-0.0.0.9, 255.255.255.0/24 } counter accept"
        ),
        NftCase(
            .forward,
            [saddr("192.0.2.1"), daddr("192.0.2.2")],
            nft: "ip saddr 192.0.2.1 ip daddr 192.0.2.2 counter accept"
        ),
        NftCase(.input, [saddr("2001:db8::1")], nft: "ip6 saddr 2001:db8::1 counter accept"),
        NftCase(.output, [daddr("2001:db8::1", isNegated: true)], nft: "ip6 daddr != 2001:db8::1 counter accept"),
        NftCase(.input, [saddr("2001:db8::/32")], nft: "ip6 saddr 2001:db8::/32 counter accept"),
        NftCase(.input, [saddr("2001:db8:1::/48")], nft: "ip6 saddr 2001:db8:1::/48 counter accept"),
        NftCase(.input, [saddr("2001:db8::/64")], nft: "ip6 saddr 2001:db8::/64 counter accept"),
        NftCase(.input, [saddr("fc00::/8")], nft: "ip6 saddr fc00::/8 counter accept"),
        NftCase(.input, [saddr("fe80::/10")], nft: "ip6 saddr fe80::/10 counter accept"),
        NftCase(.input, [saddr("2001:db8::10/124")], nft: "ip6 saddr 2001:db8::10/124 counter accept"),
        NftCase(.input, [saddr("::/0")], nft: "ip6 saddr ::/0 counter accept"),
        NftCase(
            .input,
            [saddr("2001:db8::1-2001:db8::ff")],
            nft: "ip6 saddr 2001:db8::1-2001:db8::ff counter accept"
        ),
        NftCase(
            .input,
            [saddr("2001:db8::1", "2001:db8:1::/48")],
            nft: "ip6 saddr { 2001:db8::1, 2001:db8:1::/48 } counter accept"
        ),
        NftCase(
            .input,
            [saddr("10.0.0.5", "2001:db8::5"), tcp, dport(.port(22))],
            nft: "ip saddr 10.0.0.5 tcp dport 22 counter accept",
            "ip6 saddr 2001:db8::5 tcp dport 22 counter accept"
        ),
        NftCase(
            .input,
            [saddr("10.0.0.5", "10.0.0.7", "2001:db8::/32", isNegated: true)],
            .drop,
            nft: "ip saddr != { 10.0.0.5, 10.0.0.7 } counter drop",
            "ip6 saddr != 2001:db8::/32 counter drop"
        ),
    ]

    static let transports = [
        NftCase(.input, [tcp], nft: "meta l4proto tcp counter accept"),
        NftCase(.input, [proto(.tcp, .udp)], nft: "meta l4proto { tcp, udp } counter accept"),
        NftCase(.input, [proto(.icmp, isNegated: true)], nft: "meta l4proto != icmp counter accept"),
        NftCase(.input, [proto(.icmpv6)], nft: "meta l4proto ipv6-icmp counter accept"),
        NftCase(.input, [tcp, dport(.port(22))], nft: "tcp dport 22 counter accept"),
        NftCase(.input, [tcp, sport(.port(22), isNegated: true)], nft: "tcp sport != 22 counter accept"),
        NftCase(.input, [udp, dport(.port(53))], nft: "udp dport 53 counter accept"),
        NftCase(.input, [proto(.sctp), dport(.port(36412))], nft: "sctp dport 36412 counter accept"),
        NftCase(.input, [proto(.udplite), dport(.port(5))], nft: "udplite dport 5 counter accept"),
        NftCase(.input, [proto(.dccp), sport(.port(5))], nft: "dccp sport 5 counter accept"),
        NftCase(.input, [tcp, dport(1000...2000)], nft: "tcp dport 1000-2000 counter accept"),
        // Without the range nft would make one comparison of two, which holds for a packet that has only one of the ports.
        NftCase(
            .input,
            [tcp, sport(.port(443), isNegated: true), dport(.port(53), isNegated: true)],
            nft: "tcp sport != 443 tcp dport != 53-53 counter accept"
        ),
        NftCase(
            .input,
            [proto(.tcp, .udp), sport(.port(443), isNegated: true), dport(.port(53), isNegated: true)],
            nft: "meta l4proto { tcp, udp } th sport != 443 th dport != 53-53 counter accept"
        ),
        NftCase(.input, [tcp, dport(1000...2000, isNegated: true)], nft: "tcp dport != 1000-2000 counter accept"),
        NftCase(.input, [tcp, dport(.port(22), .port(80))], nft: "tcp dport { 22, 80 } counter accept"),
        NftCase(
            .input,
            [tcp, dport(.port(22), .port(80), 1000...2000, isNegated: true)],
            nft: "tcp dport != { 22, 80, 1000-2000 } counter accept"
        ),
        NftCase(
            .input,
            [tcp, dport(0...1023, 60000...65535)],
            nft: "tcp dport { 0-1023, 60000-65535 } counter accept"
        ),
        NftCase(
            .input,
            [proto(.tcp, .udp), dport(.port(53))],
            nft: "meta l4proto { tcp, udp } th dport 53 counter accept"
        ),
        NftCase(
            .input,
            [proto(.tcp, .udp), dport(.port(53), .port(853))],
            nft: "meta l4proto { tcp, udp } th dport { 53, 853 } counter accept"
        ),
        NftCase(
            .input,
            [tcp, sport(.port(1)), dport(.port(2))],
            nft: "tcp sport 1 tcp dport 2 counter accept"
        ),
        NftCase(
            .input,
            [udp, sport(.port(53)), dport(1024...65535)],
            nft: "udp sport 53 udp dport 1024-65535 counter accept"
        ),
        NftCase(
            .input,
            [proto(.tcp, .udp), sport(.port(1)), dport(.port(2))],
            nft: "tcp sport 1 tcp dport 2 counter accept",
            "udp sport 1 udp dport 2 counter accept"
        ),
        NftCase(
            .input,
            [tcp, .tcpFlags(TCPFlagsMatch(flags: .syn, mask: [.fin, .syn, .rst, .ack]))],
            nft: "tcp flags syn / fin,syn,rst,ack counter accept"
        ),
        NftCase(
            .input,
            [tcp, .tcpFlags(TCPFlagsMatch(flags: .syn, mask: [.syn, .ack], isNegated: true))],
            nft: "tcp flags != syn / syn,ack counter accept"
        ),
        NftCase(
            .input,
            [tcp, .tcpFlags(TCPFlagsMatch(flags: .syn, mask: .syn))],
            nft: "tcp flags syn counter accept"
        ),
        NftCase(
            .input,
            [tcp, .tcpFlags(TCPFlagsMatch(flags: [], mask: .syn))],
            nft: "tcp flags ! syn counter accept"
        ),
        NftCase(
            .input,
            [tcp, .tcpFlags(TCPFlagsMatch(flags: .syn, mask: .syn, isNegated: true))],
            nft: "tcp flags ! syn counter accept"
        ),
        NftCase(
            .input,
            [tcp, .tcpFlags(TCPFlagsMatch(flags: [], mask: [.syn, .ack]))],
            nft: "tcp flags ! syn,ack counter accept"
        ),
        NftCase(
            .input,
            [tcp, .tcpFlags(TCPFlagsMatch(flags: [], mask: [.syn, .ack], isNegated: true))],
            nft: "tcp flags syn,ack counter accept"
        ),
        NftCase(
            .input,
            [tcp, .tcpFlags(TCPFlagsMatch(flags: [.syn, .ack], mask: [.syn, .ack]))],
            nft: "tcp flags syn,ack / syn,ack counter accept"
        ),
        NftCase(
            .input,
            [tcp, .tcpFlags(TCPFlagsMatch(flags: .syn, mask: TCPFlags(rawValue: 0xff)))],
            nft: "tcp flags == syn counter accept"
        ),
        NftCase(
            .input,
            [tcp, dport(.port(80)), .tcpFlags(TCPFlagsMatch(flags: .rst, mask: .rst))],
            nft: "tcp dport 80 tcp flags rst counter accept"
        ),
        NftCase(
            .input,
            [.connectionStatus(.dnat, isNegated: false), tcp, originalPort(.port(21))],
            nft: "meta l4proto tcp ct status dnat ct original proto-dst 21 counter accept"
        ),
        NftCase(
            .input,
            [tcp, originalPort(21...25)],
            nft: "meta l4proto tcp ct original proto-dst 21-25 counter accept"
        ),
        NftCase(
            .input,
            [proto(.tcp, .udp), originalPort(.port(21), 80...90)],
            nft: "meta l4proto tcp ct original proto-dst 21 counter accept",
            "meta l4proto tcp ct original proto-dst 80-90 counter accept",
            "meta l4proto udp ct original proto-dst 21 counter accept",
            "meta l4proto udp ct original proto-dst 80-90 counter accept"
        ),
        NftCase(
            .input,
            [tcp, originalPort(.port(21), .port(80), isNegated: true)],
            nft: "meta l4proto tcp ct original proto-dst != 21 ct original proto-dst != 80 counter accept"
        ),
        NftCase(
            .input,
            [originalAddress("10.0.0.1")],
            nft: "meta nfproto ipv4 ct original ip daddr 10.0.0.1 counter accept"
        ),
        NftCase(
            .input,
            [originalAddress("10.0.0.0/8")],
            nft: "meta nfproto ipv4 ct original ip daddr 10.0.0.0/8 counter accept"
        ),
        NftCase(
            .input,
            [originalAddress("10.0.1.0/24")],
            nft: "meta nfproto ipv4 ct original ip daddr 10.0.1.0/24 counter accept"
        ),
        NftCase(
            .input,
            [originalAddress("10.16.0.0/12")],
            nft: "meta nfproto ipv4 ct original ip daddr 10.16.0.0/12 counter accept"
        ),
        NftCase(
            .input,
            [originalAddress("10.0.0.1-10.0.0.9")],
            nft: "meta nfproto ipv4 ct original ip daddr 10.0.0.1-10.0.0.9 counter accept"
        ),
        NftCase(
            .input,
            [originalAddress("10.0.0.1", "192.0.2.0/24")],
            nft: "meta nfproto ipv4 ct original ip daddr { 10.0.0.1, 192.0.2.0/24 } counter accept"
        ),
        NftCase(
            .input,
            [originalAddress("2001:db8::/32")],
            nft: "meta nfproto ipv6 ct original ip6 daddr 2001:db8::/32 counter accept"
        ),
        NftCase(
            .input,
            [originalAddress("fe80::/10")],
            nft: "meta nfproto ipv6 ct original ip6 daddr fe80::/10 counter accept"
        ),
        NftCase(
            .input,
            [tcp, originalAddress("10.0.0.1", "2001:db8::1", isNegated: true), originalPort(.port(21))],
            nft:
                "meta nfproto ipv4 meta l4proto tcp ct original ip daddr != 10.0.0.1 ct original proto-dst 21 counter accept",
            "meta nfproto ipv6 meta l4proto tcp ct original ip6 daddr != 2001:db8::1 ct original proto-dst 21 counter accept"
        ),
    ]

    static let icmpCases = [
        NftCase(
            .input,
            [.icmp(ICMPMatch(family: .ipv4, types: [8]))],
            nft: "icmp type echo-request counter accept"
        ),
        NftCase(
            .input,
            [from("eth0"), .icmp(ICMPMatch(family: .ipv4, types: [0, 8]))],
            nft: #"iifname "eth0" icmp type { echo-reply, echo-request } counter accept"#
        ),
        NftCase(
            .input,
            [.icmp(ICMPMatch(family: .ipv4, types: [8], isNegated: true))],
            nft: "icmp type != echo-request counter accept"
        ),
        NftCase(
            .input,
            [.icmp(ICMPMatch(family: .ipv4, types: [3], code: 3))],
            nft: "icmp type destination-unreachable icmp code port-unreachable counter accept"
        ),
        NftCase(
            .input,
            [.icmp(ICMPMatch(family: .ipv4, types: [3], code: 3, isNegated: true))],
            nft: "icmp type != destination-unreachable icmp code port-unreachable counter accept"
        ),
        NftCase(
            .input,
            [saddr("192.0.2.1"), .icmp(ICMPMatch(family: .ipv4, types: [8]))],
            nft: "ip saddr 192.0.2.1 icmp type echo-request counter accept"
        ),
        NftCase(
            .input,
            [.icmp(ICMPMatch(family: .ipv6, types: [135]))],
            nft: "icmpv6 type nd-neighbor-solicit counter accept"
        ),
        NftCase(
            .input,
            [.icmp(ICMPMatch(family: .ipv6, types: [128, 134, 135]))],
            nft: "icmpv6 type { echo-request, nd-router-advert, nd-neighbor-solicit } counter accept"
        ),
        NftCase(
            .input,
            [.icmp(ICMPMatch(family: .ipv6, types: [1], code: 4))],
            nft: "icmpv6 type destination-unreachable icmpv6 code port-unreachable counter accept"
        ),
    ]

    static let states = [
        NftCase(
            .input,
            [.connectionState([.established, .related], isNegated: false)],
            nft: "ct state established,related counter accept"
        ),
        NftCase(.input, [.connectionState(.invalid, isNegated: false)], .drop, nft: "ct state invalid counter drop"),
        NftCase(.input, [.connectionState(.new, isNegated: true)], nft: "ct state ! new counter accept"),
        NftCase(
            .input,
            [.connectionState([.established, .untracked], isNegated: true)],
            nft: "ct state ! established,untracked counter accept"
        ),
        NftCase(
            .input,
            [.connectionStatus([.dnat, .assured], isNegated: false)],
            nft: "ct status assured,dnat counter accept"
        ),
        NftCase(.input, [.connectionStatus(.snat, isNegated: true)], nft: "ct status ! snat counter accept"),
        NftCase(.input, [.connectionMark(Membership(Mark(16)))], nft: "ct mark 0x00000010 counter accept"),
        NftCase(
            .input,
            [.connectionMark(Membership(Mark(masking: 16, with: 255), isNegated: true))],
            nft: "ct mark & 0x000000ff != 0x00000010 counter accept"
        ),
        NftCase(.input, [.mark(Membership(Mark(1), isNegated: true))], nft: "meta mark != 0x00000001 counter accept"),
        NftCase(
            .input,
            [.mark(Membership(Mark(masking: 0x1200, with: 0xff00)))],
            nft: "meta mark & 0x0000ff00 == 0x00001200 counter accept"
        ),
        NftCase(.output, [.socketUser(users(1000...1000))], nft: "meta skuid 1000 counter accept"),
        NftCase(
            .output,
            [.socketUser(users(1000...2000, isNegated: true))],
            nft: "meta skuid != 1000-2000 counter accept"
        ),
        NftCase(.output, [.socketGroup(users(1000...2000))], nft: "meta skgid 1000-2000 counter accept"),
        NftCase(
            .output,
            [.socketUser(users(1000...1000, 3000...3000))],
            nft: "meta skuid { 1000, 3000 } counter accept"
        ),
        NftCase(
            .output,
            [.socketUser(users(1000...2000, 3000...3000))],
            nft: "meta skuid { 1000-2000, 3000 } counter accept"
        ),
    ]

    static let rates = [
        NftCase(
            .input,
            [.limit(Limit(rate: 10, period: .second))],
            nft: "limit rate 10/second counter accept"
        ),
        NftCase(
            .input,
            [.limit(Limit(rate: 10, period: .minute, burst: 20, isOver: true))],
            .drop,
            nft: "limit rate over 10/minute burst 20 packets counter drop"
        ),
        NftCase(
            .input,
            [.limit(Limit(rate: 1024 * 1024, unit: .bytes, period: .second))],
            nft: "limit rate 1 mbytes/second counter accept"
        ),
        NftCase(
            .input,
            [tcp, dport(.port(80)), .limit(Limit(rate: 100 * 1024, unit: .bytes, period: .hour, burst: 1024))],
            nft: "tcp dport 80 limit rate 100 kbytes/hour burst 1 kbytes counter accept"
        ),
        NftCase(
            .input,
            [.limit(Limit(rate: 1, period: .week))],
            nft: "limit rate 1/week counter accept"
        ),
    ]

    static let verdicts = [
        NftCase(.input, [], nft: "counter accept"),
        NftCase(.input, [], .count, nft: "counter"),
        NftCase(
            .input,
            [tcp, dport(.port(22))],
            comment: "for admins",
            nft: #"tcp dport 22 counter accept comment "for admins""#
        ),
        NftCase(.input, [], .return, nft: "counter return"),
        NftCase(.input, [tcp], .jump("later"), nft: "meta l4proto tcp counter jump later"),
        NftCase(.input, [], .goto("later"), nft: "counter goto later"),
        NftCase(.input, [], .log(LogStatement()), nft: "counter log"),
        NftCase(.input, [], .log(LogStatement(prefix: "hello ")), nft: #"counter log prefix "hello ""#),
        NftCase(
            .input,
            [],
            .drop,
            log: LogStatement(prefix: "bogon: ", target: .kernel(.info)),
            nft: #"counter log prefix "bogon: " level info drop"#
        ),
        NftCase(
            .input,
            [],
            .accept,
            log: LogStatement(prefix: "p", target: .group(5)),
            nft: #"counter log prefix "p" group 5 accept"#
        ),
        NftCase(.input, [], .log(LogStatement(target: .group(0))), nft: "counter log group 0"),
        NftCase(
            .input,
            [],
            .reject(.icmpx(.portUnreachable)),
            nft: "counter reject"
        ),
        NftCase(
            .input,
            [tcp, dport(.port(113))],
            .reject(.tcpReset),
            nft: "tcp dport 113 counter reject with tcp reset"
        ),
        NftCase(
            .input,
            [from("eth0")],
            .reject(.tcpReset),
            nft: #"iifname "eth0" meta l4proto tcp counter reject with tcp reset"#
        ),
        NftCase(
            .input,
            [],
            .reject(.icmpx(.hostUnreachable)),
            nft: "counter reject with icmpx host-unreachable"
        ),
        NftCase(
            .input,
            [saddr("192.0.2.1")],
            .reject(.icmp(.hostUnreachable)),
            nft: "ip saddr 192.0.2.1 counter reject with icmp host-unreachable"
        ),
        NftCase(
            .input,
            [saddr("192.0.2.1")],
            .reject(.icmp(.portUnreachable)),
            nft: "ip saddr 192.0.2.1 counter reject",
            listed: ["ip saddr 192.0.2.1 counter reject with icmp port-unreachable"]
        ),
        NftCase(
            .input,
            [from("eth0"), .family(.ipv4)],
            .reject(.icmp(.netProhibited)),
            nft: #"iifname "eth0" meta nfproto ipv4 counter reject with icmp net-prohibited"#
        ),
        NftCase(
            .input,
            [saddr("2001:db8::1")],
            .reject(.icmpv6(.policyFail)),
            nft: "ip6 saddr 2001:db8::1 counter reject with icmpv6 policy-fail"
        ),
        NftCase(
            .input,
            [saddr("192.0.2.1", "2001:db8::1")],
            .reject(.icmpx(.adminProhibited)),
            nft: "ip saddr 192.0.2.1 counter reject with icmp admin-prohibited",
            "ip6 saddr 2001:db8::1 counter reject with icmpv6 admin-prohibited"
        ),
        NftCase(
            .output,
            [udp, dport(137...139)],
            .reject(.icmp(.hostProhibited)),
            nft: "meta nfproto ipv4 udp dport 137-139 counter reject with icmp host-prohibited",
            "meta nfproto ipv6 udp dport 137-139 counter reject with icmpv6 admin-prohibited"
        ),
        NftCase(.input, [], .setMark(Mark(16)), nft: "counter meta mark set 0x00000010"),
        NftCase(
            .output,
            [],
            .setMark(Mark(masking: 0x10, with: 0xff)),
            nft: "counter meta mark set meta mark & 0xffffff10 | 0x00000010"
        ),
        NftCase(
            .input,
            [],
            .setMark(Mark(masking: 0, with: 0xff)),
            nft: "counter meta mark set meta mark & 0xffffff00"
        ),
        NftCase(
            .forward,
            [],
            .setMark(Mark(masking: 0x80, with: 0x80)),
            nft: "counter meta mark set meta mark | 0x00000080"
        ),
        NftCase(.input, [], .setConnectionMark(Mark(1)), nft: "counter ct mark set 0x00000001"),
        NftCase(
            .input,
            [],
            .setConnectionMark(Mark(masking: 0x10, with: 0xff)),
            nft: "counter ct mark set ct mark & 0xffffff10 | 0x00000010"
        ),
        NftCase(.output, [udp, dport(.port(53))], .notrack, nft: "udp dport 53 counter notrack"),
    ]

    static let translations = [
        NftCase(
            .input,
            [tcp, dport(.port(21))],
            .redirect(Redirect(ports: Interval(27664))),
            nft: "tcp dport 21 counter redirect to :27664"
        ),
        NftCase(
            .output,
            [tcp, dport(.port(21))],
            .redirect(Redirect(ports: Interval(8000, 8010), flags: [.random, .persistent])),
            nft: "tcp dport 21 counter redirect to :8000-8010 random,persistent"
        ),
        NftCase(.input, [tcp], .redirect(Redirect(ports: nil)), nft: "meta l4proto tcp counter redirect"),
        NftCase(
            .input,
            [from("eth0"), tcp, dport(.port(443))],
            .destinationNAT(AddressTranslation(addresses: target("10.0.0.7"), ports: Interval(8443))),
            nft: #"iifname "eth0" meta nfproto ipv4 tcp dport 443 counter dnat ip to 10.0.0.7:8443"#
        ),
        NftCase(
            .input,
            [daddr("192.0.2.1")],
            .destinationNAT(AddressTranslation(addresses: target("10.0.0.7-10.0.0.9"), flags: .persistent)),
            nft: "ip daddr 192.0.2.1 counter dnat ip to 10.0.0.7-10.0.0.9 persistent"
        ),
        NftCase(
            .input,
            [tcp, dport(.port(80))],
            .destinationNAT(AddressTranslation(addresses: nil, ports: Interval(8080))),
            nft: "tcp dport 80 counter dnat to :8080"
        ),
        NftCase(
            .output,
            [tcp, dport(.port(80))],
            .destinationNAT(
                AddressTranslation(addresses: target("2001:db8::1-2001:db8::3"), ports: Interval(80, 90))
            ),
            nft: "meta nfproto ipv6 tcp dport 80 counter dnat ip6 to [2001:db8::1]-[2001:db8::3]:80-90"
        ),
        NftCase(
            .input,
            [],
            .sourceNAT(AddressTranslation(addresses: target("10.0.0.1"))),
            nft: "meta nfproto ipv4 counter snat ip to 10.0.0.1"
        ),
        NftCase(
            .output,
            [to("eth0"), saddr("10.0.0.0/8")],
            .sourceNAT(AddressTranslation(addresses: target("192.0.2.1"), flags: .fullyRandom)),
            nft: #"oifname "eth0" ip saddr 10.0.0.0/8 counter snat ip to 192.0.2.1 fully-random"#
        ),
        NftCase(
            .output,
            [tcp],
            .sourceNAT(AddressTranslation(addresses: target("192.0.2.1-192.0.2.9"), ports: Interval(1000, 2000))),
            nft: "meta nfproto ipv4 meta l4proto tcp counter snat ip to 192.0.2.1-192.0.2.9:1000-2000"
        ),
        // A prefix keeps the host part of the address; FIRST-LAST is a pool of the same addresses.
        NftCase(
            .input,
            [daddr("198.51.100.0/28")],
            .destinationNAT(AddressTranslation(addresses: target("10.1.1.0/28"))),
            nft: "ip daddr 198.51.100.0/28 counter dnat ip prefix to 10.1.1.0/28"
        ),
        NftCase(
            .input,
            [daddr("2001:db8:1::/64"), tcp],
            .destinationNAT(AddressTranslation(addresses: target("2001:db8:2::/64"))),
            nft: "ip6 daddr 2001:db8:1::/64 meta l4proto tcp counter dnat ip6 prefix to 2001:db8:2::/64"
        ),
        NftCase(
            .output,
            [to("eth0"), saddr("10.1.0.0/16")],
            .sourceNAT(AddressTranslation(addresses: target("10.9.0.0/16"))),
            nft: #"oifname "eth0" ip saddr 10.1.0.0/16 counter snat ip prefix to 10.9.0.0/16"#
        ),
        NftCase(
            .input,
            [daddr("198.51.100.0/28")],
            .destinationNAT(AddressTranslation(addresses: target("10.1.1.0-10.1.1.15"))),
            nft: "ip daddr 198.51.100.0/28 counter dnat ip to 10.1.1.0-10.1.1.15",
            listed: ["ip daddr 198.51.100.0/28 counter dnat ip to 10.1.1.0/28"]
        ),
        NftCase(
            .output,
            [to("eth0")],
            .masquerade(Masquerade()),
            nft: #"oifname "eth0" counter masquerade"#
        ),
        NftCase(
            .output,
            [proto(.tcp, .udp)],
            .masquerade(Masquerade(ports: Interval(1024, 2048), flags: .random)),
            nft: "meta l4proto { tcp, udp } counter masquerade to :1024-2048 random"
        ),
        NftCase(
            .forward,
            [from("eth1"), to("eth0")],
            .masquerade(Masquerade()),
            nft: #"iifname "eth1" oifname "eth0" counter masquerade"#
        ),
        NftCase(
            .forward,
            [to("eth0")],
            .masquerade(Masquerade()),
            nft: #"iif != 0 oifname "eth0" counter masquerade"#
        ),
    ]

    static let setCases = [
        NftCase(
            .input,
            [saddr(set: "bogons")],
            .drop,
            nft: "ip saddr @bogons-v4 counter drop",
            "ip6 saddr @bogons-v6 counter drop",
            sets: [NamedSet(name: "bogons", contents: .prefixes(addresses(["10.0.0.0/8", "2001:db8::/32"])))]
        ).with(["bogons-v4": "10.0.0.0/8", "bogons-v6": "2001:db8::/32"]),
        NftCase(
            .input,
            [saddr(set: "admins", isNegated: true), tcp, dport(.port(22))],
            .drop,
            nft: "ip saddr != @admins-v4 tcp dport 22 counter drop",
            sets: [NamedSet(name: "admins", contents: .addresses(addresses(["10.0.0.1", "10.0.0.2"])))]
        ).with(["admins-v4": "10.0.0.1, 10.0.0.2"]),
        NftCase(
            .input,
            [tcp, .destinationPort(Membership(.namedSet("web")))],
            nft: "tcp dport @web counter accept",
            sets: [NamedSet(name: "web", contents: .ports(ports([.port(80), 8000...8099])))]
        ).with(["web": "80, 8000-8099"]),
        NftCase(
            .input,
            [.inputInterface(Membership(.namedSet("lans"), isNegated: true))],
            nft: "iifname != @lans counter accept",
            sets: [NamedSet(name: "lans", contents: .interfaces([pattern("eth0"), pattern("wg*")]))]
        ).with(["lans": #""eth0", "wg*""#]),
        NftCase(
            .input,
            [.transportProtocol(Membership(.namedSet("tunnels")))],
            nft: "meta l4proto @tunnels counter accept",
            sets: [NamedSet(name: "tunnels", contents: .protocols([.tcp, IPProtocol(rawValue: 47)]))]
        ).with(["tunnels": "tcp, gre"]),
        NftCase(
            .input,
            [.transportProtocol(Membership(.namedSet("both"))), dport(.port(53))],
            nft: "meta l4proto @both th dport 53 counter accept",
            sets: [NamedSet(name: "both", contents: .protocols([.tcp, .udp]))]
        ).with(["both": "tcp, udp"]),
        NftCase(
            .input,
            [.transportProtocol(Membership(.namedSet("both"))), sport(.port(53), .port(123), isNegated: true)],
            nft: "meta l4proto @both th sport != { 53, 123 } counter accept",
            sets: [NamedSet(name: "both", contents: .protocols([.tcp, .udp]))]
        ).with(["both": "tcp, udp"]),
        NftCase(
            .input,
            [.mark(Membership(.namedSet("marks")))],
            nft: "meta mark @marks counter accept",
            sets: [NamedSet(name: "marks", contents: .marks(IntervalSet([1, 0x1000] as [UInt32])))]
        ).with(["marks": "0x1, 0x1000"]),
        NftCase(
            .input,
            [.connectionMark(Membership(.namedSet("bands"), isNegated: true))],
            nft: "ct mark != @bands counter accept",
            sets: [NamedSet(name: "bands", contents: .marks(IntervalSet([valid(Interval(1, 5)), Interval(0x1000)])))]
        ).with(["bands": "0x1-0x5, 0x1000"]),
    ]
}
