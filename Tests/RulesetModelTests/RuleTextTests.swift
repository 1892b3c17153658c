import NetworkTypes
import RulesetModel
import Testing

struct RuleTextTests {
    @Test(
        arguments: [
            (Rule(direction: .input, action: .accept), "accept in"),
            (
                Rule(
                    direction: .output,
                    matches: [.outputInterface(on("eth0")), tcp, dport(25)],
                    action: .drop,
                    comment: "no mail"
                ),
                #"drop out on eth0 tcp dport 25 "no mail""#
            ),
            (
                Rule(
                    direction: .forward,
                    matches: [.inputInterface(on("lan", "wl*")), .outputInterface(on("in"))],
                    action: .accept
                ),
                #"accept forward from { lan, wl* } to "in""#
            ),
            (Rule(matches: [.inputInterface(on("eth0"))], action: .return), "return from eth0"),
            (
                Rule(
                    direction: .input,
                    matches: [.sourceAddress(from("10.0.0.0/8", "2001:db8::/32"))],
                    action: .accept
                ),
                "accept in saddr { 10.0.0.0/8, 2001:db8::/32 }"
            ),
            (
                Rule(
                    direction: .input,
                    matches: [.sourceAddress(.init(.namedSet("bogons"), isNegated: true))],
                    action: .drop
                ),
                "drop in saddr ! @bogons"
            ),
            (
                Rule(
                    direction: .input,
                    matches: [.transportProtocol(.init([.tcp, .udp])), dport(53)],
                    action: .accept
                ),
                "accept in proto { tcp, udp } dport 53"
            ),
            (
                Rule(direction: .input, matches: [.transportProtocol(.init([.init(rawValue: 47)]))], action: .drop),
                "drop in proto gre"
            ),
            (
                Rule(direction: .input, matches: [.transportProtocol(.init([.tcp], isNegated: true))], action: .drop),
                "drop in proto ! tcp"
            ),
            (
                Rule(
                    direction: .input,
                    matches: [.family(.ipv6), .transportProtocol(.init([.icmpv6]))],
                    action: .accept
                ),
                "accept in icmpv6"
            ),
            (Rule(direction: .input, matches: [.family(.ipv4), tcp], action: .accept), "accept in ip tcp"),
            (
                Rule(
                    direction: .input,
                    matches: [
                        tcp, .tcpFlags(TCPFlagsMatch(flags: .syn, mask: [.fin, .syn, .rst, .ack], isNegated: true)),
                    ],
                    action: .drop
                ),
                "drop in tcp flags ! syn / fin,syn,rst,ack"
            ),
            (
                Rule(
                    direction: .input,
                    matches: [tcp, .tcpFlags(TCPFlagsMatch(flags: [], mask: .allNamed))],
                    action: .drop
                ),
                "drop in tcp flags ! fin,syn,rst,psh,ack,urg,ecn,cwr"
            ),
            (
                Rule(direction: .input, matches: [.icmp(ICMPMatch(family: .ipv4, types: [8, 3]))], action: .accept),
                "accept in icmp type { echo-request, destination-unreachable }"
            ),
            (
                Rule(
                    direction: .input,
                    matches: [.icmp(ICMPMatch(family: .ipv6, types: [1], code: 3))],
                    action: .accept
                ),
                "accept in icmpv6 type destination-unreachable code addr-unreachable"
            ),
            (
                Rule(
                    direction: .input,
                    matches: [.icmp(ICMPMatch(family: .ipv4, types: [11], code: 0))],
                    action: .accept
                ),
                "accept in icmp type time-exceeded code 0"
            ),
            (
                Rule(
                    direction: .input,
                    matches: [
                        .limit(Limit(rate: 10, period: .second, burst: 20)),
                        .mark(Membership(Mark(7), isNegated: true)),
                        .connectionState([.established, .related], isNegated: false),
                        .connectionMark(Membership(Mark(masking: 1, with: 15))),
                        .connectionStatus(.dnat, isNegated: true),
                        .originalDestinationPort(.init(IntervalSet(Interval(21)))),
                        .socketUser(.init(IntervalSet(Interval(0)))),
                        .socketGroup(.init(IntervalSet([Interval(1), Interval(2)]))),
                    ],
                    action: .accept
                ),
                "accept in ct state established,related ct status ! dnat ct mark 0x1/0xf ct original dport 21 mark ! 0x7 skuid 0 "
                    + "skgid { 1, 2 } limit 10/second burst 20"
            ),
        ] as [(Rule, String)]
    )
    func matchesAreWrittenInOrderAndShort(rule: Rule, text: String) {
        #expect(rule.description == text)
    }

