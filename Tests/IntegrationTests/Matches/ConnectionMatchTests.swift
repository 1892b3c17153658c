import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .iptables, .ip6tables))
struct ConnectionMatchTests {
    @Test(arguments: cases, Loader.allCases)
    func packetsFareAsTheRulesSay(_ traffic: TrafficCase, by loader: Loader) throws {
        try check(traffic, loader: loader)
    }

    /// What a neighbour answers to a connection that the host opens to its port 25.
    private static let answer = Packet.tcp(Packet.usualPort, from: 25, flags: [.rst, .ack])

    private static let cases: [TrafficCase] = [
        TrafficCase(
            "policy in drop\naccept in ct state established,related",
            arriving(answer, .vanishes),
            arriving(answer.v6, .vanishes),
            leaving(.tcp(25)),
            arriving(answer),
            leaving(.tcp(25).v6),
            arriving(answer.v6),
            arriving(.tcp(25), .vanishes)
        ),
        TrafficCase(
            "policy in drop\naccept in ct state related",
            leaving(.udp(53).to("203.0.113.2"), on: "wlan0"),
            arriving(.udp(Packet.usualPort, from: 53).from("203.0.113.2").to("203.0.113.1"), on: "wlan0", .vanishes),
            arriving(.error(3, 1, about: .udp(53).from("203.0.113.1").to("203.0.113.2")), on: "wlan0"),
            arriving(.error(3, 1, about: .udp(54).from("203.0.113.1").to("203.0.113.2")), on: "wlan0", .vanishes)
        ),
        .dropping(
            "drop in ct state new",
            [arriving(.tcp(25)), arriving(.udp(53).v6), arriving(.ping)],
            butNot: [leaving(.tcp(25)), arriving(answer)]
        ),
        .dropping(
            "drop in ct state !new,established",
            [arriving(.tcp(25, flags: [.syn, .rst])), arriving(.icmp(0)), arriving(.icmpv6(129))],
            butNot: [arriving(.tcp(25)), arriving(.tcp(25).v6)]
        ),
        .dropping(
            "drop in ct state invalid",
            [arriving(.tcp(25, flags: [.syn, .rst])), arriving(.icmp(0))],
            butNot: [arriving(.tcp(25)), arriving(.ping), arriving(.udp(53))]
        ),
        TrafficCase(
            "redirect in tcp dport 21 to :2121\ndrop in ct status dnat",
            arriving(.tcp(21), .vanishes),
            arriving(.tcp(21).v6, .vanishes),
            arriving(.tcp(2121)),
            arriving(.tcp(22))
        ),
        TrafficCase(
            "redirect in tcp dport 21 to :2121\ndrop in ct status !dnat tcp dport 2121",
            arriving(.tcp(2121), .vanishes),
            arriving(.tcp(21), .goes(port: 2121))
        ),
        TrafficCase(
            "redirect in tcp dport { 21, 22 } to :2121\ndrop in tcp dport 2121 ct original dport 21",
            arriving(.tcp(21), .vanishes),
            arriving(.tcp(22), .goes(port: 2121)),
            arriving(.tcp(22).v6, .goes(port: 2121)),
            arriving(.tcp(2121))
        ),
        .dropping(
            "set mark 7 in saddr 192.0.2.3\ndrop in mark 7",
            [arriving(.tcp(25).from("192.0.2.3"))],
            butNot: [arriving(.tcp(25)), arriving(.tcp(25).v6)]
        ),
        .dropping(
            "set mark 0x17 in saddr 192.0.2.3\ndrop in mark 0x10/0xf0",
            [arriving(.tcp(25).from("192.0.2.3"))],
            butNot: [arriving(.tcp(25))]
        ),
        .dropping(
            "set mark 7 in saddr 192.0.2.3\ndrop in mark !7 tcp",
            [arriving(.tcp(25)), arriving(.tcp(25).v6)],
            butNot: [arriving(.tcp(25).from("192.0.2.3")), arriving(.udp(25))]
        ),
        .dropping(
            "set mark 7 forward tcp dport 25\ndrop forward mark 7",
            [passing(.tcp(25)), passing(.tcp(25).v6)],
            butNot: [passing(.tcp(26))]
        ),
        .dropping(
            "set mark 7 out tcp dport 25\ndrop out mark 7",
            [leaving(.tcp(25)), leaving(.tcp(25).v6)],
            butNot: [leaving(.tcp(26))]
        ),
        .dropping(
            "set bad: mark { 7, 9 }\nset mark 7 in saddr 192.0.2.3\nset mark 8 in saddr 192.0.2.4\n"
                + "set mark 9 in tcp dport 99\ndrop in mark @bad",
            [arriving(.tcp(25).from("192.0.2.3")), arriving(.tcp(99)), arriving(.tcp(99).v6)],
            butNot: [arriving(.tcp(25).from("192.0.2.4")), arriving(.tcp(25)), arriving(.tcp(25).v6)]
        ),
        // Ranges compare as numbers, whichever byte comes first: 0x0200 lies between 0x1ff and 0x300, its swapped bytes do not.
        .dropping(
            "set band: mark { 0x1ff-0x300, 0x1000 }\nset mark 0x200 in saddr 192.0.2.3\n"
                + "set mark 0x301 in saddr 192.0.2.4\nset mark 0x1000 in tcp dport 99\ndrop in mark @band",
            [arriving(.tcp(25).from("192.0.2.3")), arriving(.tcp(99).v6)],
            butNot: [arriving(.tcp(25).from("192.0.2.4")), arriving(.tcp(25)), arriving(.tcp(25).v6)]
        ),
        .dropping(
            "set good: mark { 7, 0x10-0x1f }\nset mark 7 in saddr 192.0.2.3\nset mark 0x18 in saddr 192.0.2.4\n"
                + "drop in mark ! @good tcp",
            [arriving(.tcp(25)), arriving(.tcp(25).v6)],
            butNot: [
                arriving(.tcp(25).from("192.0.2.3")), arriving(.tcp(25).from("192.0.2.4")), arriving(.udp(25)),
            ]
        ),
        TrafficCase(
            "set calls: mark { 8-9 }\nset ct mark 9 out tcp dport 25\ndrop in ct mark @calls",
            leaving(.tcp(25)),
            arriving(answer, .vanishes),
            leaving(.tcp(26)),
            arriving(Packet.tcp(Packet.usualPort, from: 26, flags: [.rst, .ack]))
        ),
        TrafficCase(
            "set ct mark 9 out tcp dport 25\ndrop in ct mark 9",
            leaving(.tcp(25)),
            arriving(answer, .vanishes),
            leaving(.tcp(26)),
            arriving(Packet.tcp(Packet.usualPort, from: 26, flags: [.rst, .ack]))
        ),
        TrafficCase(
            "set ct mark 0x1230 out tcp dport 25\ndrop in ct mark 0x200/0xf00",
            leaving(.tcp(25)),
            arriving(answer, .vanishes),
            arriving(.tcp(25))
        ),
        TrafficCase(
            "policy in drop\naccept in icmp type echo-request limit 1/hour burst 3",
            arriving(.ping),
            arriving(.ping),
            arriving(.ping),
            arriving(.ping, .vanishes),
            arriving(.ping, .vanishes)
        ),
        // What W022 says, and the rules that it names.
        TrafficCase(
            "drop in udp dport 53 limit 1/minute burst 2",
            arriving(.udp(53), .vanishes),
            arriving(.udp(53), .vanishes),
            arriving(.udp(53)),
            arriving(.udp(53))
        ),
        TrafficCase(
            "accept in udp dport 53 limit 1/minute burst 2\ndrop in udp dport 53",
            arriving(.udp(53)),
            arriving(.udp(53)),
            arriving(.udp(53), .vanishes),
            arriving(.udp(54))
        ),
        TrafficCase(
            "drop in udp dport 53 limit over 1/minute burst 2",
            arriving(.udp(53)),
            arriving(.udp(53)),
            arriving(.udp(53), .vanishes),
            arriving(.udp(54))
        ),
        TrafficCase(
            "policy in drop\naccept in udp limit 1 bytes/hour burst 100 bytes",
            iptables: .no(because: "bytes"),
            arriving(.udp(53)),
            arriving(.udp(53)),
            arriving(.udp(53)),
            arriving(.udp(53), .vanishes)
        ),
    ]
}
