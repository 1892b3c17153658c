import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .iptables, .ip6tables, .ipset))
struct TransportMatchTests {
    @Test(arguments: ports + protocols + flags + icmp, Loader.allCases)
    func packetsFareAsTheRulesSay(_ traffic: TrafficCase, by loader: Loader) throws {
        try check(traffic, loader: loader)
    }

    /// nft 1.0.6 makes one comparison of two ports that are shut out: neither `emit` nor the listing of what `apply` made may lead it there.
    @Test(arguments: [false, true])
    func twoPortsThatAreShutOutStayTwoConditionsInNft(isListed: Bool) throws {
        try withWeir { weir in
            let rules = "drop in tcp sport ! 443 dport ! 53"
            let file = try weir.write(rules + "\n")
            let host = try HostUnderTest()
            var script = try weir.emit(file, as: "nft")
            if isListed {
                try weir.apply(file)
                script = try outputOf("nft", "list", "ruleset")
                try outputOf("nft", "flush", "ruleset")
            }
            try outputOf("nft", "-f", "-", input: script)
            for step in [
                arriving(.tcp(25), .vanishes), arriving(.tcp(53, from: 40001)), arriving(.tcp(25, from: 443)),
                arriving(.tcp(53, from: 443)),
            ] {
                try host.check(step, in: rules)
            }
        }
    }

    private static let ports: [TrafficCase] = [
        .dropping(
            "drop in tcp sport ! 443 dport ! 53",
            [arriving(.tcp(25))],
            butNot: [arriving(.tcp(53, from: 40001)), arriving(.tcp(25, from: 443)), arriving(.tcp(53, from: 443))]
        ),
        .dropping(
            "drop in tcp dport 25",
            [arriving(.tcp(25)), arriving(.tcp(25).v6), arriving(.tcp(25, flags: .ack))],
            butNot: [arriving(.tcp(26)), arriving(.udp(25)), arriving(.tcp(40001, from: 25))]
        ),
        .dropping("drop in tcp dport smtp", [arriving(.tcp(25))], butNot: [arriving(.tcp(24))]),
        .dropping(
            "drop in tcp dport !25",
            [arriving(.tcp(26)), arriving(.tcp(24).v6)],
            butNot: [arriving(.tcp(25)), arriving(.udp(26))]
        ),
        .dropping(
            "drop in tcp dport 20-25",
            [arriving(.tcp(20)), arriving(.tcp(25).v6)],
            butNot: [arriving(.tcp(19)), arriving(.tcp(26))]
        ),
        .dropping(
            "drop in tcp dport !20-25",
            [arriving(.tcp(19)), arriving(.tcp(26).v6)],
            butNot: [arriving(.tcp(20)), arriving(.tcp(25))]
        ),
        .dropping(
            "drop in tcp dport { ssh, 80 }",
            [arriving(.tcp(22)), arriving(.tcp(80).v6)],
            butNot: [arriving(.tcp(23)), arriving(.udp(80))]
        ),
        .dropping(
            "drop in tcp dport { 22, 5900-5910, 65535 }",
            [arriving(.tcp(22)), arriving(.tcp(5900)), arriving(.tcp(5910).v6), arriving(.tcp(65535))],
            butNot: [arriving(.tcp(5899)), arriving(.tcp(5911)), arriving(.tcp(65534))]
        ),
        .dropping(
            "drop in tcp dport !{ 22, 5900-5910 }",
            [arriving(.tcp(23)), arriving(.tcp(5911).v6)],
            butNot: [arriving(.tcp(22)), arriving(.tcp(5905)), arriving(.udp(23))]
        ),
        .dropping(
            // Sixteen ports and more: iptables' multiport takes fifteen.
            "drop in tcp dport { 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31-40 }",
            [arriving(.tcp(1)), arriving(.tcp(29)), arriving(.tcp(40))],
            butNot: [arriving(.tcp(2)), arriving(.tcp(30)), arriving(.tcp(41))]
        ),
        .dropping(
            "drop in tcp dport !{ 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31-40 }",
            [arriving(.tcp(2)), arriving(.tcp(30)), arriving(.tcp(41))],
            butNot: [arriving(.tcp(1)), arriving(.tcp(29)), arriving(.tcp(40))]
        ),
        .dropping(
            "set services: port { 22, 8000-8010 }\ndrop in tcp dport @services\ndrop in udp dport !@services",
            [arriving(.tcp(22)), arriving(.tcp(8010).v6), arriving(.udp(53))],
            butNot: [arriving(.tcp(23)), arriving(.udp(8005))]
        ),
        .dropping(
            "drop in tcp sport 25",
            [arriving(.tcp(40001, from: 25))],
            butNot: [arriving(.tcp(25)), arriving(.tcp(40001, from: 26))]
        ),
        .dropping(
            "drop in tcp sport 1024-65535 dport 25",
            [arriving(.tcp(25, from: 1024)), arriving(.tcp(25, from: 65535))],
            butNot: [arriving(.tcp(25, from: 1023)), arriving(.tcp(26))]
        ),
        .dropping(
            "drop in udp dport domain",
            [arriving(.udp(53)), arriving(.udp(53).v6)],
            butNot: [arriving(.udp(54)), arriving(.tcp(53))]
        ),
        .dropping("drop out udp sport 68 dport 67", [leaving(.udp(67, from: 68))], butNot: [leaving(.udp(67))]),
        .dropping(
            "drop in sctp dport 5000-5010",
            [arriving(.sctp(5000)), arriving(.sctp(5010).v6)],
            butNot: [arriving(.sctp(5011)), arriving(.tcp(5000)), arriving(.udp(5000))]
        ),
        .dropping(
            "drop forward sctp sport 7000",
            [passing(.sctp(5000, from: 7000))],
            butNot: [passing(.sctp(7000))]
        ),
        .dropping(
            "let web = tcp dport { 80, 443 }\ndrop in $web\ndrop out $web daddr 192.0.2.2",
            [arriving(.tcp(80)), arriving(.tcp(443).v6), leaving(.tcp(443))],
            butNot: [arriving(.tcp(81)), leaving(.tcp(443).v6), leaving(.tcp(80), on: "eth1")]
        ),
        .dropping(
            "drop in proto { tcp, udp } dport 53",
            [arriving(.tcp(53)), arriving(.udp(53).v6)],
            butNot: [arriving(.tcp(54)), arriving(.sctp(53))]
        ),
    ]

