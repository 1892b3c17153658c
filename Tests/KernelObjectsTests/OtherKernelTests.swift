import KernelObjects
import NetworkTypes
import TestSupport
import Testing

/// Other kernels say the same in another order, leave out defaults, and say more.
@Suite struct OtherKernelTests {
    // MARK: The same in another order

    /// What a dump says, in a form that can be compared; text, as not all objects can.
    private static func meaning(_ kind: Capture, _ bytes: [UInt8]) throws -> String? {
        let payload = bytes.span.bytes
        switch kind {
        case .rule:
            var decoder = RuleDecoder(anonymousSets: DumpTests.anonymousSets)
            let entry = try decoder.rule(payload)
            return "\(entry)"
        case .chain: return "\(try FirewallDump.chain(payload))"
        case .set:
            var result = try FirewallDump.set(payload)
            // What cannot be made again is kept as it was sent.
            if result.set.foreignAttributes != nil { result.set.foreignAttributes = [] }
            return "\(result)"
        case .elements:
            var collector = ElementCollector(SetObject(name: "s", flags: .interval, keyType: 7, keyLength: 4))
            try collector.add(payload)
            return "\(collector.finish())"
        case .route:
            guard var route = try RoutingDump.route(payload, interfaceName: { "if\($0)" }) else { return nil }
            route.raw = []
            return "\(route)"
        case .routingRule:
            guard var rule = try RoutingDump.routingRule(payload) else { return nil }
            rule.raw = []
            return "\(rule)"
        case .table: return "\(try FirewallDump.table(payload))"
        case .generation: return "\(try FirewallDump.generation(payload))"
        case .link: return try RoutingDump.link(payload).map { "\($0)" }
        case .address: return try RoutingDump.address(payload).map { "\($0)" }
        case .object: return try FirewallDump.foreignObject(payload, messageType: 0).object.name
        }
    }

    private static func headerSize(_ kind: Capture) -> Int {
        switch kind {
        case .route, .routingRule: 12
        case .link: 16
        case .address: 8
        default: 4
        }
    }

