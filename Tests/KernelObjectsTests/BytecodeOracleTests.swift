import KernelObjects
import Netlink
import NetworkTypes
import Testing

/// What libnftnl reads in our bytes, next to what `nft --debug=netlink` says it makes of the same rule.
///
/// The kernel adds defaults when it stores a rule, and so does the writer: the flags of NAT that say what is given, the upper end of a range.
@Suite struct BytecodeOracleTests {
    static let rules: [(rule: String, expressions: [Expression], bytecode: [String])] = [
        (
            #"iifname "eth0""#,
            [.meta(MetaExpression(.iifname)), .compare(CompareExpression(.equal, interface("eth0")))],
            [
                "[ meta load iifname => reg 1 ]",
                "[ cmp eq reg 1 0x30687465 0x00000000 0x00000000 0x00000000 ]",
            ]
        ),
        (
            #"iifname "eth*""#,
            [.meta(MetaExpression(.iifname)), .compare(CompareExpression(.equal, interface("eth", isPrefix: true)))],
            ["[ meta load iifname => reg 1 ]", "[ cmp eq reg 1 0x00687465 ]"]
        ),
        (
            #"oifname != "eth0""#,
            [.meta(MetaExpression(.oifname)), .compare(CompareExpression(.notEqual, interface("eth0")))],
            [
                "[ meta load oifname => reg 1 ]",
                "[ cmp neq reg 1 0x30687465 0x00000000 0x00000000 0x00000000 ]",
            ]
        ),
        (
            "meta nfproto ipv4",
            [.meta(MetaExpression(.nfproto)), .compare(CompareExpression(.equal, RegisterData(2)))],
            ["[ meta load nfproto => reg 1 ]", "[ cmp eq reg 1 0x00000002 ]"]
        ),
        (
            "ip saddr 172.16.0.0/12 (without its dependency)",
            [
                .payload(PayloadExpression(.network, offset: 12, length: 4)),
                .bitwise(BitwiseExpression(mask: RegisterData(networkOrder: 0xfff0_0000))),
                .compare(CompareExpression(.equal, RegisterData(IPv4Address(rawValue: 0xac10_0000)))),
            ],
            [
                "[ payload load 4b @ network header + 12 => reg 1 ]",
                "[ bitwise reg 1 = ( reg 1 & 0x0000f0ff ) ^ 0x00000000 ]",
                "[ cmp eq reg 1 0x000010ac ]",
            ]
        ),
        (
            "ip saddr 192.0.2.0/24 (without its dependency)",
            [
                .payload(PayloadExpression(.network, offset: 12, length: 3)),
                .compare(CompareExpression(.equal, RegisterData(leadingBytes: 0xc000_02 << 104, length: 3))),
            ],
            ["[ payload load 3b @ network header + 12 => reg 1 ]", "[ cmp eq reg 1 0x000200c0 ]"]
        ),
        (
            "ip saddr != 192.0.2.1-192.0.2.20 (without its dependency)",
            [
                .payload(PayloadExpression(.network, offset: 12, length: 4)),
                .range(
                    RangeExpression(
                        .notEqual,
                        RegisterData(IPv4Address(rawValue: 0xc000_0201)),
                        RegisterData(IPv4Address(rawValue: 0xc000_0214))
                    )
                ),
            ],
            [
                "[ payload load 4b @ network header + 12 => reg 1 ]",
                "[ range neq reg 1 0x010200c0 0x140200c0 ]",
            ]
        ),
        (
            "ip6 daddr 2001:db8::1 (without its dependency)",
            [
                .payload(PayloadExpression(.network, offset: 24, length: 16)),
                .compare(CompareExpression(.equal, RegisterData(IPv6Address(rawValue: 0x2001_0db8 << 96 | 1)))),
            ],
            [
                "[ payload load 16b @ network header + 24 => reg 1 ]",
                "[ cmp eq reg 1 0xb80d0120 0x00000000 0x00000000 0x01000000 ]",
            ]
        ),
        (
            "tcp dport 1000-2000 (without its dependency)",
            [
                .payload(PayloadExpression(.transport, offset: 2, length: 2)),
                .compare(CompareExpression(.greaterOrEqual, RegisterData(port: 1000))),
                .compare(CompareExpression(.lessOrEqual, RegisterData(port: 2000))),
            ],
            [
                "[ payload load 2b @ transport header + 2 => reg 1 ]", "[ cmp gte reg 1 0x0000e803 ]",
                "[ cmp lte reg 1 0x0000d007 ]",
            ]
        ),
        (
            "tcp dport != { 22, 80 } (without its dependency)",
            [
                .payload(PayloadExpression(.transport, offset: 2, length: 2)),
                .lookup(LookupExpression(SetObject.anonymousName, isInverted: true)),
            ],
            ["[ payload load 2b @ transport header + 2 => reg 1 ]", "[ lookup reg 1 set __set%d 0x1 ]"]
        ),
        (
            "ct state established,related",
            [
                .conntrack(ConntrackExpression(.state)),
                .bitwise(BitwiseExpression(mask: RegisterData(hostOrder: 6))),
                .compare(CompareExpression(.notEqual, RegisterData(hostOrder: 0))),
            ],
            [
                "[ ct load state => reg 1 ]", "[ bitwise reg 1 = ( reg 1 & 0x00000006 ) ^ 0x00000000 ]",
                "[ cmp neq reg 1 0x00000000 ]",
            ]
        ),
        (
            "ct original proto-dst 22",
            [
                .conntrack(ConntrackExpression(.destinationPort, direction: .original)),
                .compare(CompareExpression(.equal, RegisterData(port: 22))),
            ],
            ["[ ct load proto_dst => reg 1 , dir original ]", "[ cmp eq reg 1 0x00001600 ]"]
        ),
        (
            "meta mark 1-5",
            [
                .meta(MetaExpression(.mark)), .byteorder(ByteorderExpression(.hostToNetwork, size: 4)),
                .compare(CompareExpression(.greaterOrEqual, RegisterData(networkOrder: 1))),
                .compare(CompareExpression(.lessOrEqual, RegisterData(networkOrder: 5))),
            ],
            [
                "[ meta load mark => reg 1 ]", "[ byteorder reg 1 = hton(reg 1, 4, 4) ]",
                "[ cmp gte reg 1 0x01000000 ]", "[ cmp lte reg 1 0x05000000 ]",
            ]
        ),
        (
            "meta mark set meta mark and 0xffff00ff or 0x1200",
            [
                .meta(MetaExpression(.mark)),
                .bitwise(
                    BitwiseExpression(mask: RegisterData(hostOrder: 0xffff_00ff), xor: RegisterData(hostOrder: 0x1200))
                ),
                .meta(MetaExpression(set: .mark)),
            ],
            [
                "[ meta load mark => reg 1 ]", "[ bitwise reg 1 = ( reg 1 & 0xffff00ff ) ^ 0x00001200 ]",
                "[ meta set mark with reg 1 ]",
            ]
        ),
        (
            "ct mark set 0x10",
            [.immediate(.data(RegisterData(hostOrder: 0x10), into: .r1)), .conntrack(ConntrackExpression(set: .mark))],
            ["[ immediate reg 1 0x00000010 ]", "[ ct set mark with reg 1 ]"]
        ),
        (
            "limit rate over 100 kbytes/second burst 1 mbytes",
            [.limit(LimitExpression(rate: 102400, period: 1, burst: 1 << 20, unit: .bytes, isOver: true))],
            ["[ limit rate 102400/second burst 1048576 type bytes flags 0x1 ]"]
        ),
        (
            "limit rate 1/week",
            [.limit(LimitExpression(rate: 1, period: 604_800, burst: 0, unit: .packets, isOver: false))],
            ["[ limit rate 1/week burst 5 type packets flags 0x0 ]"]
        ),
        ("counter", [.counter(CounterExpression())], ["[ counter pkts 0 bytes 0 ]"]),
        (
            #"log prefix "x" level warn"#,
            [.log(LogExpression(prefix: "x", target: .kernel(level: 4, flags: 0)))],
            ["[ log prefix x level 4 ]"]
        ),
        (
            #"log group 5 prefix "p" snaplen 256 queue-threshold 10"#,
            [.log(LogExpression(prefix: "p", target: .group(5, snapLength: 256, queueThreshold: 10)))],
            ["[ log prefix p group 5 snaplen 256 qthreshold 10 ]"]
        ),
        ("accept", [.immediate(.verdict(.accept))], ["[ immediate reg 0 accept ]"]),
        ("drop", [.immediate(.verdict(.drop))], ["[ immediate reg 0 drop ]"]),
        ("return", [.immediate(.verdict(.return))], ["[ immediate reg 0 return ]"]),
        ("jump c2", [.immediate(.verdict(.jump("c2")))], ["[ immediate reg 0 jump -> c2 ]"]),
        ("goto c2", [.immediate(.verdict(.goto("c2")))], ["[ immediate reg 0 goto -> c2 ]"]),
        ("reject", [.reject(.icmpx(code: 1))], ["[ reject type 2 code 1 ]"]),
        (
            "reject with icmp type host-unreachable (without its dependency)", [.reject(.icmp(code: 1))],
            ["[ reject type 0 code 1 ]"]
        ),
        ("reject with tcp reset (without its dependency)", [.reject(.tcpReset)], ["[ reject type 1 code 0 ]"]),
        ("notrack", [.notrack], ["[ notrack ]"]),
        (
            "redirect to :8080 random",
            [
                .immediate(.data(RegisterData(port: 8080), into: .r1)),
                .redirect(RedirectExpression(ports: RegisterPair(.r1), flags: 4)),
            ],
            ["[ immediate reg 1 0x0000901f ]", "[ redir proto_min reg 1 proto_max reg 1 flags 0x6 ]"]
        ),
        (
            "dnat ip to 10.0.0.1-10.0.0.5:8000-8010 random,persistent",
            [
                .immediate(.data(RegisterData(IPv4Address(rawValue: 0x0a00_0001)), into: .r1)),
                .immediate(.data(RegisterData(IPv4Address(rawValue: 0x0a00_0005)), into: .r2)),
                .immediate(.data(RegisterData(port: 8000), into: .r3)),
                .immediate(.data(RegisterData(port: 8010), into: .r4)),
                .nat(
                    NATExpression(
                        .destination,
                        family: .ipv4,
                        addresses: RegisterPair(.r1, .r2),
                        ports: RegisterPair(.r3, .r4),
                        flags: 0xc
                    )
                ),
            ],
            [
                "[ immediate reg 1 0x0100000a ]", "[ immediate reg 2 0x0500000a ]", "[ immediate reg 3 0x0000401f ]",
                "[ immediate reg 4 0x00004a1f ]",
                "[ nat dnat ip addr_min reg 1 addr_max reg 2 proto_min reg 3 proto_max reg 4 flags 0xf ]",
            ]
        ),
        (
            "dnat to :8080",
            [
                .immediate(.data(RegisterData(port: 8080), into: .r1)),
                .nat(NATExpression(.destination, family: nil, addresses: nil, ports: RegisterPair(.r1))),
            ],
            ["[ immediate reg 1 0x0000901f ]", "[ nat dnat inet proto_min reg 1 proto_max reg 1 flags 0x2 ]"]
        ),
        (
            "dccp option 4 exists",
            [.extensionHeader(ExtensionHeaderExpression(presenceIn: .dccpOptions, type: 4))],
            // libnftnl 1.2.4 has no names for chunks of SCTP and options of DCCP.
            ["[ exthdr load 1b @ 4 + 0 present => reg 1 ]"]
        ),
        (
            "frag id 5 (without its dependency)",
            [.extensionHeader(ExtensionHeaderExpression(.ipv6Headers, type: 44, offset: 4, length: 4))],
            ["[ exthdr load ipv6 4b @ 44 + 4 => reg 1 ]"]
        ),
        (
            "tcp option sack-perm exists",
            [.extensionHeader(ExtensionHeaderExpression(presenceIn: .tcpOptions, type: 4))],
            ["[ exthdr load tcpopt 1b @ 4 + 0 present => reg 1 ]"]
        ),
        (
            "fib daddr . mark . iif oifname (without what it is compared with)",
            [.fib(FibExpression(.interfaceName, [.destination, .mark, .inputInterface]))],
            ["[ fib daddr . mark . iif oifname => reg 1 ]"]
        ),
        (
            "rt ip6 nexthop (without what it is compared with)",
            [.route(RouteExpression(.nextHopIPv6))],
            ["[ rt load nexthop6 => reg 1 ]"]
        ),
        (
            "socket mark, then socket cgroupv2 level 2 (without what they are compared with)",
            [.socket(SocketExpression(.mark)), .socket(SocketExpression(.controlGroup(level: 2), into: .r2))],
            ["[ socket load mark => reg 1 ]", "[ socket load cgroupv2 => reg 2 ]"]
        ),
        (
            "osf name (without what it is compared with)",
            [.osf(OSFExpression(into: .r3))],
            ["[ osf dreg 3 ]"]
        ),
        (
            "ipsec out spnum 2 ip6 daddr (without what it is compared with)",
            [.ipsec(IPsecExpression(.destinationIPv6, .output, index: 2))],
            ["[ xfrm load out 2 daddr6 => reg 1 ]"]
        ),
        (
            "numgen random mod 10 offset 3 (without what it is compared with)",
            [.numberGenerator(NumberGeneratorExpression(.random, modulus: 10, offset: 3))],
            ["[ numgen reg 1 = random mod 10 offset 3 ]"]
        ),
        (
            "jhash ip saddr mod 5 seed 1 offset 2 (without its dependency)",
            [
                .payload(PayloadExpression(.network, offset: 12, length: 4, into: .r2)),
                .hash(HashExpression(.register(.r2, length: 4, seed: 1), modulus: 5, offset: 2)),
            ],
            [
                "[ payload load 4b @ network header + 12 => reg 2 ]",
                "[ hash reg 1 = jhash(reg 2, 4, 0x1) % mod 5 offset 2 ]",
            ]
        ),
        (
            "symhash mod 5 offset 7 (without what it is compared with)",
            [.hash(HashExpression(.flow, modulus: 5, offset: 7))],
            ["[ hash reg 1 = symhash() % mod 5 offset 7 ]"]
        ),
        (
            "a tunnel's id, for which nft has no words",
            [.tunnel(TunnelExpression(.id, into: .r2))],
            ["[ tunnel load id => reg 2 ]"]
        ),
        (
            "meta ibrname, meta ibrvproto, meta sdif (without what they are compared with)",
            [
                .meta(MetaExpression(.inputBridgeName)), .meta(MetaExpression(.inputBridgeVLANProtocol)),
                .meta(MetaExpression(.slaveIndex)),
            ],
            [
                "[ meta load bri_iifname => reg 1 ]", "[ meta load bri_iifvproto => reg 1 ]",
                "[ meta load sdif => reg 1 ]",
            ]
        ),
        (
            "queue flags bypass,fanout to 3-5",
            [.queue(QueueExpression(.numbers(first: 3, count: 3), [.bypass, .fanout]))],
            [
                "[ queue num 3-5 bypass fanout ]"
            ]
        ),
        (
            "queue to numgen inc mod 5",
            [
                .numberGenerator(NumberGeneratorExpression(.incremental, modulus: 5)),
                .queue(QueueExpression(.register(.r1))),
            ],
            [
                "[ numgen reg 1 = inc mod 5 ]",
                "[ queue sreg_qnum 1 ]",
            ]
        ),
        (
            "flow add @f",
            [.flowOffload(FlowOffloadExpression("f"))],
            [
                "[ flow_offload flowtable f ]"
            ]
        ),
        (
            "ip dscp set 8 (without its dependency)",
            [
                .payload(PayloadExpression(.network, offset: 0, length: 2)),
                .payloadWrite(PayloadWriteExpression(.network, offset: 0, length: 2, checksum: .internet(offset: 10))),
            ],
            [
                "[ payload load 2b @ network header + 0 => reg 1 ]",
                "[ payload write reg 1 => 2b @ network header + 0 csum_type 1 csum_off 10 csum_flags 0x0 ]",
            ]
        ),
        (
            "tcp option maxseg size set 1400, reset tcp option sack-perm",
            [
                .immediate(.data(RegisterData(port: 1400), into: .r1)),
                .tcpOption(.write(type: 2, offset: 2, length: 2, from: .r1)), .tcpOption(.strip(type: 4)),
            ],
            [
                "[ immediate reg 1 0x00007805 ]",
                "[ exthdr write tcpopt reg 1 => 2b @ 2 + 2 ]",
                "[ exthdr reset tcpopt 4 ]",
            ]
        ),
        (
            "meta mark set meta mark lshift 8",
            [
                .meta(MetaExpression(.mark)), .shift(ShiftExpression(.left, by: 8, length: 4)),
                .meta(MetaExpression(set: .mark)),
            ],
            [
                "[ meta load mark => reg 1 ]",
                "[ bitwise reg 1 = ( reg 1 << 0x00000008 ) ]",
                "[ meta set mark with reg 1 ]",
            ]
        ),
        (
            "tproxy ip to 127.0.0.1:99 (without its dependency)",
            [.transparentProxy(TransparentProxyExpression(family: .ipv4, address: .r1, port: .r2))],
            [
                "[ tproxy ip addr reg 1 port reg 2 ]"
            ]
        ),
        (
            "dup to 1.2.3.4 device lo, fwd ip to 1.2.3.4 device lo (without what stands in the registers)",
            [
                .duplicate(DuplicateExpression(address: .r1, interface: .r2)),
                .forward(ForwardExpression(neighbour: .init(.ipv4, address: .r2))),
            ],
            [
                "[ dup sreg_addr 1 sreg_dev 2 ]",
                "[ fwd sreg_dev 1 sreg_addr 2 nfproto 2 ]",
            ]
        ),
        (
            "synproxy mss 1460 wscale 7",
            [.synproxy(SynproxyExpression(segmentSize: 1460, windowScale: 7, [.segmentSize, .windowScale]))],
            [
                "[ synproxy mss 1460 wscale 7 ]"
            ]
        ),
        (
            "quota over 5 mbytes, ct count over 4",
            [
                .quota(QuotaExpression(bytes: 5 << 20, isOver: true)),
                .connectionLimit(ConnectionLimitExpression(count: 4, isOver: true)),
            ],
            [
                "[ quota bytes 5242880 consumed 0 flags 1 ]",
                "[ connlimit count 4 flags 1 ]",
            ]
        ),
        (
            "last",
            [.last(LastExpression())],
            [
                "[ last never ]"
            ]
        ),
        (
            #"quota name "q", counter name ip saddr map @om (without its dependency)"#,
            [.object(.named("q", .quota)), .object(.map("om", in: .r1))],
            [
                "[ objref type 2 name q ]",
                "[ objref sreg 1 set om ]",
            ]
        ),
        (
            "ip saddr vmap @vm, meta mark set ip saddr map @mm (without their dependencies)",
            [.map(MapExpression("vm", into: .verdict)), .map(MapExpression("mm")), .meta(MetaExpression(set: .mark))],
            [
                "[ lookup reg 1 set vm dreg 0 0x0 ]",
                "[ lookup reg 1 set mm dreg 1 0x0 ]",
                "[ meta set mark with reg 1 ]",
            ]
        ),
        (
            "update @mm { ip saddr : 5 }, add @s { ip saddr timeout 3s counter limit rate 3/second } (without their dependencies)",
            [
                .dynamicSet(DynamicSetExpression(.update, "mm", data: .r2)),
                .dynamicSet(
                    DynamicSetExpression(
                        .add,
                        "s",
                        timeout: 3000,
                        expressions: [
                            .counter(CounterExpression()),
                            .limit(LimitExpression(rate: 3, period: 1, burst: 5, unit: .packets, isOver: false)),
                        ]
                    )
                ),
            ],
            [
                "[ dynset update reg_key 1 set mm sreg_data 2 ]",
                "[ dynset add reg_key 1 set s timeout 3000ms expr [ counter pkts 0 bytes 0 ] expr [ limit rate 3/second burst 5 type packets flags 0x0 ] ]",
            ]
        ),
        ("masquerade random", [.masquerade(MasqueradeExpression(flags: 4))], ["[ masq flags 0x4 ]"]),
    ]

    private static func interface(_ name: String, isPrefix: Bool = false) -> RegisterData {
        guard let name = InterfaceName(name) else { preconditionFailure("not an interface name: \(name)") }
        return RegisterData(InterfacePattern(name, isPrefix: isPrefix))
    }

    @Test(arguments: rules)
    func libnftnlReadsWhatNftSays(rule: String, expressions: [Expression], bytecode: [String]) throws {
        var writer = ExpressionWriter()
        for expression in expressions { writer.append(expression) }
        var batch = FirewallBatch()
        try batch.addRule(RuleObject(expressions: writer.finish()), to: "c")
        // The payload stands after struct nlmsghdr.
        let payload = Array(batch.encodedMessages.dropFirst(16))
        #expect(try Bytecode(rulePayload: payload).instructions == bytecode, "\(rule)")
    }
}