    private static let protocols: [TrafficCase] = [
        .dropping(
            "drop in tcp",
            [arriving(.tcp(25)), arriving(.tcp(1).v6)],
            butNot: [arriving(.udp(25)), arriving(.ping)]
        ),
        .dropping("drop in udp", [arriving(.udp(25)), arriving(.udp(1).v6)], butNot: [arriving(.tcp(25))]),
        .dropping("drop in sctp", [arriving(.sctp(25))], butNot: [arriving(.tcp(25)), arriving(.udp(25))]),
        .dropping("drop in proto gre", [arriving(.other(47)), arriving(.other(47).v6)], butNot: [arriving(.tcp(25))]),
        .dropping("drop in proto 47", [arriving(.other(47))], butNot: [arriving(.udp(25))]),
        .dropping(
            "drop in proto { gre, udp }",
            [arriving(.other(47)), arriving(.udp(5))],
            butNot: [arriving(.tcp(5))]
        ),
        .dropping(
            "drop in proto !{ gre, tcp }",
            [arriving(.udp(5)), arriving(.ping), arriving(.udp(5).v6)],
            butNot: [arriving(.tcp(5)), arriving(.other(47))]
        ),
        .dropping("drop in proto !tcp", [arriving(.udp(5)), arriving(.other(47))], butNot: [arriving(.tcp(5))]),
        .dropping(
            "set tunnels: proto { gre, esp }\ndrop in proto @tunnels",
            [arriving(.other(47)), arriving(.other(50))],
            butNot: [arriving(.tcp(5))]
        ),
    ]

