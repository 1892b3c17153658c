import KernelObjects
import NetworkTypes
import Testing

struct RoutingRuleSelectorTests {
    /// Where not all bits of a port or DSCP count, Weir has no words for it.
    @Test(
        arguments: [
            ([22, 22], 24, 29, [0xff, 0xff], false), ([22, 22], 24, 29, [0xfe, 0xff], true),
            ([22, 23], 24, 29, [0xff, 0xff], true), ([22, 23], 23, 28, [0, 0], false),
            ([22, 22], 23, 28, [0, 1], true),
        ] as [([UInt8], UInt8, UInt8, [UInt8], Bool)]
    )
    func aPortOfWhichSomeBitsCountIsUnknown(
        ports: [UInt8],
        attribute: UInt8,
        maskAttribute: UInt8,
        mask: [UInt8],
        isUnknown: Bool
    ) throws {
        let header: [UInt8] = [2, 0, 0, 0, 77, 0, 0, 1, 0, 0, 0, 0]
        let range: [UInt8] = [8, 0, attribute, 0, ports[0], 0, ports[1], 0]
        let bytes = header + range + [6, 0, maskAttribute, 0] + mask + [0, 0]
        let rule = try #require(try RoutingDump.routingRule(bytes.span.bytes))
        #expect(rule.hasUnknownAttributes == isUnknown)
        let found = attribute == 23 ? rule.packets.sourcePorts : rule.packets.destinationPorts
        #expect(found == (isUnknown ? nil : Interval(UInt16(ports[0]), UInt16(ports[1]))))
    }

    @Test(arguments: [(63, false), (62, true)] as [(UInt8, Bool)])
    func aDSCPOfWhichSomeBitsCountIsUnknown(mask: UInt8, isUnknown: Bool) throws {
        let header: [UInt8] = [2, 0, 0, 0, 77, 0, 0, 1, 0, 0, 0, 0]
        let bytes = header + [5, 0, 25, 0, 46, 0, 0, 0, 5, 0, 30, 0, mask, 0, 0, 0]
        let rule = try #require(try RoutingDump.routingRule(bytes.span.bytes))
        #expect(rule.hasUnknownAttributes == isUnknown)
        #expect(try selector(bytes).hasTypeOfService == isUnknown)
    }

    /// What a session gives its packets itself: `FRA_FLOWLABEL`, its mask, and `FRA_DSCP_MASK`.
    @Test(arguments: [26, 27, 30] as [UInt8])
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