    @Test(
        arguments: [
            (.reject(.icmpx(.hostUnreachable)), "reject in tcp with icmpx host-unreachable"),
            (.reject(.icmpx(.portUnreachable)), "reject in tcp"),
            (.reject(.icmpv6(.policyFail)), "reject in tcp with icmpv6 policy-fail"),
            (.reject(.tcpReset), "reject in tcp with tcp reset"),
            (.redirect(Redirect(ports: Interval(27664), isAccepted: true)), "redirect in tcp to :27664 and accept"),
            (.redirect(Redirect(ports: Interval(1, 9), flags: [.random])), "redirect in tcp to :1-9 random"),
            (
                .destinationNAT(
                    AddressTranslation(addresses: target("10.0.0.7"), ports: Interval(8443), isAccepted: true)
                ),
                "dnat in tcp to 10.0.0.7:8443 and accept"
            ),
            (.destinationNAT(AddressTranslation(addresses: nil, ports: Interval(80))), "dnat in tcp to :80"),
            (
                .destinationNAT(AddressTranslation(addresses: target("2001:db8::1-2001:db8::9"), ports: Interval(80))),
                "dnat in tcp to [2001:db8::1]-[2001:db8::9]:80"
            ),
            (
                .sourceNAT(
                    AddressTranslation(addresses: target("10.0.0.0-10.0.0.255"), flags: [.fullyRandom, .persistent])
                ),
                "snat in tcp to 10.0.0.0-10.0.0.255 fully-random persistent"
            ),
            (.sourceNAT(AddressTranslation(addresses: target("2001:db8::1"))), "snat in tcp to 2001:db8::1"),
            (.sourceNAT(AddressTranslation(addresses: target("10.0.0.0/24"))), "snat in tcp to 10.0.0.0/24"),
            (
                .destinationNAT(AddressTranslation(addresses: target("10.0.0.0/24"), ports: Interval(80))),
                "dnat in tcp to 10.0.0.0/24:80"
            ),
            (
                .destinationNAT(AddressTranslation(addresses: target("2001:db8::/64"), ports: Interval(80))),
                "dnat in tcp to [2001:db8::/64]:80"
            ),
            // A prefix of one address is that address.
            (.sourceNAT(AddressTranslation(addresses: target("10.0.0.1/32"))), "snat in tcp to 10.0.0.1"),
            (.masquerade(Masquerade()), "masquerade in tcp"),
            (.masquerade(Masquerade(ports: Interval(1024, 65535))), "masquerade in tcp to :1024-65535"),
            (.log(LogStatement()), "log in tcp"),
            (.log(LogStatement(prefix: "a\"\\", target: .group(3))), #"log "a\"\\" group 3 in tcp"#),
            (.count, "count in tcp"), (.notrack, "notrack in tcp"), (.setMark(Mark(16)), "set mark 0x10 in tcp"),
            (.setConnectionMark(Mark(masking: 1, with: 3)), "set ct mark 0x1/0x3 in tcp"),
            (.jump("slow"), "jump slow in tcp"),
            (.goto("slow"), "goto slow in tcp"),
        ] as [(Action, String)]
    )
    func verbsAreWrittenWithTheirArguments(action: Action, text: String) {
        #expect(Rule(direction: .input, matches: [tcp], action: action).description == text)
    }

    @Test(
        arguments: [
            (LogStatement(), nil, "drop in log"), (LogStatement(), "why", #"drop in log "" "why""#),
            (LogStatement(prefix: "x: "), "why", #"drop in log "x: " "why""#),
            (LogStatement(target: .kernel(.info)), nil, "drop in log level info"),
        ] as [(LogStatement, String?, String)]
    )
    func aCommentIsNeverTakenForALogPrefix(log: LogStatement, comment: String?, text: String) {
        #expect(Rule(direction: .input, action: .drop, log: log, comment: comment).description == text)
    }

    @Test func anEmptyLogPrefixIsWrittenBeforeAComment() {
        let rule = Rule(direction: .input, action: .log(LogStatement(target: .kernel(.err))), comment: "why")
        #expect(rule.description == #"log "" level err in "why""#)
    }

    @Test(arguments: [
        ("10/second", "limit 10/second"), ("10 packets/minute", "limit 10/minute"),
        ("5 mbytes/second", "limit 5 mbytes/second"),
        ("1536 bytes/hour", "limit 1536 bytes/hour"), ("2048 bytes/day", "limit 2 kbytes/day"),
        ("1 / week", "limit 1/week"),
    ])
    func aRateIsReadAndWritten(text: String, match: String) throws {
        #expect(Match.limit(try Limit(parsingRate: text.utf8.span)).description == match)
    }

    @Test(arguments: [
        ("10", RateParsingError.malformed), ("/second", .malformed), ("10/", .malformed),
        ("10/fortnight", .unknownPeriod),
        ("0/second", .outOfRange), ("99999999999999999999/second", .outOfRange),
        ("99999999999999 mbytes/second", .outOfRange),
        ("10 gbytes/second", .malformed), ("", .malformed),
    ])
    func aMistakeInARateIsNamed(text: String, error: RateParsingError) {
        #expect(throws: error) { try Limit(parsingRate: text.utf8.span) }
    }

    @Test func aBurstHasTheUnitOfItsRate() throws {
        var packets = Limit(rate: 1, period: .second)
        try packets.parseBurst("20".utf8.span)
        #expect(packets.burst == 20)
        #expect(throws: RateParsingError.otherUnit) { try packets.parseBurst("2 kbytes".utf8.span) }
        #expect(throws: RateParsingError.outOfRange) { try packets.parseBurst("0".utf8.span) }
        #expect(throws: RateParsingError.outOfRange) { try packets.parseBurst("4294967296".utf8.span) }
        var bytes = Limit(rate: 1024, unit: .bytes, period: .second)
        try bytes.parseBurst("2 kbytes".utf8.span)
        #expect(Match.limit(bytes).description == "limit 1 kbytes/second burst 2 kbytes")
    }
}

private let tcp = Match.transportProtocol(Membership([.tcp]))

private func dport(_ port: UInt16) -> Match {
    .destinationPort(Membership(IntervalSet(Interval(port))))
}

private func on(_ patterns: String...) -> Membership<[InterfacePattern]> {
    Membership(patterns.compactMap { InterfacePattern($0) })
}

private func from(_ ranges: String...) -> Membership<AddressSet> {
    Membership(AddressSet(ranges.compactMap { try? AddressRange($0) }))
}

/// New addresses: a prefix keeps the host part.
private func target(_ text: String) -> TargetAddresses? {
    if let prefix = try? IPPrefix(text) { return TargetAddresses(prefix) }
    return (try? AddressRange(text)).map { TargetAddresses($0) }
}
