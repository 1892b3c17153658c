import KernelObjects
import Testing

/// What packets change in a rule does not make it another rule.
@Suite struct LiveValueTests {
    @Test(arguments: [
        (Expression.counter(CounterExpression(packets: 7, bytes: 700)), Expression.counter(CounterExpression())),
        (.last(LastExpression(milliseconds: 7)), .last(LastExpression())),
        (
            used(.quota(QuotaExpression(bytes: 9, isOver: true, consumed: 9))),
            .quota(QuotaExpression(bytes: 9, isOver: true))
        ),
        (
            .dynamicSet(
                DynamicSetExpression(
                    .add,
                    "s",
                    expressions: [
                        .last(LastExpression(milliseconds: 7)),
                        .quota(QuotaExpression(bytes: 9, isOver: false, consumed: 7)),
                    ]
                )
            ),
            .dynamicSet(
                DynamicSetExpression(
                    .add,
                    "s",
                    expressions: [.last(LastExpression()), .quota(QuotaExpression(bytes: 9, isOver: false))]
                )
            )
        ),
    ])
    func theCanonicalFormHasNone(_ dumped: Expression, _ canonical: Expression) throws {
        #expect(try read([dumped, dumped], RuleDecoder()).expressions == written([canonical, canonical]))
    }

    @Test func anonymousMapsBelongToTheRuleThatLooksIntoThem() throws {
        var sets: [String: SetObject] = [:]
        for name in ["__map3", "__objmap11"] {
            sets[name] = SetObject(
                name: name,
                flags: [.anonymous, .map],
                keyType: 7,
                keyLength: 4,
                foreignAttributes: []
            )
        }
        let expressions: [Expression] = [
            .map(MapExpression("__map3", into: .r2)), .object(.map("__objmap11", in: .r1)),
            .map(MapExpression("named")),
        ]
        let rule = try read(expressions, RuleDecoder(anonymousSets: sets))
        #expect(rule.anonymousSets.map(\.name) == [SetObject.anonymousMapName, "__objmap%d"])
        let canonical: [Expression] = [
            .map(MapExpression(SetObject.anonymousMapName, into: .r2)), .object(.map("__objmap%d", in: .r1)),
            .map(MapExpression("named")),
        ]
        #expect(rule.expressions == written(canonical))
    }

    /// A quota that is used up, which the kernel has announced.
    private static func used(_ expression: Expression) -> Expression {
        guard case .quota(var quota) = expression else { return expression }
        quota.isDepleted = true
        return .quota(quota)
    }

    private func written(_ expressions: [Expression]) -> [UInt8] {
        var writer = ExpressionWriter()
        for expression in expressions { writer.append(expression) }
        return writer.finish()
    }

    /// The rule with these expressions, as it is read from a dump.
    private func read(_ expressions: [Expression], _ decoder: consuming RuleDecoder) throws -> RuleObject {
        let list = AttributeTree.list(written(expressions)) ?? []
        let handle = AttributeTree(type: 3, content: .value([0, 0, 0, 0, 0, 0, 0, 1]))
        let payload = [1, 0, 0, 0] + AttributeTree.bytes([handle, AttributeTree(type: 4, content: .nested(list))])
        return try decoder.rule(payload.span.bytes).rule
    }
}
