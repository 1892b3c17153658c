import NetworkTypes
import RulesetModel

/// Rules and what iptables(8) is told of them.
enum IptablesCases {
    /// Rules and the commands that they become.
    static let commands: [(Rule, [String])] = matchCommands + listCommands + verbCommands

    private static let matchCommands: [(Rule, [String])] = [
        rule([.family(.ipv4)], v4: "INPUT -j DROP"), rule([.family(.ipv6)], v6: "INPUT -j DROP"),
        rule([.inputInterface(on("wl*", isNegated: true))], both: "INPUT ! -i wl+ -j DROP"),
        rule([.sourceAddress(addresses("10.0.0.0/8", isNegated: true))], v4: "INPUT ! -s 10.0.0.0/8 -j DROP"),
        rule([.sourceAddress(addresses("2001:db8::/32"))], v6: "INPUT -s 2001:db8::/32 -j DROP"),
        rule(
            [.destinationAddress(addresses("10.0.0.1-10.0.0.9", isNegated: true))],
            v4: "INPUT -m iprange ! --dst-range 10.0.0.1-10.0.0.9 -j DROP"
        ),
        rule(
            [.sourceAddress(addresses("10.0.0.0/8", "192.168.0.0/16", isNegated: true))],
            v4:
                "INPUT -m iprange ! --src-range 10.0.0.0-10.255.255.255 -m iprange ! --src-range 192.168.0.0-192.168.255.255 -j DROP"
        ),
        rule(
            [.sourceAddress(addresses("10.0.0.0/8")), .sourceAddress(addresses("10.0.0.1", isNegated: true))],
            v4: "INPUT -s 10.0.0.0/8 -m iprange ! --src-range 10.0.0.1-10.0.0.1 -j DROP"
        ),
        rule([tcp], both: "INPUT -p tcp -j DROP"), rule([proto(47)], both: "INPUT -p 47 -j DROP"),
        rule([.transportProtocol(Membership([.tcp], isNegated: true))], both: "INPUT ! -p tcp -j DROP"),
        rule([.family(.ipv6), .transportProtocol(Membership([.icmpv6]))], v6: "INPUT -p ipv6-icmp -j DROP"),
        rule([tcp, sport(1), dport(2)], both: "INPUT -p tcp -m tcp --sport 1 --dport 2 -j DROP"),
        rule(
            [
                tcp, .sourcePort(Membership(IntervalSet(Interval(1)), isNegated: true)),
                .destinationPort(Membership(IntervalSet(Interval(2)), isNegated: true)),
            ],
            both: "INPUT -p tcp -m tcp ! --sport 1 -m multiport ! --dports 2 -j DROP"
        ),
        rule([udp, dport(2, isNegated: true)], both: "INPUT -p udp -m udp ! --dport 2 -j DROP"),
        rule([tcp, dport(22, 80)], both: "INPUT -p tcp -m multiport --dports 22,80 -j DROP"),
        rule([tcp, dport(22, 80, isNegated: true)], both: "INPUT -p tcp -m multiport ! --dports 22,80 -j DROP"),
        rule(
            [.transportProtocol(Membership([.udplite])), dport(2)],
            both: "INPUT -p udplite -m multiport --dports 2 -j DROP"
        ),
        rule(
            [tcp, .destinationPort(Membership(IntervalSet([Interval(1000, 2000) ?? Interval(0)])))],
            both: "INPUT -p tcp -m tcp --dport 1000:2000 -j DROP"
        ),
        rule(
            [tcp, .tcpFlags(TCPFlagsMatch(flags: .syn, mask: [.fin, .syn, .rst, .ack]))],
            both: "INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP"
        ),
        rule(
            [tcp, dport(1), .tcpFlags(TCPFlagsMatch(flags: [], mask: [.syn, .ack], isNegated: true))],
            both: "INPUT -p tcp -m tcp --dport 1 ! --tcp-flags SYN,ACK NONE -j DROP"
        ),
        rule(
            [.icmp(ICMPMatch(family: .ipv4, types: [8]))],
            v4: "INPUT -p icmp -m icmp --icmp-type echo-request -j DROP"
        ),
        rule(
            [.icmp(ICMPMatch(family: .ipv4, types: [3], code: 1))],
            v4: "INPUT -p icmp -m icmp --icmp-type 3/1 -j DROP"
        ),
        rule(
            [.icmp(ICMPMatch(family: .ipv6, types: [128, 135], isNegated: true))],
            v6: "INPUT -p ipv6-icmp -m icmp6 ! --icmpv6-type echo-request -m icmp6 ! --icmpv6-type 135 -j DROP"
        ),
        rule(
            [.connectionState([.established, .related], isNegated: false)],
            both: "INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j DROP"
        ),
        rule([.connectionState(.new, isNegated: true)], both: "INPUT -m conntrack ! --ctstate NEW -j DROP"),
        rule([.connectionStatus(.dnat, isNegated: false)], both: "INPUT -m conntrack --ctstate DNAT -j DROP"),
        rule(
            [.connectionStatus([.seenReply, .snat], isNegated: true)],
            both: "INPUT -m conntrack ! --ctstate SNAT -m conntrack ! --ctstatus SEEN_REPLY -j DROP"
        ),
        rule([.connectionMark(Membership(Mark(5), isNegated: true))], both: "INPUT -m connmark ! --mark 0x5 -j DROP"),
        rule([.mark(Membership(Mark(masking: 1, with: 15)))], both: "INPUT -m mark --mark 0x1/0xf -j DROP"),
        rule(
            [tcp, .originalDestinationPort(Membership(IntervalSet([21, 80] as [UInt16]), isNegated: true))],
            both: "INPUT -p tcp -m conntrack ! --ctorigdstport 21 -m conntrack ! --ctorigdstport 80 -j DROP"
        ),
        rule(
            [.originalDestinationAddress(Membership(AddressSet([try? AddressRange("10.0.0.0/8")].compactMap(\.self))))],
            v4: "INPUT -m conntrack --ctorigdst 10.0.0.0/8 -j DROP"
        ),
        rule(
            [
                .originalDestinationAddress(
                    Membership(AddressSet([try? AddressRange("10.0.0.2-10.0.0.4")].compactMap(\.self)), isNegated: true)
                )
            ],
            v4: "INPUT -m conntrack ! --ctorigdst 10.0.0.2/31 -m conntrack ! --ctorigdst 10.0.0.4 -j DROP"
        ),
        rule(
            [.socketUser(Membership(IntervalSet([Interval(1000, 2000) ?? Interval(0)])))],
            .output,
            both: "OUTPUT -m owner --uid-owner 1000-2000 -j DROP"
        ),
        rule(
            [.socketGroup(Membership(IntervalSet([1, 5] as [UInt32]), isNegated: true))],
            .output,
            both: "OUTPUT -m owner ! --gid-owner 1 -m owner ! --gid-owner 5 -j DROP"
        ),
        rule([.limit(Limit(rate: 10, period: .second))], both: "INPUT -m limit --limit 10/second -j DROP"),
        rule(
            [.limit(Limit(rate: 14, period: .week, burst: 20))],
            both: "INPUT -m limit --limit 2/day --limit-burst 20 -j DROP"
        ),
        rule(
            [.limit(Limit(rate: 10, period: .minute, isOver: true))],
            both: "INPUT -m hashlimit --hashlimit-above 10/minute --hashlimit-name weir-1 -j DROP"
        ),
        // The kernel holds what is saved up in a day.
        rule(
            [.limit(Limit(rate: 35, period: .week, isOver: true))],
            both: "INPUT -m hashlimit --hashlimit-above 5/day --hashlimit-name weir-1 -j DROP"
        ),
        rule(
            [.limit(Limit(rate: 10_000, period: .second, burst: 1_000_000, isOver: true))],
            both: "INPUT -m hashlimit --hashlimit-above 10000/second --hashlimit-burst 1000000 "
                + "--hashlimit-name weir-1 -j DROP"
        ),
        rule(
            [.limit(Limit(rate: 5 << 20, unit: .bytes, period: .second, burst: 512))],
            both: "INPUT -m hashlimit --hashlimit-upto 5mb/s --hashlimit-burst 5243392b --hashlimit-name weir-1 -j DROP"
        ),
    ]

