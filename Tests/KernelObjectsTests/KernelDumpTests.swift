import KernelObjects
import Netlink
import NetworkTypes
import TestSupport
import Testing

/// What the kernel says of rules, next to what is written for them: the same bytes.
@Suite(.freshNetworkNamespace, .requires(.nft))
struct KernelDumpTests {
    @Test(arguments: KernelRule.loads)
    func aRuleOfNftIsReadWhollyAndWrittenAsTheKernelDumpsIt(_ rule: KernelRule) throws {
        try outputOf("nft", "-f", "-", input: rule.script)
        try expectUnderstood(rule)
    }

    /// A kernel that has it is asked as above. One that has not says so: the rule is then not tried here, and listed by its name.
    @Test(arguments: KernelRule.loadsThatMayBeMissing)
    func aRuleThatAKernelMayNotKnowIsReadWhollyOrRefusedForThat(_ rule: KernelRule) throws {
        let result = try run("nft", "-f", "-", input: rule.script)
        if result.status == 0 { return try expectUnderstood(rule) }
        let reasons = ["Operation not supported", "No such file or directory"]
        #expect(
            reasons.contains { result.errorOutput.contains("Could not process rule: \($0)") },
            "\(result.errorOutput)"
        )
        print("this kernel does not know: \(rule.testDescription)")
    }

    /// What was written is what the kernel says of it, also where nft has no words for it.
    @Test(arguments: writable)
    func whatIsWrittenIsWhatTheKernelDumps(_ expressions: [Expression]) throws {
        var writer = ExpressionWriter()
        for expression in expressions { writer.append(expression) }
        let written = writer.finish()
        var batch = FirewallBatch()
        try batch.addTable()
        try batch.addChain(
            ChainObject(
                name: "c",
                base: ChainObject.Base(type: .filter, hook: .prerouting, priority: 0, policy: .accept)
            )
        )
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
