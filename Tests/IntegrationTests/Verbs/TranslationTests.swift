import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .iptables, .ip6tables))
struct TranslationTests {
    @Test(arguments: redirects + destinations + sources, Loader.allCases)
    func packetsFareAsTheRulesSay(_ traffic: TrafficCase, by loader: Loader) throws {
        try check(traffic, loader: loader)
    }

    private static let redirects: [TrafficCase] = [
        TrafficCase(
            "redirect in on eth0 tcp dport 21 to :27664",
            arriving(.tcp(21), .goes(port: 27664)),
            arriving(.tcp(21).v6, .goes(port: 27664)),
            // Whoever it was for: the packet was on its way through.
            passing(.tcp(21, from: 40001), .goes(to: "192.0.2.1", port: 27664)),
            arriving(.tcp(21), on: "eth1"),
            arriving(.tcp(22)),
            arriving(.udp(21)),
            arriving(.tcp(27664))
        ),
        TrafficCase(
            "redirect in udp dport 53 to :5353",
            arriving(.udp(53), .goes(port: 5353)),
            arriving(.udp(53).v6, .goes(port: 5353)),
            arriving(.udp(54))
        ),
        TrafficCase(
            "redirect in tcp dport 80 to :8000-8007 random",
            arriving(.tcp(80), .goes(among: 8000...8007)),
            arriving(.tcp(80).v6, .goes(among: 8000...8007)),
            arriving(.tcp(81))
        ),
        // As many ports, and yet all go to the first one: what W020 says.
        TrafficCase(
            "redirect in tcp dport 8000-8010 to :9000-9010",
            arriving(.tcp(8004), .goes(port: 9000)),
            arriving(.tcp(8006, from: 40001), .goes(port: 9000)),
            arriving(.tcp(8011))
        ),
        TrafficCase(
            "redirect in tcp dport 8000-8010 to :8005-8010",
            arriving(.tcp(8007), .goes(port: 8007)),
            arriving(.tcp(8001), .goes(port: 8005))
        ),
        TrafficCase(
            "redirect in tcp dport 80 to :8000-8007 fully-random persistent",
            iptables: .no(because: "persistent"),
            arriving(.tcp(80), .goes(among: 8000...8007))
        ),
        TrafficCase(
            "redirect out tcp dport 25 to :2525",
            leaving(.tcp(25), .goes(to: "127.0.0.1", port: 2525)),
            leaving(.tcp(25).v6, .goes(to: "::1", port: 2525)),
            leaving(.tcp(26))
        ),
        TrafficCase(
            "redirect out tcp daddr 192.0.2.2 dport 80 to :8080",
            leaving(.tcp(80), .goes(to: "127.0.0.1", port: 8080)),
            leaving(.tcp(80).to("192.0.2.3")),
            leaving(.tcp(80).v6)
        ),
        // Only what came for the old port may come to the new one.
        TrafficCase(
            "policy in drop\nredirect in on eth0 tcp dport 21 to :27664 and accept",
            arriving(.tcp(21), .goes(port: 27664)),
            arriving(.tcp(21).v6, .goes(port: 27664)),
            arriving(.tcp(27664, from: 40001), .vanishes),
            arriving(.tcp(22), .vanishes),
            arriving(.tcp(21), on: "eth1", .vanishes)
        ),
        TrafficCase(
            "policy in drop\nredirect in saddr { 192.0.2.2, 2001:db8::2 } tcp dport { 21, 2100-2109 } to :27664 and accept\n"
                + "redirect in udp dport 53 to :27664",
            arriving(.tcp(21), .goes(port: 27664)),
            arriving(.tcp(2105).v6, .goes(port: 27664)),
            arriving(.tcp(21).from("192.0.2.3"), .vanishes),
            arriving(.udp(53), .vanishes),
            arriving(.tcp(27664, from: 40001), .vanishes)
        ),
        // What this host redirects to itself comes in by `lo`; what others are redirected to is not accepted by that.
        TrafficCase(
            "policy in drop\naccept in ct state established\n"
                + "redirect out tcp daddr 192.0.2.2 dport 80 to :8080 and accept\n"
                + "redirect in on eth0 tcp dport 80 to :8080",
            leaving(.tcp(80), .goes(to: "127.0.0.1", port: 8080)),
            arriving(.tcp(80), .vanishes),
            arriving(.tcp(80).v6, .vanishes)
        ),
        TrafficCase(
            "policy in drop\nredirect in tcp dport 21 to :27664\naccept in tcp dport 27664",
            arriving(.tcp(21), .goes(port: 27664)),
            arriving(.tcp(27664, from: 40001))
        ),
    ]

