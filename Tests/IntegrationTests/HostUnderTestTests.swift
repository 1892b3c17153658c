import TestSupport
import Testing

/// The tools of the other tests see what there is to see.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct HostUnderTestTests {
    @Test(arguments: [false, true])
    func withoutRulesEverythingPasses(isIPv6: Bool) throws {
        let host = try HostUnderTest()
        for packet in [
            Packet.tcp(25), .tcp(25, flags: .ack), .udp(53), .sctp(5000), .other(47), .icmp(isIPv6 ? 128 : 8),
        ] {
            let packet = isIPv6 ? packet.v6 : packet
            try host.check(arriving(packet, .passes), in: "in")
            try host.check(passing(packet, .passes), in: "forward")
            try host.check(leaving(packet, on: "vpn0", .passes), in: "out")
        }
    }

    @Test func rulesOfNFTAreSeenAtWork() throws {
        let host = try HostUnderTest()
        try outputOf(
            "nft",
            "-f",
            "-",
            input: """
                table inet t {
                    chain i { type filter hook input priority 0; tcp dport 1 drop; tcp dport 2 reject; tcp dport 3 reject with tcp reset; }
                    chain f { type filter hook forward priority 0; tcp dport 1 drop; tcp dport 2 reject; tcp dport 3 reject with tcp reset; }
                    chain o { type filter hook output priority 0; tcp dport 1 drop; tcp dport 2 reject; tcp dport 3 reject with tcp reset; }
                    chain p { type nat hook prerouting priority -100; tcp dport 4 redirect to :27664; tcp dport 5 dnat ip to 198.51.100.3:8080; }
                    chain n { type nat hook output priority -100; tcp dport 4 redirect to :27664; tcp dport 5 dnat ip to 198.51.100.3:8080; }
                    chain s { type nat hook postrouting priority 100; tcp dport 6 masquerade; tcp dport 7 masquerade to :5000-5009 random; }
                }
                """
        )
        for (way, name) in [(arriving, "in"), (leaving, "out")] as [(Way, String)] {
            for isIPv6 in [false, true] {
                func packet(_ port: UInt16) -> Packet { isIPv6 ? Packet.tcp(port).v6 : .tcp(port) }
                try host.check(way(packet(1), "eth0", .vanishes, #_sourceLocation), in: name)
                try host.check(
                    way(packet(2), "eth0", .isAnsweredBy(icmp: isIPv6 ? 1 : 3, isIPv6 ? 4 : 3), #_sourceLocation),
                    in: name
                )
                try host.check(way(packet(3), "eth0", .isReset, #_sourceLocation), in: name)
            }
        }
        try host.check(passing(.tcp(2), .isAnsweredBy(icmp: 3, 3)), in: "forward")
        try host.check(passing(.tcp(2).v6, .isAnsweredBy(icmp: 1, 4)), in: "forward")
        try host.check(passing(.tcp(3).v6, .isReset), in: "forward")
        try host.check(arriving(.tcp(4), .goes(port: 27664)), in: "redirect in")
        try host.check(arriving(.tcp(5), .goes(to: "198.51.100.3", port: 8080)), in: "dnat in")
        try host.check(leaving(.tcp(4), .goes(to: "127.0.0.1", port: 27664)), in: "redirect out")
        try host.check(leaving(.tcp(5), .goes(to: "198.51.100.3", port: 8080)), in: "dnat out")
        try host.check(passing(.tcp(6), .comes(from: "198.51.100.1")), in: "masquerade")
        try host.check(passing(.tcp(6).v6, .comes(from: "2001:db8:1::1")), in: "masquerade")
        try host.check(passing(.tcp(7), .comes(from: "198.51.100.1", among: 5000...5009)), in: "masquerade")
    }
}

private typealias Way = (Packet, String, Step.Fate, SourceLocation) -> Step