    private static let listCommands: [(Rule, [String])] = [
        rule([.inputInterface(on("a", "b"))], both: "INPUT -i a -j DROP", "INPUT -i b -j DROP"),
        rule(
            [.sourceAddress(addresses("10.0.0.0/8", "192.168.0.1"))],
            v4: "INPUT -s 10.0.0.0/8 -j DROP",
            "INPUT -s 192.168.0.1 -j DROP"
        ),
        rule(
            [.transportProtocol(Membership([.tcp, .udp])), dport(53)],
            both: "INPUT -p tcp -m tcp --dport 53 -j DROP",
            "INPUT -p udp -m udp --dport 53 -j DROP"
        ),
        rule(
            [tcp, .destinationPort(Membership(IntervalSet((1...16).map { UInt16($0) * 2 })))],
            both: "INPUT -p tcp -m multiport --dports 2,4,6,8,10,12,14,16,18,20,22,24,26,28,30 -j DROP",
            "INPUT -p tcp -m multiport --dports 32 -j DROP"
        ),
        rule(
            [.connectionStatus([.assured, .dnat], isNegated: false)],
            both: "INPUT -m conntrack --ctstate DNAT -j DROP",
            "INPUT -m conntrack --ctstatus ASSURED -j DROP"
        ),
        (
            Rule(direction: .input, matches: [.inputInterface(on("a", "b", isNegated: true))], action: .drop),
            both(
                chains: "weir-1",
                "weir-1 -i a -j RETURN",
                "weir-1 -i b -j RETURN",
                "weir-1 -j DROP",
                "INPUT -j weir-1"
            )
        ),
        (
            Rule(
                direction: .input,
                matches: [.inputInterface(on("a", "b")), .limit(Limit(rate: 1, period: .second))],
                action: .accept
            ),
            both(
                chains: "weir-1",
                "weir-1 -m limit --limit 1/second -j ACCEPT",
                "INPUT -i a -j weir-1",
                "INPUT -i b -j weir-1"
            )
        ),
        (
            Rule(
                direction: .input,
                matches: [tcp, .limit(Limit(rate: 1, period: .second))],
                action: .drop,
                log: LogStatement(prefix: "x")
            ),
            both(
                chains: "weir-1",
                "weir-1 -j LOG --log-prefix x",
                "weir-1 -j DROP",
                "INPUT -p tcp -m limit --limit 1/second -j weir-1"
            )
        ),
    ]

