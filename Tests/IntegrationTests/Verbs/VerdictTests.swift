import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .iptables, .ip6tables))
struct VerdictTests {
    @Test(arguments: verdicts + chains, Loader.allCases)
    func packetsFareAsTheRulesSay(_ traffic: TrafficCase, by loader: Loader) throws {
        try check(traffic, loader: loader)
    }

    private static let verdicts: [TrafficCase] = [
        TrafficCase(
            "policy in drop\naccept in tcp dport 22",
            arriving(.tcp(22)),
            arriving(.tcp(22).v6),
            arriving(.tcp(23), .vanishes),
            arriving(.tcp(23).v6, .vanishes),
            leaving(.tcp(23)),
            passing(.tcp(23))
        ),
        TrafficCase(
            "policy out drop\naccept out udp dport 53",
            leaving(.udp(53)),
            leaving(.udp(53).v6),
            leaving(.tcp(53), .vanishes),
            passing(.tcp(53))
        ),
        TrafficCase(
            "policy forward drop\naccept forward from eth0 to eth1\naccept forward ct state established",
            passing(.tcp(80)),
            passing(.tcp(Packet.usualPort, from: 80, flags: [.syn, .ack]), from: "eth1", to: "eth0"),
            passing(.tcp(80), from: "eth1", to: "eth0", .vanishes),
            passing(.tcp(80).v6, to: "vpn0", .vanishes),
            arriving(.tcp(80))
        ),
        TrafficCase("policy in accept\ndrop in tcp dport 25", arriving(.tcp(25), .vanishes), arriving(.tcp(26))),
        // The first rule that decides wins.
        TrafficCase(
            "accept in saddr 192.0.2.2\ndrop in tcp dport 25",
            arriving(.tcp(25)),
            arriving(.tcp(25).from("192.0.2.3"), .vanishes)
        ),
        TrafficCase(
            "drop out on eth0 tcp dport 25",
            leaving(.tcp(25), .vanishes),
            leaving(.tcp(26)),
            leaving(.tcp(25), on: "eth1")
        ),
        TrafficCase(
            "drop in tcp dport 25 log \"mail: \" \"nobody may send mail here\"",
            arriving(.tcp(25), .vanishes),
            arriving(.tcp(26))
        ),
        TrafficCase(
            "log \"mail: \" level info in tcp dport 25\ncount in udp\nlog group 7 out\ndrop in tcp dport 26",
            arriving(.tcp(25)),
            arriving(.udp(25)),
            leaving(.tcp(25)),
            arriving(.tcp(26), .vanishes)
        ),
        TrafficCase(
            "option counters off\ndrop in tcp dport 25",
            arriving(.tcp(25), .vanishes),
            arriving(.tcp(26))
        ),
        TrafficCase(
            "notrack in udp dport 53\npolicy in drop\naccept in ct state untracked",
            arriving(.udp(53)),
            arriving(.udp(53).v6),
            arriving(.udp(54), .vanishes),
            arriving(.tcp(53), .vanishes)
        ),
        TrafficCase(
            "notrack out tcp dport 25\ndrop out ct state untracked",
            leaving(.tcp(25), .vanishes),
            leaving(.tcp(26))
        ),
    ]

    private static let chains: [TrafficCase] = [
        TrafficCase(
            "chain web {\n    accept tcp dport 80\n    drop tcp dport 81\n}\njump web in on eth0\ndrop in tcp dport 80-82",
            arriving(.tcp(80)),
            arriving(.tcp(81), .vanishes),
            arriving(.tcp(82), .vanishes),
            arriving(.tcp(83)),
            arriving(.tcp(80), on: "eth1", .vanishes),
            arriving(.tcp(80).v6)
        ),
        TrafficCase(
            "chain web {\n    accept tcp dport 80\n}\ngoto web in on eth0\ndrop in tcp",
            arriving(.tcp(80)),
            arriving(.tcp(81)),
            arriving(.tcp(81), on: "eth1", .vanishes)
        ),
        TrafficCase(
            "chain web {\n    return saddr 192.0.2.3\n    drop tcp dport 80\n}\njump web in",
            arriving(.tcp(80), .vanishes),
            arriving(.tcp(80).from("192.0.2.3")),
            arriving(.tcp(81))
        ),
        TrafficCase(
            "policy in drop\nreturn in tcp dport 80\naccept in tcp",
            arriving(.tcp(81)),
            arriving(.tcp(80), .vanishes)
        ),
        TrafficCase(
            "chain deep {\n    drop tcp dport 80\n}\nchain shallow {\n    jump deep saddr 192.0.2.3\n    drop tcp dport 81\n}\n"
                + "jump shallow in\njump deep out",
            arriving(.tcp(80)),
            arriving(.tcp(80).from("192.0.2.3"), .vanishes),
            arriving(.tcp(81), .vanishes),
            leaving(.tcp(80), .vanishes),
            leaving(.tcp(81))
        ),
        TrafficCase(
            "chain slow {\n    accept limit 1/hour burst 2\n    drop\n}\njump slow in tcp dport { 2222, 5900-5910 }",
            arriving(.tcp(2222)),
            arriving(.tcp(5905)),
            arriving(.tcp(2222, from: 40001), .vanishes),
            arriving(.tcp(80))
        ),
        TrafficCase(
            "chain early hook prerouting priority raw - 10 {\n    drop tcp dport 25\n}",
            iptables: .no(because: "early"),
            arriving(.tcp(25), .vanishes),
            passing(.tcp(25), .vanishes),
            arriving(.tcp(26)),
            leaving(.tcp(25))
        ),
        TrafficCase(
            "chain late hook postrouting priority 300 policy drop {\n    accept tcp\n}",
            iptables: .no(because: "late"),
            leaving(.udp(53), .vanishes),
            passing(.udp(53), .vanishes),
            leaving(.tcp(53))
        ),
        TrafficCase(
            "chain port-forward {\n    dnat tcp dport 80 to 198.51.100.3:8080\n    redirect tcp dport 21 to :2121\n}\n"
                + "jump port-forward in on eth0",
            arriving(.tcp(80), .goes(to: "198.51.100.3", port: 8080)),
            arriving(.tcp(21), .goes(port: 2121)),
            arriving(.tcp(21), on: "eth1")
        ),
        TrafficCase(
            "chain marks {\n    set mark 7 tcp dport 25\n}\njump marks in\ndrop in mark 7",
            arriving(.tcp(25), .vanishes),
            arriving(.tcp(26))
        ),
    ]
}