    private static let destinations: [TrafficCase] = [
        TrafficCase(
            "dnat in on eth0 tcp dport 443 to 198.51.100.3:8443",
            arriving(.tcp(443), .goes(to: "198.51.100.3", port: 8443)),
            arriving(.tcp(443), on: "vpn0"),
            arriving(.tcp(444)),
            arriving(.tcp(443).v6)
        ),
        TrafficCase(
            "dnat in tcp dport 443 to 198.51.100.3",
            arriving(.tcp(443), .goes(to: "198.51.100.3")),
            arriving(.tcp(444))
        ),
        TrafficCase(
            "dnat in tcp dport 443 to [2001:db8:1::3]:8443",
            arriving(.tcp(443).v6, .goes(to: "2001:db8:1::3", port: 8443)),
            arriving(.tcp(443)),
            arriving(.tcp(444).v6)
        ),
        TrafficCase(
            "dnat in udp dport 53 to 2001:db8:1::3",
            arriving(.udp(53).v6, .goes(to: "2001:db8:1::3")),
            arriving(.udp(53))
        ),
        TrafficCase(
            "dnat in tcp dport 80 to 198.51.100.2-198.51.100.4:8000-8003 random",
            arriving(.tcp(80), .goes(to: "198.51.100.2", "198.51.100.3", "198.51.100.4", among: 8000...8003))
        ),
        TrafficCase(
            "dnat in tcp dport 80 to 198.51.100.3:8080 persistent",
            arriving(.tcp(80), .goes(to: "198.51.100.3", port: 8080))
        ),
        TrafficCase(
            "dnat in daddr 192.0.2.1 to 198.51.100.3",
            arriving(.tcp(80), .goes(to: "198.51.100.3")),
            arriving(.ping, .goes(to: "198.51.100.3")),
            arriving(.tcp(80), on: "eth1")
        ),
        // A prefix keeps the host part; another kind of range does not.
        TrafficCase(
            "dnat in on eth0 daddr 203.0.113.0/29 to 198.51.100.0/29",
            arriving(.tcp(80).to("203.0.113.2"), .goes(to: "198.51.100.2")),
            arriving(.tcp(80).to("203.0.113.3"), .goes(to: "198.51.100.3")),
            arriving(.udp(53).to("203.0.113.4"), .goes(to: "198.51.100.4")),
            arriving(.ping.to("203.0.113.3"), .goes(to: "198.51.100.3")),
            passing(.tcp(80).to("198.51.100.3"))
        ),
        TrafficCase(
            "dnat in daddr 2001:db8:f::/64 to 2001:db8:1::/64",
            arriving(.tcp(80).to("2001:db8:f::2"), .goes(to: "2001:db8:1::2")),
            arriving(.tcp(80).to("2001:db8:f::3"), .goes(to: "2001:db8:1::3")),
            arriving(.tcp(80))
        ),
        TrafficCase(
            "dnat in tcp daddr 203.0.113.0/24 dport 80 to 198.51.100.0/24:8080",
            iptables: .no(because: "NETMAP has no new port"),
            arriving(.tcp(80).to("203.0.113.3"), .goes(to: "198.51.100.3", port: 8080)),
            arriving(.tcp(80).to("203.0.113.4"), .goes(to: "198.51.100.4", port: 8080))
        ),
        TrafficCase(
            "dnat in tcp daddr 2001:db8:f::/64 dport 80 to [2001:db8:1::/64]:8080",
            iptables: .no(because: "NETMAP has no new port"),
            arriving(.tcp(80).to("2001:db8:f::3"), .goes(to: "2001:db8:1::3", port: 8080))
        ),
        TrafficCase(
            "dnat out daddr 203.0.113.0/24 to 198.51.100.0/24",
            leaving(.tcp(80).to("203.0.113.3"), .goes(to: "198.51.100.3")),
            leaving(.tcp(80).to("203.0.113.4"), .goes(to: "198.51.100.4")),
            arriving(.tcp(80))
        ),
        TrafficCase(
            "policy forward drop\ndnat in on eth0 daddr 203.0.113.0/29 to 198.51.100.0/29 and accept\n"
                + "accept forward ct state established,related",
            arriving(.tcp(80).to("203.0.113.3"), .goes(to: "198.51.100.3")),
            passing(.tcp(80, from: 40001).to("198.51.100.3"), .vanishes)
        ),
        TrafficCase(
            "dnat out on eth0 tcp daddr 192.0.2.2 dport 80 to 198.51.100.3:8080",
            leaving(.tcp(80), .goes(to: "198.51.100.3", port: 8080)),
            leaving(.tcp(80).to("192.0.2.3")),
            leaving(.tcp(81)),
            passing(.tcp(80), from: "eth1", to: "eth0")
        ),
        TrafficCase(
            "dnat out tcp daddr 2001:db8::2 dport 80 to [2001:db8:1::3]:8080",
            leaving(.tcp(80).v6, .goes(to: "2001:db8:1::3", port: 8080)),
            leaving(.tcp(80))
        ),
        TrafficCase(
            "policy forward drop\ndnat in on eth0 tcp dport 443 to 198.51.100.3:8443 and accept\n"
                + "accept forward ct state established,related",
            arriving(.tcp(443), .goes(to: "198.51.100.3", port: 8443)),
            passing(.tcp(8443, from: 40001).to("198.51.100.3"), .vanishes),
            arriving(.tcp(443), on: "vpn0")
        ),
        TrafficCase(
            "set web: address { 192.0.2.3 }\ndnat in saddr @web tcp dport { 80, 443 } to 198.51.100.3",
            arriving(.tcp(443).from("192.0.2.3"), .goes(to: "198.51.100.3")),
            arriving(.tcp(443))
        ),
    ]