    /// The message as header and attributes.
    private static func parts(_ kind: Capture, _ bytes: [UInt8]) throws -> (header: [UInt8], trees: [AttributeTree]) {
        let size = headerSize(kind)
        return (Array(bytes[..<size]), try #require(AttributeTree.list(Array(bytes[size...])), "\(kind)"))
    }

    @Test func theOrderOfAttributesSaysNothing() throws {
        var generator = SeededGenerator(seed: 0x0dd)
        for (kind, bytes) in Capture.all {
            let wanted = try #require(try Self.meaning(kind, bytes))
            let (header, trees) = try Self.parts(kind, bytes)
            // The statistics of a link have more attributes in attributes than it has.
            #expect(kind == .link || header + AttributeTree.bytes(trees) == bytes, "\(kind)")
            for _ in 0..<20 {
                let other = header + AttributeTree.bytes(AttributeTree.shuffled(trees, &generator))
                expectSameText(try Self.meaning(kind, other) ?? "", wanted)
            }
        }
    }

    /// A rule with one expression, as a kernel dumps it.
    private static func rule(_ expressions: [UInt8]) -> [UInt8] {
        let list = AttributeTree.list(expressions) ?? []
        let handle = AttributeTree(type: 3, content: .value([0, 0, 0, 0, 0, 0, 0, 1]))
        return [1, 0, 0, 0] + AttributeTree.bytes([handle, AttributeTree(type: 4, content: .nested(list))])
    }

    private static func canonical(_ expressions: [UInt8]) throws -> RuleObject {
        var decoder = RuleDecoder()
        return try decoder.rule(rule(expressions).span.bytes).rule
    }

    @Test(arguments: ExpressionTests.dumped)
    func anExpressionIsTheSameInAnyOrder(expression: Expression, bytes dump: String) throws {
        var generator = SeededGenerator(seed: 0x0dd)
        if case .unknown = expression { return }
        let element = bytes(dump)
        let trees = try #require(AttributeTree.list(element))
        let wanted = try Self.canonical(element)
        for _ in 0..<20 {
            let other = AttributeTree.bytes(AttributeTree.shuffled(trees, &generator))
            #expect(Expression.decode(other) == [expression])
            #expect(try Self.canonical(other) == wanted, "\(hexadecimal(other))")
        }
    }

    /// As Linux 6.12.117 and 7.3.4 say it: `NFTA_BYTEORDER_SIZE` before `NFTA_BYTEORDER_LEN`.
    @Test func byteorderIsTheSameOnNewerKernels() throws {
        var writer = ExpressionWriter()
        writer.append(ByteorderExpression(.hostToNetwork, length: 4, size: 2, from: .r1, into: .r1))
        let older = writer.finish()
        let newer = bytes(
            """
            400001000e000100627974656f726465720000002c000200080001000000000108000200000000010800030000000001
            08000500000000020800040000000004
            """
        )
        #expect(try Self.canonical(newer).expressions == older)
    }

    @Test func rulesOneAfterTheOtherAreReadEachOnItsOwn() throws {
        var generator = SeededGenerator(seed: 7)
        let elements = ExpressionTests.dumped.filter { if case .unknown = $0.expression { false } else { true } }
            .map { bytes($0.bytes) }
        var decoder = RuleDecoder()
        for _ in 0..<2000 {
            let chosen = (0..<Int.random(in: 1...20, using: &generator)).map { _ in
                elements[Int.random(in: 0..<min(elements.count, 6), using: &generator)]
            }
            let wanted = try Self.canonical(chosen.flatMap(\.self))
            var trees = chosen.flatMap { AttributeTree.list($0) ?? [] }
            if Bool.random(using: &generator) { trees = AttributeTree.shuffled(trees, &generator) }
            let entry = try decoder.rule(Self.rule(AttributeTree.bytes(trees)).span.bytes)
            #expect(entry.rule == wanted)
        }
    }

    // MARK: Defaults that are left out

    @Test func whatIsLeftOutIsTheDefault() throws {
        // The kind, the attributes that may be missing, and the expression.
        let cases: [(Set<UInt16>, Expression)] = [
            ([6], .bitwise(BitwiseExpression(mask: RegisterData(3)))),
            ([1, 2], .counter(CounterExpression())),
            ([5], .lookup(LookupExpression("s"))),
            ([4, 5], .limit(LimitExpression(rate: 5, period: 60, burst: 7, unit: .packets, isOver: false))),
            ([3], .limit(LimitExpression(rate: 5, period: 60, burst: 5, unit: .packets, isOver: false))),
            ([5], .log(LogExpression(prefix: "x", target: .kernel(level: 4, flags: 0)))),
            (
                [4, 6, 7],
                .nat(
                    NATExpression(
                        .destination,
                        family: .ipv4,
                        addresses: RegisterPair(.r1),
                        ports: RegisterPair(.r2)
                    )
                )
            ),
            ([1, 3], .masquerade(MasqueradeExpression(ports: RegisterPair(.r1)))),
            ([2, 3], .redirect(RedirectExpression(ports: RegisterPair(.r1)))),
        ]
        for (missing, expression) in cases {
            var writer = ExpressionWriter()
            writer.append(expression)
            let full = writer.finish()
            let trees = try #require(AttributeTree.list(full))
            let less = trees.map { $0.removing(missing, depth: 2) }
            #expect(AttributeTree.bytes(less).count < full.count, "\(expression)")
            #expect(try Self.canonical(AttributeTree.bytes(less)).expressions == full, "\(expression)")
        }
    }

    @Test func aRouteOfIPv6WithoutMetricHasTheDefault() throws {
        let message = try #require(Capture.messages(.route).first { $0[0] == 10 })
        let (header, trees) = try Self.parts(.route, message)
        let less = header + AttributeTree.bytes(trees.filter { $0.type != 6 })
        let route = try #require(try RoutingDump.route(less.span.bytes, interfaceName: { "if\($0)" }))
        #expect(route.key.metric == 1024)
    }

    // MARK: More than is known

    /// Wherever a kernel says more, the object is another one, and says so; nothing is malformed by it.
    @Test func anotherAttributeIsADifference() throws {
        let compared: [Capture] = [.rule, .chain, .set, .elements, .route, .routingRule]
        for (kind, bytes) in Capture.all where compared.contains(kind) {
            let wanted = try #require(try Self.meaning(kind, bytes))
            // Members of a map, which Weir does not make, are kept as they are sent.
            if kind == .elements, wanted.contains("foreignAttributes: Optional") { continue }
            let (header, trees) = try Self.parts(kind, bytes)
            for place in 0..<AttributeTree.places(trees) {
                // The list of members holds members, and that of expressions expressions.
                var index = place
                let addition = AttributeTree(type: 50, content: .value([0, 0, 0, 1]))
                let more = header + AttributeTree.bytes(AttributeTree.adding(addition, at: &index, of: trees))
                let meaning = try Self.meaning(kind, more)
                if kind == .elements, place == 0 {
                    // What a message of members says besides is about no member.
                    #expect(meaning == wanted)
                } else {
                    #expect(meaning != wanted, "\(kind) at \(place): \(hexadecimal(more))")
                }
            }
        }
    }

    @Test func anotherAttributeOfAnExpressionIsNamed() throws {
        for (expression, dump) in ExpressionTests.dumped {
            if case .unknown = expression { continue }
            let trees = try #require(AttributeTree.list(bytes(dump)))
            let plain = try Self.canonical(bytes(dump))
            #expect(plain.additionNames.isEmpty && plain.withoutAdditions == plain)
            guard let data = trees[0].nested(2), !data.isEmpty else { continue }
            let addition = AttributeTree(type: 31, content: .value([0, 0, 0, 1]))
            let more = [trees[0].replacing(2, with: data + [addition])]
            let rule = try Self.canonical(AttributeTree.bytes(more))
            #expect(rule != plain)
            #expect(rule.additionNames == ["another attribute 31 of '\(expression.kindName)'"])
            #expect(rule.withoutAdditions == plain)
        }
    }

    @Test func whatHasBeenThereForLongIsNoAddition() throws {
        // A lookup in a map, `NFTA_LOOKUP_DREG`: something else than a lookup in a set.
        var writer = ExpressionWriter()
        writer.append(LookupExpression("s"))
        let trees = try #require(AttributeTree.list(writer.finish()))
        let data = try #require(trees[0].nested(2))
        let register = AttributeTree(type: 3, content: .value([0, 0, 0, 1]))
        let rule = try Self.canonical(AttributeTree.bytes([trees[0].replacing(2, with: data + [register])]))
        #expect(rule.additionNames.isEmpty)
        #expect(rule.withoutAdditions.expressions == rule.expressions)
    }

    @Test func otherAttributesAreTakenAway() throws {
        let addition = AttributeTree(type: 50, content: .value([0, 0, 0, 1]))
        var state = FirewallState()
        for message in Capture.messages(.set).prefix(3) {
            let (header, trees) = try Self.parts(.set, message)
            let more = header + AttributeTree.bytes(trees + [addition])
            let set = try FirewallDump.set(more.span.bytes).set
            #expect(set.additionNames == ["another attribute 50"])
            let plain = try FirewallDump.set(message.span.bytes).set
            #expect(set.withoutAdditions == plain)
            state.sets.append(set)
        }
        for message in Capture.messages(.chain) {
            let (header, trees) = try Self.parts(.chain, message)
            let more = header + AttributeTree.bytes(trees + [addition])
            let chain = try FirewallDump.chain(more.span.bytes).chain
            #expect(chain.additions == [50] && !chain.isForeign)
            state.chains.append(chain)
        }
        #expect(state.withoutAdditions.chains.flatMap(\.additions) == [])
        let message = try #require(Capture.messages(.route).first)
        let (header, trees) = try Self.parts(.route, message)
        let more = header + AttributeTree.bytes(trees + [addition])
        let route = try #require(try RoutingDump.route(more.span.bytes, interfaceName: { "if\($0)" }))
        #expect(route.hasUnknownAttributes && route.additions == [50])
        #expect(!route.withoutAdditions.hasUnknownAttributes)
    }
}

extension AttributeTree {
    /// The attributes in one of the attributes of this one.
    func nested(_ type: UInt16) -> [AttributeTree]? {
        guard case .nested(let parts) = content,
            case .nested(let inner) = parts.first(where: { $0.type == type })?.content
        else { return nil }
        return inner
    }

    /// This one, with other attributes in one of its attributes.
    func replacing(_ type: UInt16, with inner: [AttributeTree]) -> AttributeTree {
        guard case .nested(let parts) = content else { return self }
        let changed = parts.map { $0.type == type ? AttributeTree(type: type, content: .nested(inner)) : $0 }
        return AttributeTree(type: self.type, content: .nested(changed))
    }

    /// This one, with attributes left out at a depth: 1 is its own.
    func removing(_ types: Set<UInt16>, depth: Int) -> AttributeTree {
        guard case .nested(let parts) = content else { return self }
        let rest =
            depth == 1
            ? parts.filter { !types.contains($0.type) } : parts.map { $0.removing(types, depth: depth - 1) }
        return AttributeTree(type: type, content: .nested(rest))
    }
}
