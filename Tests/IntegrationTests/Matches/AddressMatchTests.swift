import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .iptables, .ip6tables, .ipset))
struct AddressMatchTests {
    @Test(arguments: cases + sets, Loader.allCases)
    func packetsFareAsTheRulesSay(_ traffic: TrafficCase, by loader: Loader) throws {
        try check(traffic, loader: loader)
    }

    private static let cases: [TrafficCase] = [
        .dropping(
            "drop in saddr 192.0.2.3",
            [arriving(.tcp(25).from("192.0.2.3")), arriving(.udp(53).from("192.0.2.3"))],
            butNot: [arriving(.tcp(25)), arriving(.tcp(25).v6), passing(.tcp(25).from("192.0.2.3"))]
        ),
        .dropping(
            "drop in saddr !192.0.2.3",
            [arriving(.tcp(25)), arriving(.tcp(25), on: "eth1")],
            butNot: [arriving(.tcp(25).from("192.0.2.3")), arriving(.tcp(25).v6)]
        ),
        .dropping("drop in saddr 0.0.0.0/0", [arriving(.tcp(25))], butNot: [arriving(.tcp(25).v6)]),
        .dropping(
            "drop in saddr 10.0.0.0/8",
            [arriving(.tcp(25).from("10.0.0.0")), arriving(.tcp(25).from("10.255.255.255"))],
            butNot: [arriving(.tcp(25).from("9.255.255.255")), arriving(.tcp(25).from("11.0.0.0"))]
        ),
        .dropping(
            "drop in saddr 172.16.0.0/12",
            [arriving(.tcp(25).from("172.16.0.0")), arriving(.tcp(25).from("172.31.255.255"))],
            butNot: [arriving(.tcp(25).from("172.15.255.255")), arriving(.tcp(25).from("172.32.0.0"))]
        ),
        .dropping(
            "drop in saddr 172.20.0.0/16",
            [arriving(.tcp(25).from("172.20.0.1")), arriving(.tcp(25).from("172.20.255.255"))],
            butNot: [arriving(.tcp(25).from("172.19.255.255")), arriving(.tcp(25).from("172.21.0.0"))]
        ),
        .dropping(
            "drop in saddr 172.20.5.0/24",
            [arriving(.tcp(25).from("172.20.5.0")), arriving(.tcp(25).from("172.20.5.255"))],
            butNot: [arriving(.tcp(25).from("172.20.4.255")), arriving(.tcp(25).from("172.20.6.0"))]
        ),
        .dropping(
            "drop in saddr !172.20.5.128/25",
            [arriving(.tcp(25).from("172.20.5.127")), arriving(.tcp(25).from("172.20.6.0"))],
            butNot: [
                arriving(.tcp(25).from("172.20.5.128")), arriving(.tcp(25).from("172.20.5.255")), arriving(.tcp(25).v6),
            ]
        ),
        .dropping(
            "drop in saddr 172.20.5.7-172.20.6.9",
            [
                arriving(.tcp(25).from("172.20.5.7")), arriving(.tcp(25).from("172.20.6.0")),
                arriving(.tcp(25).from("172.20.6.9")),
            ],
            butNot: [arriving(.tcp(25).from("172.20.5.6")), arriving(.tcp(25).from("172.20.6.10"))]
        ),
        .dropping(
            "drop in saddr !172.20.5.7-172.20.6.9",
            [arriving(.tcp(25).from("172.20.5.6")), arriving(.tcp(25).from("172.20.6.10"))],
            butNot: [
                arriving(.tcp(25).from("172.20.5.7")), arriving(.tcp(25).from("172.20.6.9")), arriving(.tcp(25).v6),
            ]
        ),
        .dropping(
            "drop in saddr { 172.20.5.7, 172.21.0.0/16, 172.22.0.5-172.22.0.9 }",
            [
                arriving(.tcp(25).from("172.20.5.7")), arriving(.tcp(25).from("172.21.200.1")),
                arriving(.tcp(25).from("172.22.0.5")), arriving(.tcp(25).from("172.22.0.9")),
            ],
            butNot: [
                arriving(.tcp(25).from("172.20.5.8")), arriving(.tcp(25).from("172.22.0.4")),
                arriving(.tcp(25).from("172.22.0.10")), arriving(.tcp(25).v6),
            ]
        ),
        .dropping(
            "drop in saddr !{ 172.20.5.7, 172.21.0.0/16 }",
            [arriving(.tcp(25)), arriving(.tcp(25).from("172.20.5.8"))],
            butNot: [
                arriving(.tcp(25).from("172.20.5.7")), arriving(.tcp(25).from("172.21.3.4")), arriving(.tcp(25).v6),
            ]
        ),
        .dropping(
            "drop in saddr 2001:db8::3",
            [arriving(.tcp(25).from("2001:db8::3"))],
            butNot: [arriving(.tcp(25).v6), arriving(.tcp(25))]
        ),
        .dropping(
            "drop in saddr !2001:db8::3",
            [arriving(.tcp(25).v6)],
            butNot: [arriving(.tcp(25).from("2001:db8::3")), arriving(.tcp(25))]
        ),
        .dropping(
            "drop in saddr 2001:db8:aa00::/40",
            [arriving(.tcp(25).from("2001:db8:aa00::1")), arriving(.tcp(25).from("2001:db8:aaff:ffff::1"))],
            butNot: [arriving(.tcp(25).from("2001:db8:a9ff:ffff::1")), arriving(.tcp(25).from("2001:db8:ab00::"))]
        ),
        .dropping(
            "drop in saddr 2001:db8:77:8000::/49",
            [arriving(.tcp(25).from("2001:db8:77:8000::1")), arriving(.tcp(25).from("2001:db8:77:ffff::1"))],
            butNot: [arriving(.tcp(25).from("2001:db8:77:7fff::1")), arriving(.tcp(25).from("2001:db8:78:8000::1"))]
        ),
        .dropping(
            "drop in saddr 2001:db8:77::5-2001:db8:77::9",
            [arriving(.tcp(25).from("2001:db8:77::5")), arriving(.tcp(25).from("2001:db8:77::9"))],
            butNot: [arriving(.tcp(25).from("2001:db8:77::4")), arriving(.tcp(25).from("2001:db8:77::a"))]
        ),
        .dropping(
            "drop in saddr { 192.0.2.3, 2001:db8::3, 2001:db8:77::/48 }",
            [
                arriving(.tcp(25).from("192.0.2.3")), arriving(.tcp(25).from("2001:db8::3")),
                arriving(.tcp(25).from("2001:db8:77::1")),
            ],
            butNot: [arriving(.tcp(25)), arriving(.tcp(25).v6), arriving(.tcp(25).from("2001:db8:78::1"))]
        ),
        .dropping(
            "drop in saddr !{ 192.0.2.3, 2001:db8::3 }",
            [arriving(.tcp(25)), arriving(.tcp(25).v6)],
            butNot: [arriving(.tcp(25).from("192.0.2.3")), arriving(.tcp(25).from("2001:db8::3"))]
        ),
        .dropping(
            "let admins = { 192.0.2.3, 2001:db8::/64 }\ndrop in saddr $admins tcp dport ssh",
            [arriving(.tcp(22).from("192.0.2.3")), arriving(.tcp(22).v6)],
            butNot: [arriving(.tcp(22)), arriving(.tcp(23).v6)]
        ),
        .dropping(
            "drop out daddr 192.0.2.3",
            [leaving(.tcp(25).to("192.0.2.3"))],
            butNot: [
                leaving(.tcp(25)), leaving(.tcp(25).v6), passing(.tcp(25).to("192.0.2.3"), from: "eth1", to: "eth0"),
            ]
        ),
        .dropping(
            "drop out daddr { 198.51.100.0/24, 2001:db8:1::/64 }",
            [leaving(.tcp(25), on: "eth1"), leaving(.tcp(25).v6, on: "eth1")],
            butNot: [leaving(.tcp(25)), leaving(.tcp(25).v6)]
        ),
        .dropping(
            "drop forward saddr 192.0.2.2 daddr 198.51.100.0/24",
            [passing(.tcp(25)), passing(.udp(53).to("198.51.100.3"))],
            butNot: [passing(.tcp(25).from("192.0.2.3")), passing(.tcp(25), to: "vpn0"), passing(.tcp(25).v6)]
        ),
        .dropping(
            "drop forward saddr { 192.0.2.2, 2001:db8::2 } daddr !{ 198.51.100.3, 2001:db8:1::3 }",
            [passing(.tcp(25)), passing(.tcp(25).v6)],
            butNot: [
                passing(.tcp(25).to("198.51.100.3")), passing(.tcp(25).to("2001:db8:1::3")),
                passing(.tcp(25).from("192.0.2.3")),
            ]
        ),
        .dropping("drop in ip", [arriving(.tcp(25)), arriving(.ping)], butNot: [arriving(.tcp(25).v6)]),
        .dropping("drop in ip6", [arriving(.tcp(25).v6), arriving(.ping6)], butNot: [arriving(.tcp(25))]),
        .dropping(
            "drop in ip6 tcp dport 25",
            [arriving(.tcp(25).v6)],
            butNot: [arriving(.tcp(25)), arriving(.tcp(26).v6)]
        ),
    ]