    private static let sources: [TrafficCase] = [
        TrafficCase(
            "masquerade out on eth1 saddr 192.0.2.0/24",
            passing(.tcp(80), .comes(from: "198.51.100.1")),
            passing(.udp(80), .comes(from: "198.51.100.1")),
            passing(.ping, .comes(from: "198.51.100.1")),
            passing(.tcp(80), to: "vpn0"),
            passing(.tcp(80), from: "vpn0", to: "eth1"),
            passing(.tcp(80).v6)
        ),
        TrafficCase(
            "masquerade out on eth1",
            passing(.tcp(80), .comes(from: "198.51.100.1")),
            passing(.tcp(80).v6, .comes(from: "2001:db8:1::1")),
            passing(.tcp(80), to: "vpn0")
        ),
        TrafficCase(
            "masquerade forward from eth0 to eth1",
            iptables: .no(because: "after routing"),
            passing(.tcp(80), .comes(from: "198.51.100.1")),
            passing(.tcp(80), from: "vpn0", to: "eth1")
        ),
        TrafficCase(
            "masquerade out on eth1 tcp to :5000-5009",
            passing(.tcp(80), .comes(from: "198.51.100.1", among: 5000...5009)),
            passing(.tcp(80).v6, .comes(from: "2001:db8:1::1", among: 5000...5009)),
            passing(.udp(80))
        ),
        TrafficCase(
            "masquerade out on eth1 tcp to :5000-5009 random",
            passing(.tcp(80), .comes(from: "198.51.100.1", among: 5000...5009))
        ),
        TrafficCase(
            "masquerade out on eth1 fully-random",
            passing(.tcp(80), .comes(from: "198.51.100.1", among: 1024...65535))
        ),
        TrafficCase(
            "snat out on eth1 to 198.51.100.77",
            passing(.tcp(80), .comes(from: "198.51.100.77")),
            passing(.tcp(80), to: "vpn0"),
            passing(.tcp(80).v6)
        ),
        TrafficCase(
            "snat out on eth1 tcp to 198.51.100.77:6000-6009 random",
            passing(.tcp(80), .comes(from: "198.51.100.77", among: 6000...6009)),
            passing(.udp(80))
        ),
        TrafficCase(
            "snat out on eth1 to 2001:db8:1::77 persistent",
            passing(.tcp(80).v6, .comes(from: "2001:db8:1::77")),
            passing(.tcp(80))
        ),
        TrafficCase(
            "snat forward from eth0 to eth1 saddr 192.0.2.0/24 to 198.51.100.77",
            iptables: .no(because: "after routing"),
            passing(.tcp(80), .comes(from: "198.51.100.77")),
            passing(.tcp(80), from: "vpn0", to: "eth1")
        ),
        TrafficCase(
            "snat in on eth0 tcp dport 80 to 10.1.2.3",
            arriving(.tcp(80), .comes(from: "10.1.2.3")),
            arriving(.tcp(81))
        ),
        TrafficCase(
            "snat out on eth1 saddr 192.0.2.0/24 to 203.0.113.0/24",
            passing(.tcp(80).from("192.0.2.2"), .comes(from: "203.0.113.2")),
            passing(.tcp(80).from("192.0.2.3"), .comes(from: "203.0.113.3")),
            passing(.tcp(80), to: "vpn0"),
            passing(.tcp(80).v6)
        ),
        TrafficCase(
            "snat out on eth1 saddr 2001:db8::/64 to 2001:db8:f::/64",
            passing(.tcp(80).v6.from("2001:db8::2"), .comes(from: "2001:db8:f::2")),
            passing(.udp(80).v6.from("2001:db8::3"), .comes(from: "2001:db8:f::3")),
            passing(.tcp(80))
        ),
        TrafficCase(
            "snat out on eth1 tcp saddr 192.0.2.0/24 to 203.0.113.0/24:6000-6009",
            iptables: .no(because: "NETMAP has no new port"),
            passing(.tcp(80).from("192.0.2.3"), .comes(from: "203.0.113.3", among: 6000...6009))
        ),
        // A gateway: inside out masqueraded, and one port from outside in.
        TrafficCase(
            "policy forward drop\naccept forward ct state established,related\naccept forward from eth1 to eth0\n"
                + "masquerade out on eth0 saddr 198.51.100.0/24\n"
                + "dnat in on eth0 tcp dport 443 to 198.51.100.3:8443 and accept",
            passing(.tcp(80), from: "eth1", to: "eth0", .comes(from: "192.0.2.1")),
            arriving(.tcp(443), .goes(to: "198.51.100.3", port: 8443)),
            passing(.tcp(8443, from: 40001).to("198.51.100.3"), .vanishes)
        ),
    ]
}