    private static let flags: [TrafficCase] = [
        .dropping(
            "drop in tcp flags syn",
            [arriving(.tcp(25, flags: .syn)), arriving(.tcp(25, flags: [.syn, .ack]).v6)],
            butNot: [arriving(.tcp(25, flags: .ack)), arriving(.tcp(25, flags: [.fin, .ack]))]
        ),
        .dropping(
            "drop in tcp flags syn / syn,ack,fin,rst",
            [arriving(.tcp(25, flags: .syn)), arriving(.tcp(25, flags: [.syn, .psh]))],
            butNot: [arriving(.tcp(25, flags: [.syn, .ack])), arriving(.tcp(25, flags: .ack))]
        ),
        .dropping(
            "drop in tcp flags !syn / syn,ack,fin,rst",
            [arriving(.tcp(25, flags: .ack)), arriving(.tcp(25, flags: [.syn, .fin]))],
            butNot: [arriving(.tcp(25, flags: .syn)), arriving(.udp(25))]
        ),
        .dropping(
            "drop in tcp flags fin,psh,urg / fin,syn,rst,psh,ack,urg",
            [arriving(.tcp(25, flags: [.fin, .psh, .urg]))],
            butNot: [arriving(.tcp(25, flags: [.fin, .psh, .urg, .ack])), arriving(.tcp(25, flags: [.fin, .ack]))]
        ),
        // None of these, as everywhere: the segments that nobody sends in earnest.
        .dropping(
            "drop in tcp flags ! { fin, syn, rst, psh, ack, urg }",
            [arriving(.tcp(25, flags: []))],
            butNot: [
                arriving(.tcp(25, flags: .syn)), arriving(.tcp(26, flags: [.syn, .ack])),
                arriving(.tcp(27, flags: .ack)),
                arriving(.tcp(28, flags: [.psh, .ack])), arriving(.tcp(29, flags: [.fin, .ack])),
                arriving(.tcp(30, flags: .rst)),
            ]
        ),
        .dropping(
            "drop in tcp flags ! syn,ack",
            [arriving(.tcp(25, flags: .rst)), arriving(.tcp(26, flags: []))],
            butNot: [arriving(.tcp(25, flags: .syn)), arriving(.tcp(26, flags: [.fin, .ack]))]
        ),
        // With a mask: not all of them, and any of them.
        .dropping(
            "drop in tcp flags ! syn,ack / syn,ack",
            [arriving(.tcp(25, flags: .syn)), arriving(.tcp(26, flags: .ack)), arriving(.tcp(27, flags: .rst))],
            butNot: [arriving(.tcp(25, flags: [.syn, .ack]))]
        ),
        .dropping(
            "drop in tcp flags ! 0 / fin,rst",
            [arriving(.tcp(25, flags: .rst)), arriving(.tcp(26, flags: [.fin, .ack]))],
            butNot: [arriving(.tcp(25, flags: .syn)), arriving(.tcp(26, flags: .ack))]
        ),
        .dropping(
            "drop in tcp dport 25 flags rst",
            [arriving(.tcp(25, flags: .rst))],
            butNot: [arriving(.tcp(26, flags: .rst)), arriving(.tcp(25))]
        ),
    ]

    private static let icmp: [TrafficCase] = [
        .dropping(
            "drop in icmp",
            [arriving(.ping), arriving(.icmp(13))],
            butNot: [arriving(.ping6), arriving(.tcp(1))]
        ),
        .dropping(
            "drop in icmp type echo-request",
            [arriving(.ping)],
            butNot: [arriving(.icmp(0)), arriving(.ping6), arriving(.icmp(10))]
        ),
        .dropping(
            "drop in icmp type { echo-request, router-solicitation }",
            [arriving(.ping), arriving(.icmp(10))],
            butNot: [arriving(.icmp(0)), arriving(.ping6)]
        ),
        .dropping(
            "drop in icmp type !echo-request",
            [arriving(.icmp(10))],
            butNot: [arriving(.ping), arriving(.ping6)]
        ),
        .dropping(
            "drop in icmp type destination-unreachable code port-unreachable",
            [arriving(.error(3, 3, about: .udp(53).from("192.0.2.1").to("192.0.2.2")))],
            butNot: [arriving(.error(3, 1, about: .udp(53).from("192.0.2.1").to("192.0.2.2"))), arriving(.ping)]
        ),
        .dropping("drop in icmp type 8 code 0", [arriving(.ping)], butNot: [arriving(.icmp(10)), arriving(.icmp(0))]),
        .dropping(
            "drop in icmpv6",
            [arriving(.ping6), arriving(.icmpv6(128))],
            butNot: [arriving(.ping), arriving(.tcp(1).v6)]
        ),
        .dropping(
            "drop in icmpv6 type echo-request",
            [arriving(.ping6)],
            butNot: [arriving(.icmpv6(129)), arriving(.ping)]
        ),
        .dropping(
            "drop in icmpv6 type { echo-request, echo-reply }",
            [arriving(.ping6), arriving(.icmpv6(129))],
            butNot: [arriving(.icmpv6(139)), arriving(.ping)]
        ),
        .dropping(
            "drop in icmpv6 type destination-unreachable code admin-prohibited",
            [arriving(.error(1, 1, about: .udp(53).from("2001:db8::1").to("2001:db8::2")))],
            butNot: [arriving(.error(1, 4, about: .udp(53).from("2001:db8::1").to("2001:db8::2"))), arriving(.ping6)]
        ),
        .dropping("drop out icmp type echo-request", [leaving(.ping)], butNot: [leaving(.ping6), arriving(.ping)]),
        .dropping("drop forward icmpv6 type 128", [passing(.ping6)], butNot: [passing(.ping), arriving(.ping6)]),
    ]
}
