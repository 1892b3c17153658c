import KernelObjects
import NetworkTypes
import Testing

struct RoutingRuleSelectorTests {
    /// What a session gives its packets itself: `FRA_DSCP`, `FRA_FLOWLABEL` and their masks.
    @Test(arguments: [25, 26, 27, 30] as [UInt8])
    func whatSessionsGiveTheirPacketsIsNamed(attribute: UInt8) throws {
        let plain: [UInt8] = [2, 0, 0, 0, 77, 0, 0, 1, 0, 0, 0, 0]
        #expect(try selector(plain).hasTypeOfService == false)
        let found = try selector(plain + [8, 0, attribute, 0, 0, 0, 0, 8])
        #expect(found.hasTypeOfService && !found.hasMore)
    }

    private func selector(_ bytes: [UInt8]) throws -> RoutingRuleSelector {
        let rule = RoutingRuleObject(
            family: .ipv4,
            priority: 500,
            ruleProtocol: 0,
            action: 1,
            table: 77,
            raw: bytes,
            hasUnknownAttributes: true
        )
        return try #require(RoutingRuleSelector(rule))
    }
}