    private static let sets: [TrafficCase] = [
        .dropping(
            "set bad: address { 192.0.2.3, 192.0.2.4, 2001:db8::3 }\ndrop in saddr @bad",
            [
                arriving(.tcp(25).from("192.0.2.3")), arriving(.tcp(25).from("192.0.2.4")),
                arriving(.tcp(25).from("2001:db8::3")),
            ],
            butNot: [arriving(.tcp(25)), arriving(.tcp(25).v6)]
        ),
        .dropping(
            "set good: address { 192.0.2.3, 2001:db8::3 }\ndrop in saddr !@good",
            [arriving(.tcp(25)), arriving(.tcp(25).v6)],
            butNot: [arriving(.tcp(25).from("192.0.2.3")), arriving(.tcp(25).from("2001:db8::3"))]
        ),
        .dropping(
            "set bad: address { 192.0.2.3, 192.0.2.4 }\ndrop in saddr @bad",
            [arriving(.tcp(25).from("192.0.2.4"))],
            butNot: [arriving(.tcp(25)), arriving(.tcp(25).v6)]
        ),
        .dropping(
            "set bogons: prefix { 172.16.0.0/12, 10.1.0.0-10.1.0.9, 2001:db8:dead::/48 }\ndrop in saddr @bogons",
            [
                arriving(.tcp(25).from("172.31.255.255")), arriving(.tcp(25).from("10.1.0.9")),
                arriving(.tcp(25).from("2001:db8:dead:ffff::1")),
            ],
            butNot: [arriving(.tcp(25)), arriving(.tcp(25).v6), arriving(.tcp(25).from("10.1.0.10"))]
        ),
        .dropping(
            "set targets: prefix { 198.51.100.0/24, 2001:db8:1::/64 }\ndrop out daddr @targets tcp dport 25",
            [leaving(.tcp(25), on: "eth1"), leaving(.tcp(25).v6, on: "eth1")],
            butNot: [leaving(.tcp(25)), leaving(.tcp(26), on: "eth1")]
        ),
        .dropping(
            "set home: prefix { 192.0.2.0/24 }\nset world: prefix { 198.51.100.0/24 }\n"
                + "drop forward saddr @home daddr @world",
            [passing(.tcp(25))],
            butNot: [passing(.tcp(25), from: "eth1", to: "eth0"), passing(.tcp(25), to: "vpn0"), passing(.tcp(25).v6)]
        ),
        .dropping(
            "set drop-list: prefix from \"lists/bad.netset\"\ndrop in saddr @drop-list",
            files: [
                "lists/bad.netset": """
                # a list as they are published
                172.20.0.0/16\t; SBL1
                172.20.5.0/24
                172.21.0.7

                  172.21.0.8  # neighbours make one range
                172.22.0.0-172.22.0.255
                2001:db8:dead::/48

                """
            ],
            [
                arriving(.tcp(25).from("172.20.5.1")), arriving(.tcp(25).from("172.20.255.1")),
                arriving(.tcp(25).from("172.21.0.7")), arriving(.tcp(25).from("172.21.0.8")),
                arriving(.tcp(25).from("172.22.0.77")), arriving(.tcp(25).from("2001:db8:dead::1")),
            ],
            butNot: [arriving(.tcp(25)), arriving(.tcp(25).from("172.21.0.9")), arriving(.tcp(25).v6)]
        ),
        .dropping(
            "include \"parts/*.weir\"\ndrop in saddr @bad",
            files: [
                "parts/10-sets.weir": "set bad: address { 192.0.2.3 }\n",
                "parts/20-rules.weir": "drop in tcp dport 25\n",
            ],
            [arriving(.tcp(80).from("192.0.2.3")), arriving(.tcp(25))],
            butNot: [arriving(.tcp(80))]
        ),
    ]
}
