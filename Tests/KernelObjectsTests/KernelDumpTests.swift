import KernelObjects
import Netlink
import NetworkTypes
import TestSupport
import Testing

/// What the kernel says of rules, next to what is written for them: the same bytes.
@Suite(.freshNetworkNamespace, .requires(.nft))
struct KernelDumpTests {
    @Test(arguments: KernelRule.loads + KernelRule.statements)
    func aRuleOfNftIsReadWhollyAndWrittenAsTheKernelDumpsIt(_ rule: KernelRule) throws {
        try outputOf("nft", "-f", "-", input: rule.script)
        try expectUnderstood(rule)
    }

    /// A kernel that has it is asked as above. One that has not says so: the rule is then not tried here, and listed by its name.
    @Test(arguments: KernelRule.loadsThatMayBeMissing + KernelRule.statementsThatMayBeMissing)
    func aRuleThatAKernelMayNotKnowIsReadWhollyOrRefusedForThat(_ rule: KernelRule) throws {
        let result = try run("nft", "-f", "-", input: rule.script)
        if result.status == 0 { return try expectUnderstood(rule) }
        let reasons = ["Operation not supported", "No such file or directory"]
        #expect(
            reasons.contains { result.errorOutput.contains(": Error: Could not process rule: \($0)") }
                || result.errorOutput.contains(": Error: No such file or directory; did you mean chain"),
            "\(result.errorOutput)"
        )
        print("this kernel does not know: \(rule.testDescription)")
    }

    /// Each kind of expression is the reason for a rule, but for those that nft or the kernel has nothing to say of.
    @Test func eachKindOfExpressionIsTried() {
        let all = KernelRule.loads + KernelRule.loadsThatMayBeMissing + KernelRule.statements
        let tried = Set((all + KernelRule.statementsThatMayBeMissing).map(\.kind))
        let known = Set(ExpressionTests.dumped.map(\.expression.kindName))
        #expect(known.subtracting(tried) == ["inner", "last", "match", "tunnel", "flow_offload"])
        #expect(tried.subtracting(known) == [])
    }

    /// What was written is what the kernel says of it, also where nft has no words for it.
    @Test(arguments: writable)
    func whatIsWrittenIsWhatTheKernelDumps(_ expressions: [Expression]) throws {
        var writer = ExpressionWriter()
        for expression in expressions { writer.append(expression) }
        let written = writer.finish()
        try outputOf("nft", "-f", "-", input: KernelRule.table(FirewallState.tableName, .inet, .prerouting))
        var batch = FirewallBatch()
        try batch.addRule(RuleObject(expressions: written), to: "c")
        var socket = try NetlinkSocket(.netfilter)
        var messages = try NetlinkBatch(encodedMessages: batch.encodedMessages)
        let outcome = try socket.commit(&messages)
        try #require(outcome.isSuccess, "\(outcome.errors)")
        let dumped = try Self.rules(in: FirewallDump.Table(family: 1, name: FirewallState.tableName))
        #expect(dumped.map(hexadecimal) == [hexadecimal(written)])
        #expect(Expression.decode(written) == expressions)
    }

    static let writable: [[Expression]] = [
        inner(.vxlan, .payload(PayloadExpression(.network, offset: 12, length: 4))),
        inner(.vxlan, .payload(PayloadExpression(.tunnel, offset: 4, length: 3))),
        inner(.geneve, .payload(PayloadExpression(.link, offset: 0, length: 6, into: .r2))),
        inner(.geneve, .meta(MetaExpression(.protocol))),
        inner(.gre, .meta(MetaExpression(.l4proto, into: .r3))),
        inner(.gretap, .payload(PayloadExpression(.transport, offset: 2, length: 2))),
        [.extensionHeader(ExtensionHeaderExpression(presenceIn: .tcpOptions, type: 4, into: .r4))],
        [.extensionHeader(ExtensionHeaderExpression(.sctpChunks, type: 0, offset: 4, length: 4))],
        [.numberGenerator(NumberGeneratorExpression(.random, modulus: 10, offset: 3, into: .r2))],
        [.hash(HashExpression(.flow, modulus: 4, offset: 9, into: .r3))],
        [
            .meta(MetaExpression(.mark)),
            .hash(HashExpression(.register(.r1, length: 4, seed: nil), modulus: 4, into: .r2)),
        ],
        [.last(LastExpression())],
        [
            .quota(QuotaExpression(bytes: 9, isOver: true)),
            .connectionLimit(ConnectionLimitExpression(count: 9, isOver: false)),
        ],
        [.meta(MetaExpression(.mark)), .shift(ShiftExpression(.right, by: 31, length: 4, from: .r1, into: .r2))],
        [
            .meta(MetaExpression(.mark)),
            .logic(LogicExpression(.r1, .or, .value(RegisterData(hostOrder: 9)), length: 4)),
        ],
        [
            .meta(MetaExpression(.mark)), .conntrack(ConntrackExpression(.mark, into: .r2)),
            .logic(LogicExpression(.r1, .and, .register(.r2), length: 4, into: .r3)),
            .meta(MetaExpression(set: .mark, from: .r3)),
        ],
        [
            .payload(PayloadExpression(.network, offset: 8, length: 16)),
            .payload(PayloadExpression(.network, offset: 24, length: 16, into: .r2)),
            .logic(LogicExpression(.r1, .xor, .register(.r2), length: 16)),
        ],
        [
            .immediate(.data(RegisterData(port: 9), into: .r1)),
            .payloadWrite(PayloadWriteExpression(.transport, offset: 2, length: 2, checksum: .sctp(offset: 8))),
        ],
        [
            .immediate(.data(RegisterData(IPv4Address(rawValue: 9)), into: .r4)),
            .payloadWrite(
                PayloadWriteExpression(
                    .network,
                    offset: 12,
                    length: 4,
                    checksum: .internet(offset: 10),
                    isInPseudoHeader: true,
                    from: .r4
                )
            ),
        ],
        // The kernel refuses some of what it says of these.
        [
            .immediate(.data(RegisterData(port: 1380), into: .r1)),
            .tcpOption(.write(type: 2, offset: 2, length: 2, from: .r1)), .tcpOption(.strip(type: 8)),
        ],
        [
            .payload(PayloadExpression(.network, offset: 12, length: 4)),
            .dynamicSet(DynamicSetExpression(.delete, "members")),
            .dynamicSet(DynamicSetExpression(.update, "transient", timeout: 8000)),
            .dynamicSet(
                DynamicSetExpression(.add, "members", expressions: [.counter(CounterExpression())], isInverted: true)
            ),
            .dynamicSet(
                DynamicSetExpression(
                    .add,
                    "members",
                    expressions: [.last(LastExpression()), .quota(QuotaExpression(bytes: 9, isOver: false))]
                )
            ),
            .immediate(.data(RegisterData(hostOrder: 9), into: .r2)),
            .dynamicSet(DynamicSetExpression(.update, "marks", data: .r2)),
        ],
        [
            .payload(PayloadExpression(.network, offset: 12, length: 4)), .object(.map("counters", in: .r1)),
            .object(.named("rest", .quota)), .map(MapExpression("marks", into: .r2)),
            .map(MapExpression("verdicts", into: .verdict)),
        ],
        [
            .immediate(.data(RegisterData(port: 9), into: .r2)),
            .transparentProxy(TransparentProxyExpression(family: .ipv6, address: nil, port: .r2)),
        ],
    ]

    private static func inner(_ tunnel: InnerExpression.Tunnel, _ load: InnerExpression.Load) -> [Expression] {
        guard let inner = InnerExpression(tunnel, load) else { preconditionFailure("nft has no words for \(tunnel)") }
        return [.inner(inner)]
    }

    /// Expects that the kernel has the rule, and that each of its expressions is known.
    private func expectUnderstood(_ rule: KernelRule, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let table = FirewallDump.Table(family: rule.family.number, name: "t")
        let dumped = try #require(try Self.rules(in: table).last, sourceLocation: sourceLocation)
        let expressions = try #require(Expression.decode(dumped), sourceLocation: sourceLocation)
        for case .unknown(let unknown) in expressions {
            Issue.record(
                "not understood: \(unknown.name) \(hexadecimal(unknown.element))",
                sourceLocation: sourceLocation
            )
        }
        #expect(expressions.contains { $0.kindName == rule.kind }, sourceLocation: sourceLocation)
        var writer = ExpressionWriter()
        for expression in expressions { writer.append(expression) }
        #expect(hexadecimal(writer.finish()) == hexadecimal(dumped), sourceLocation: sourceLocation)
    }

    /// The content of `NFTA_RULE_EXPRESSIONS` of each rule of the chain `c`.
    private static func rules(in table: FirewallDump.Table) throws -> [[UInt8]] {
        var socket = try NetlinkSocket(.netfilter)
        let request = FirewallDump.rulesRequest(ofChain: "c", in: table)
        var rules: [[UInt8]] = []
        try socket.dump(NetlinkRequest(type: request.type, payload: request.payload)) { _, payload in
            let bytes = payload.withUnsafeBytes { Array($0) }
            rules.append(attribute(4, in: bytes.dropFirst(4)) ?? [])
        }
        return rules
    }

    /// The value of the first attribute with a type.
    private static func attribute(_ type: Int, in bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var rest = bytes
        while rest.count >= 4 {
            let start = rest.startIndex
            let length = Int(rest[start]) | Int(rest[start + 1]) << 8
            if (Int(rest[start + 2]) | Int(rest[start + 3]) << 8) & 0x3fff == type {
                return Array(rest[start + 4..<start + length])
            }
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return nil
    }
}
