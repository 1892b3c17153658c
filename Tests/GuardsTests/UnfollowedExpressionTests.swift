import KernelObjects
import NetworkTypes
import Testing

@testable import Guards

/// Expressions that no packet is led through: what they do is not known, and nothing is never what they do.
@Suite struct UnfollowedExpressionTests {
    static let expressions: [Expression] = [
        .connectionLimit(ConnectionLimitExpression(count: 1, isOver: false)),
        .duplicate(DuplicateExpression(address: .r2, interface: nil)),
        .dynamicSet(DynamicSetExpression(.add, "s")),
        .extensionHeader(ExtensionHeaderExpression(presenceIn: .tcpOptions, type: 4)),
        .fib(FibExpression(.addressType, .destination)),
        .flowOffload(FlowOffloadExpression("f")),
        .forward(ForwardExpression()),
        .hash(HashExpression(.flow, modulus: 2)),
        .inner(
            InnerExpression(
                .gre,
                [.network],
                headerSize: 4,
                .payload(PayloadExpression(.network, offset: 9, length: 1))
            )
        ),
        .ipsec(IPsecExpression(.requestID, .input)),
        .last(LastExpression()),
        .logic(LogicExpression(.r1, .or, .register(.r1), length: 4)),
        .map(MapExpression("m")),
        .map(MapExpression("m", into: .verdict)),
        .meta(MetaExpression(.cpu)),
        .meta(MetaExpression(.inputBridgeAddress)),
        .conntrack(ConntrackExpression(.labels)),
        .numberGenerator(NumberGeneratorExpression(.random, modulus: 2)),
        .object(.named("o", .quota)),
        .object(.map("o", in: .r1)),
        .osf(OSFExpression()),
        .payload(PayloadExpression(.inner, offset: 0, length: 4)),
        .payloadWrite(PayloadWriteExpression(.network, offset: 16, length: 4)),
        .queue(QueueExpression(.numbers(first: 0, count: 1))),
        .quota(QuotaExpression(bytes: 1, isOver: true)),
        .route(RouteExpression(.realm)),
        .shift(ShiftExpression(.left, by: 1, length: 4)),
        .socket(SocketExpression(.mark)),
        .synproxy(SynproxyExpression()),
        .tcpOption(.strip(type: 4)),
        .transparentProxy(TransparentProxyExpression(family: nil, address: nil, port: .r1)),
        .tunnel(TunnelExpression(.id)),
    ]

    /// Whether the value that stood in the register before is compared with itself or with another one, the end is not certain.
    @Test(arguments: expressions)
    func aRuleWithOneIsNotCertain(_ expression: Expression) throws {
        for value: UInt32 in [1, 2] {
            var writer = ExpressionWriter()
            writer.append(RegisterData(hostOrder: value), into: .r1)
            writer.append(expression)
            writer.append(CompareExpression(.equal, RegisterData(hostOrder: 1)))
            writer.append(Verdict.drop)
            let chain = ChainObject(name: "c", rules: [RuleEntry(RuleObject(expressions: writer.finish()))])
            let program = FirewallProgram(FirewallState(chains: [chain]))
            let rule = try #require(program.chain(named: "c")?.rules.first)
            var run = RuleRun(program, Self.packet)
            let (truth, end, _, _) = run.run(rule, on: Self.packet)
            if case .anything = end { continue }
            #expect(truth == .maybe)
        }
    }

    /// What is loaded reaches into the registers behind.
    @Test(arguments: [
        Expression.payload(PayloadExpression(.network, offset: 0, length: 20)),
        .byteorder(ByteorderExpression(.hostToNetwork, length: 20, size: 4, from: .r1, into: .r1)),
    ])
    func aLongLoadLeavesNothingKnownBehindIt(_ expression: Expression) throws {
        var writer = ExpressionWriter()
        writer.append(RegisterData(hostOrder: 1), into: .r2)
        writer.append(expression)
        writer.append(CompareExpression(.equal, RegisterData(hostOrder: 1), in: .r2))
        let chain = ChainObject(name: "c", rules: [RuleEntry(RuleObject(expressions: writer.finish()))])
        let program = FirewallProgram(FirewallState(chains: [chain]))
        let rule = try #require(program.chain(named: "c")?.rules.first)
        var run = RuleRun(program, Self.packet)
        #expect(run.run(rule, on: Self.packet).truth == .maybe)
    }

    private static let packet: Packet = {
        var packet = Packet(
            source: TCPEndpoint(address: .ipv4(IPv4Address(rawValue: 0xcb00_7107)), port: 50000),
            destination: TCPEndpoint(address: .ipv4(IPv4Address(rawValue: 0xc000_0201)), port: 22),
            transport: .tcp(.ack)
        )
        packet.tracking.hasEntry = .yes
        return packet
    }()
}