    private static let verbCommands: [(Rule, [String])] = [
        verb(.accept, "filter", "INPUT -p tcp -j ACCEPT"), verb(.count, "filter", "INPUT -p tcp"),
        verb(.return, "filter", "INPUT -p tcp -j RETURN"), verb(.notrack, "raw", "PREROUTING -p tcp -j CT --notrack"),
        verb(.reject(.tcpReset), "filter", "INPUT -p tcp -j REJECT --reject-with tcp-reset"),
        (
            Rule(direction: .input, action: .reject(.icmpx(.adminProhibited))),
            [
                "iptables -t filter -A INPUT -j REJECT --reject-with icmp-admin-prohibited",
                "ip6tables -t filter -A INPUT -j REJECT --reject-with icmp6-adm-prohibited",
            ]
        ),
        (
            Rule(direction: .input, matches: [.family(.ipv4)], action: .reject(.icmp(.protocolUnreachable))),
            ["iptables -t filter -A INPUT -j REJECT --reject-with icmp-proto-unreachable"]
        ),
        verb(.setMark(Mark(16)), "mangle", "PREROUTING -p tcp -j MARK --set-xmark 0x10/0xffffffff"),
        verb(
            .setConnectionMark(Mark(masking: 1, with: 15)),
            "mangle",
            "PREROUTING -p tcp -j CONNMARK --set-xmark 0x1/0xf"
        ),
        verb(.log(LogStatement(target: .kernel(.err))), "filter", "INPUT -p tcp -j LOG --log-level error"),
        verb(
            .log(LogStatement(prefix: "a b", target: .group(7))),
            "filter",
            "INPUT -p tcp -j NFLOG --nflog-group 7 --nflog-prefix 'a b'"
        ),
        verb(.redirect(Redirect(ports: nil, flags: .random)), "nat", "PREROUTING -p tcp -j REDIRECT --random"),
        (
            Rule(
                direction: .input,
                matches: [tcp, dport(21)],
                action: .redirect(Redirect(ports: Interval(27664), isAccepted: true))
            ),
            ["iptables", "ip6tables"].flatMap {
                [
                    "\($0) -t nat -A PREROUTING -p tcp -m tcp --dport 21 -j REDIRECT --to-ports 27664",
                    "\($0) -t filter -A INPUT -p tcp -m tcp --dport 27664 -m conntrack --ctstate DNAT -m conntrack --ctorigdstport 21 -j ACCEPT",
                ]
            }
        ),
        (
            Rule(
                direction: .input,
                matches: [tcp],
                action: .destinationNAT(
                    AddressTranslation(
                        addresses: target("2001:db8::1-2001:db8::9"),
                        ports: Interval(80, 90),
                        flags: [.random, .persistent]
                    )
                )
            ),
            [
                "ip6tables -t nat -A PREROUTING -p tcp -j DNAT --to-destination '[2001:db8::1-2001:db8::9]:80-90' --random --persistent"
            ]
        ),
        (
            Rule(
                direction: .output,
                action: .sourceNAT(AddressTranslation(addresses: target("10.0.0.1-10.0.0.9"), flags: .fullyRandom))
            ),
            ["iptables -t nat -A POSTROUTING -j SNAT --to-source 10.0.0.1-10.0.0.9 --random-fully"]
        ),
        (
            Rule(
                direction: .input,
                matches: [.destinationAddress(addresses("198.51.100.0/28"))],
                action: .destinationNAT(AddressTranslation(addresses: target("10.1.1.0/28")))
            ),
            ["iptables -t nat -A PREROUTING -d 198.51.100.0/28 -j NETMAP --to 10.1.1.0/28"]
        ),
        (
            Rule(
                direction: .output,
                matches: [.sourceAddress(addresses("2001:db8:1::/64"))],
                action: .sourceNAT(AddressTranslation(addresses: target("2001:db8:2::/64")))
            ),
            ["ip6tables -t nat -A POSTROUTING -s 2001:db8:1::/64 -j NETMAP --to 2001:db8:2::/64"]
        ),
        (
            Rule(direction: .input, action: .sourceNAT(AddressTranslation(addresses: target("10.0.0.1")))),
            ["iptables -t nat -A INPUT -j SNAT --to-source 10.0.0.1"]
        ),
        (
            Rule(
                direction: .output,
                matches: [tcp],
                action: .masquerade(Masquerade(ports: Interval(1024, 65535), flags: .random))
            ),
            ["iptables", "ip6tables"].map {
                "\($0) -t nat -A POSTROUTING -p tcp -j MASQUERADE --to-ports 1024-65535 --random"
            }
        ),
        verb(.accept, comment: "it's \\ $x", "filter", #"INPUT -p tcp -m comment --comment 'it'\''s \ $x' -j ACCEPT"#),
    ]

    /// What has no words.
    static let refusals: [(Rule, String)] = [
        (
            Rule(direction: .input, matches: [.inputInterface(on("a+"))], action: .drop),
            "it takes 'a+' for all interfaces"
        ),
        (
            Rule(direction: .forward, action: .masquerade(Masquerade())),
            "after routing it cannot tell forwarded packets"
        ),
        (
            Rule(direction: .forward, matches: [.inputInterface(on("a"))], action: .masquerade(Masquerade())),
            "after routing it does not know the interface"
        ),
        (Rule(direction: .input, matches: [proto(0)], action: .drop), "it takes protocol 0 for all"),
        (
            Rule(
                direction: .input,
                matches: [.destinationAddress(addresses("192.0.2.0/24")), tcp],
                action: .destinationNAT(AddressTranslation(addresses: target("10.0.0.0/24"), ports: Interval(80)))
            ),
            "NETMAP has no new port beside a new prefix"
        ),
        (
            Rule(
                direction: .output,
                matches: [.sourceAddress(addresses("192.0.2.0/24"))],
                action: .sourceNAT(AddressTranslation(addresses: target("10.0.0.0/24"), flags: .persistent))
            ),
            "NETMAP has no 'persistent'"
        ),
        (
            Rule(direction: .input, matches: [tcp, .tcpFlags(TCPFlagsMatch(flags: .ecn, mask: .ecn))], action: .drop),
            "it has no words for the flags"
        ),
        (
            Rule(
                direction: .input,
                matches: [.icmp(ICMPMatch(family: .ipv4, types: [3], code: 1, isNegated: true))],
                action: .drop
            ),
            "it cannot ask for a code without its type"
        ),
        (
            Rule(direction: .input, matches: [.icmp(ICMPMatch(family: .ipv4, types: [255]))], action: .drop),
            "it takes ICMP type 255"
        ),
        (
            Rule(direction: .input, matches: [.connectionStatus(.dying, isNegated: false)], action: .drop),
            "it has no word for"
        ),
        (
            Rule(direction: .input, matches: [.limit(Limit(rate: 1, period: .week))], action: .drop),
            "its longest period is a day"
        ),
        (
            Rule(direction: .input, matches: [.limit(Limit(rate: 7, period: .week, isOver: true))], action: .drop),
            "its bursts beyond a rate are at most what the rate lets pass in a day"
        ),
        (
            Rule(
                direction: .input,
                matches: [.limit(Limit(rate: 10_000, period: .second, burst: 1_000_001, isOver: true))],
                action: .drop
            ),
            "its bursts beyond a rate are at most 1000000 packets"
        ),
        (
            Rule(direction: .input, matches: [.limit(Limit(rate: 20_000, period: .second))], action: .drop),
            "its rates are at most 10000"
        ),
        (
            Rule(direction: .input, matches: [.limit(Limit(rate: 1, unit: .bytes, period: .minute))], action: .drop),
            "its rates of bytes are per second"
        ),
        (
            Rule(
                direction: .input,
                matches: [tcp],
                action: .redirect(Redirect(ports: Interval(1), flags: .persistent))
            ),
            "REDIRECT has no 'persistent'"
        ),
        (
            Rule(direction: .input, action: .log(LogStatement(prefix: String(repeating: "x", count: 30)))),
            "the prefix of a log line is at most 29"
        ),
        (
            Rule(direction: .input, matches: [.inputInterface(on("a", "b", isNegated: true))], action: .return),
            "it would need a chain between"
        ),
        (
            Rule(
                direction: .input,
                matches: [
                    .sourceAddress(
                        Membership(
                            AddressSet((0..<64).map { AddressRange(IPAddress.ipv4(IPv4Address(rawValue: $0 * 2))) })
                        )
                    ),
                    .destinationAddress(
                        Membership(
                            AddressSet((0..<64).map { AddressRange(IPAddress.ipv4(IPv4Address(rawValue: $0 * 2))) })
                        )
                    ),
                ],
                action: .drop
            ), "its lists would become more than 1024 rules"
        ),
    ]

    // MARK: - Shorthand

    private static func rule(
        _ matches: [Match],
        _ direction: Direction = .input,
        both texts: String...
    ) -> (Rule, [String]) {
        let commands = ["iptables", "ip6tables"].flatMap { program in texts.map { "\(program) -t filter -A \($0)" } }
        return (Rule(direction: direction, matches: matches, action: .drop), commands)
    }

    private static func rule(_ matches: [Match], v4 texts: String...) -> (Rule, [String]) {
        (Rule(direction: .input, matches: matches, action: .drop), texts.map { "iptables -t filter -A \($0)" })
    }

    private static func rule(_ matches: [Match], v6 texts: String...) -> (Rule, [String]) {
        (Rule(direction: .input, matches: matches, action: .drop), texts.map { "ip6tables -t filter -A \($0)" })
    }

    private static func verb(
        _ action: Action,
        comment: String? = nil,
        _ table: String,
        _ text: String
    ) -> (Rule, [String]) {
        let commands = ["iptables", "ip6tables"].map { "\($0) -t \(table) -A \(text)" }
        return (Rule(direction: .input, matches: [tcp], action: action, comment: comment), commands)
    }

    private static func both(chains chain: String, _ texts: String...) -> [String] {
        ["iptables", "ip6tables"].flatMap { program in
            ["\(program) -t filter -N \(chain)"] + texts.map { "\(program) -t filter -A \($0)" }
        }
    }

    private static func proto(_ number: UInt8) -> Match {
        .transportProtocol(Membership([IPProtocol(rawValue: number)]))
    }

    private static func sport(_ port: UInt16) -> Match {
        .sourcePort(Membership(IntervalSet(Interval(port))))
    }
}
