import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .iptables, .ip6tables))
struct RejectTests {
    /// The word in the rule file and the ICMP and ICMPv6 codes that it means.
    struct Answer: Sendable, CustomTestStringConvertible {
        let words: String
        let code4: UInt8
        let code6: UInt8

        init(_ words: String, _ code4: UInt8, _ code6: UInt8) {
            self.words = words
            self.code4 = code4
            self.code6 = code6
        }

        var testDescription: String { words.isEmpty ? "reject" : words }
    }

    /// RFC 792 and RFC 1812 5.2.7.1 for type 3; RFC 4443 3.1 for type 1.
    private static let answers = [
        Answer("", 3, 4),
        Answer("with icmp net-unreachable", 0, 0),
        Answer("with icmp host-unreachable", 1, 3),
        Answer("with icmp prot-unreachable", 2, 4),
        Answer("with icmp port-unreachable", 3, 4),
        Answer("with icmp net-prohibited", 9, 1),
        Answer("with icmp host-prohibited", 10, 1),
        Answer("with icmp admin-prohibited", 13, 1),
        Answer("with icmpv6 no-route", 0, 0),
        Answer("with icmpv6 admin-prohibited", 13, 1),
        Answer("with icmpv6 addr-unreachable", 1, 3),
        Answer("with icmpv6 port-unreachable", 3, 4),
        Answer("with icmpv6 policy-fail", 13, 5),
        Answer("with icmpv6 reject-route", 13, 6),
        Answer("with icmpx no-route", 0, 0),
        Answer("with icmpx host-unreachable", 1, 3),
        Answer("with icmpx port-unreachable", 3, 4),
        Answer("with icmpx admin-prohibited", 13, 1),
    ]

    @Test(arguments: answers, Loader.allCases)
    func theSenderIsToldInItsFamily(_ answer: Answer, by loader: Loader) throws {
        let rules = ["in", "out", "forward"].map { "reject \($0) udp dport 53 \(answer.words)" }
        var traffic = TrafficCase(rules.joined(separator: "\n"))
        for (packet, type, code) in [(Packet.udp(53), 3, answer.code4), (.udp(53).v6, 1, answer.code6)]
            as [(Packet, UInt8, UInt8)]
        {
            let fate = Step.Fate.isAnsweredBy(icmp: type, code)
            traffic.steps += [arriving(packet, fate), passing(packet, fate), leaving(packet, fate)]
        }
        traffic.steps += [arriving(.tcp(53)), passing(.udp(54).v6), leaving(.udp(54))]
        try check(traffic, loader: loader)
    }

    @Test(
        arguments: [
            TrafficCase(
                "reject in tcp dport 113 with tcp reset\nreject out tcp dport 25 with tcp reset\n"
                    + "reject forward tcp dport 80 with tcp reset",
                arriving(.tcp(113), .isReset),
                arriving(.tcp(113).v6, .isReset),
                leaving(.tcp(25), .isReset),
                leaving(.tcp(25).v6, .isReset),
                passing(.tcp(80), .isReset),
                passing(.tcp(80).v6, .isReset),
                arriving(.tcp(114)),
                leaving(.tcp(26)),
                passing(.tcp(81))
            ),
            // An address fixes the family.
            TrafficCase(
                "reject in saddr 192.0.2.2 tcp dport 25 with icmp host-prohibited\n"
                    + "reject in saddr 2001:db8::2 tcp dport 25 with icmpv6 policy-fail",
                arriving(.tcp(25), .isAnsweredBy(icmp: 3, 10)),
                arriving(.tcp(25).v6, .isAnsweredBy(icmp: 1, 5)),
                arriving(.tcp(25).from("192.0.2.3")),
                arriving(.tcp(26).v6)
            ),
            TrafficCase(
                "reject in saddr 192.0.2.2 tcp dport 25 with icmpx no-route\n"
                    + "reject in ip6 tcp dport 25 with icmpx host-unreachable",
                arriving(.tcp(25), .isAnsweredBy(icmp: 3, 0)),
                arriving(.tcp(25).v6, .isAnsweredBy(icmp: 1, 3)),
                arriving(.tcp(25).from("192.0.2.3"))
            ),
            TrafficCase(
                "set bad: address { 192.0.2.3, 2001:db8::3 }\nreject in saddr @bad with icmp admin-prohibited",
                arriving(.tcp(25).from("192.0.2.3"), .isAnsweredBy(icmp: 3, 13)),
                arriving(.tcp(25).from("2001:db8::3"), .isAnsweredBy(icmp: 1, 1)),
                arriving(.tcp(25)),
                arriving(.tcp(25).v6)
            ),
            TrafficCase(
                "reject out on eth0 udp dport 137-139 with icmp host-unreachable",
                leaving(.udp(137), .isAnsweredBy(icmp: 3, 1)),
                leaving(.udp(139).v6, .isAnsweredBy(icmp: 1, 3)),
                leaving(.udp(138), on: "eth1"),
                leaving(.udp(140))
            ),
        ],
        Loader.allCases
    )
    func onlyWhatTheRuleMeansIsRejected(_ traffic: TrafficCase, by loader: Loader) throws {
        try check(traffic, loader: loader)
    }
}
