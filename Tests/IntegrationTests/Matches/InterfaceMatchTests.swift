import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .iptables, .ip6tables, .ipset))
struct InterfaceMatchTests {
    @Test(arguments: cases, Loader.allCases)
    func packetsFareAsTheRulesSay(_ traffic: TrafficCase, by loader: Loader) throws {
        try check(traffic, loader: loader)
    }

    private static let cases: [TrafficCase] = [
        .dropping(
            "drop in on eth0",
            [arriving(.tcp(25)), arriving(.udp(53).v6)],
            butNot: [arriving(.tcp(25), on: "eth1"), leaving(.tcp(25)), passing(.tcp(25))]
        ),
        .dropping("drop in on \"eth1\"", [arriving(.tcp(25), on: "eth1")], butNot: [arriving(.tcp(25))]),
        .dropping(
            "drop in on !eth0",
            [arriving(.tcp(25), on: "eth1"), arriving(.tcp(25).v6, on: "vpn0")],
            butNot: [arriving(.tcp(25)), arriving(.tcp(25).v6)]
        ),
        .dropping(
            "drop in on { eth0, wlan0 }",
            [arriving(.tcp(25)), arriving(.tcp(25), on: "wlan0")],
            butNot: [arriving(.tcp(25), on: "eth1"), arriving(.tcp(25).v6, on: "vpn0")]
        ),
        .dropping(
            "drop in on !{ eth0, wlan0 }",
            [arriving(.tcp(25), on: "eth1"), arriving(.tcp(25).v6, on: "vpn0")],
            butNot: [arriving(.tcp(25)), arriving(.tcp(25), on: "wlan0")]
        ),
        .dropping(
            "drop in on eth*",
            [arriving(.tcp(25)), arriving(.tcp(25).v6, on: "eth1")],
            butNot: [arriving(.tcp(25), on: "wlan0"), arriving(.tcp(25), on: "vpn0")]
        ),
        .dropping(
            "drop in on !wl*",
            [arriving(.tcp(25)), arriving(.tcp(25), on: "vpn0")],
            butNot: [arriving(.tcp(25), on: "wlan0")]
        ),
        .dropping(
            "drop in on { eth1, wl* }",
            [arriving(.tcp(25), on: "eth1"), arriving(.tcp(25).v6, on: "wlan0")],
            butNot: [arriving(.tcp(25)), arriving(.tcp(25), on: "vpn0")]
        ),
        .dropping(
            "drop in on !{ eth*, vpn0 }",
            [arriving(.tcp(25), on: "wlan0")],
            butNot: [arriving(.tcp(25)), arriving(.tcp(25), on: "eth1"), arriving(.tcp(25), on: "vpn0")]
        ),
        .dropping(
            "let wan = { eth0, vpn0 }\ndrop in on $wan",
            [arriving(.tcp(25)), arriving(.tcp(25), on: "vpn0")],
            butNot: [arriving(.tcp(25), on: "eth1")]
        ),
        .dropping(
            "set home: interface { eth1, wl* }\ndrop in on @home",
            [arriving(.tcp(25), on: "eth1"), arriving(.tcp(25), on: "wlan0")],
            butNot: [arriving(.tcp(25)), arriving(.tcp(25), on: "vpn0")]
        ),
        .dropping(
            "drop out on eth0",
            [leaving(.tcp(25)), leaving(.udp(53).v6)],
            butNot: [leaving(.tcp(25), on: "eth1"), passing(.tcp(25), from: "eth1", to: "eth0")]
        ),
        .dropping("drop out on !{ eth0, eth1 }", [leaving(.tcp(25), on: "vpn0")], butNot: [leaving(.tcp(25))]),
        .dropping(
            "drop forward from eth0",
            [passing(.tcp(25)), passing(.tcp(25).v6, to: "wlan0")],
            butNot: [passing(.tcp(25), from: "eth1", to: "eth0"), arriving(.tcp(25)), leaving(.tcp(25))]
        ),
        .dropping(
            "drop forward to eth0",
            [passing(.tcp(25), from: "eth1", to: "eth0")],
            butNot: [passing(.tcp(25)), leaving(.tcp(25))]
        ),
        .dropping(
            "drop forward from eth1 to eth0",
            [passing(.tcp(25), from: "eth1", to: "eth0"), passing(.tcp(25).v6, from: "eth1", to: "eth0")],
            butNot: [
                passing(.tcp(25)), passing(.tcp(25), from: "eth1", to: "vpn0"),
                passing(.tcp(25), from: "vpn0", to: "eth0"),
            ]
        ),
        .dropping(
            "drop forward from { eth0, eth1 } to !vpn0",
            [passing(.tcp(25)), passing(.tcp(25), from: "eth1", to: "wlan0")],
            butNot: [passing(.tcp(25), to: "vpn0"), passing(.tcp(25), from: "wlan0", to: "eth0")]
        ),
        .dropping(
            "in on eth0 {\n    drop tcp dport 25\n    drop udp dport 53\n}",
            [arriving(.tcp(25)), arriving(.udp(53))],
            butNot: [arriving(.tcp(25), on: "eth1"), arriving(.tcp(26)), arriving(.udp(25))]
        ),
        .dropping(
            "forward from eth0 {\n    to { eth1, vpn0 } {\n        drop tcp dport 25\n    }\n}",
            [passing(.tcp(25)), passing(.tcp(25), to: "vpn0")],
            butNot: [passing(.tcp(25), to: "wlan0"), passing(.tcp(26)), passing(.tcp(25), from: "vpn0", to: "eth1")]
        ),
    ]
}
