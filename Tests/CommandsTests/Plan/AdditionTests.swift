import KernelObjects
import NetworkTypes
import Reconciliation
import Testing

@testable import Commands

/// What a plan says of attributes that only a newer kernel has.
struct AdditionTests {
    private func notes(_ desired: DesiredState, _ observed: ObservedState) -> [String] {
        let changes = difference(desired: desired, observed: observed).changes
        let report = ChangeReporter(changes, observed: observed.firewall, desired: desired.firewall).report(.all)
        return report.sections.flatMap(\.lines).compactMap(\.note)
    }

    @Test func ofARuleASetAndAChain() throws {
        var writer = ExpressionWriter()
        writer.append(MetaExpression(.l4proto))
        writer.append(CompareExpression(.equal, RegisterData(17)))
        writer.append(CounterExpression())
        writer.append(.accept)
        let expressions = writer.finish()
        // The comparison gets an attribute 31.
        var embellished = expressions
        let start = Int(expressions[0])
        let end = start + Int(expressions[start])
        let data = start + 4 + Int(expressions[start + 4])
        embellished.insert(contentsOf: [8, 0, 31, 0, 0, 0, 0, 1], at: end)
        embellished[start] += 8
        embellished[data] += 8

        func state(_ expressions: [UInt8]) -> FirewallState {
            let base = ChainObject.Base(type: .filter, hook: .input, priority: 0)
            let rule = RuleEntry(RuleObject(expressions: expressions))
            let set = SetObject(name: "ports", flags: [], keyType: 13, keyLength: 2)
            return FirewallState(chains: [ChainObject(name: "input", base: base, rules: [rule])], sets: [set])
        }
        let desired = DesiredState(firewall: state(expressions))
        var observed = ObservedState(firewall: state(embellished))
        #expect(notes(desired, observed) == ["was: accept in udp, another attribute 31 of 'cmp'"])
        observed.firewall?.chains[0].additions = [40]
        observed.firewall?.sets[0].memberAdditions = [41]
        let all = notes(desired, observed)
        #expect(all.contains("exchanged with the rules that use it; was: with another attribute 41 of members"))
        #expect(all.contains("created again; was: with another attribute 40"))
    }

    @Test func ofARouteAndARoutingRule() throws {
        let destination = try #require(IPPrefix(address: .ipv4(IPv4Address(rawValue: 0x0a09_0000)), length: 16))
        let route = RouteObject(
            key: RouteObject.Key(table: 254, destination: destination, metric: 0),
            routeProtocol: weirProtocol,
            scope: 253,
            hops: [RouteObject.Hop(gateway: nil, interface: "eth0")]
        )
        let rule = RoutingRuleObject(family: .ipv4, priority: 9, ruleProtocol: weirProtocol, action: 1, table: 100)
        var (otherRoute, otherRule) = (route, rule)
        (otherRoute.hasUnknownAttributes, otherRoute.additions) = (true, [40])
        (otherRule.hasUnknownAttributes, otherRule.additions) = (true, [41])
        let desired = DesiredState(routes: [route], routingRules: [rule])
        let observed = ObservedState(routes: [otherRoute], routingRules: [otherRule])
        #expect(
            notes(desired, observed) == [
                "was: route 10.9.0.0/16 dev eth0, another attribute 40", "another attribute 41",
            ]
        )
        #expect(difference(desired: desired, observed: observed.withoutAdditions).changes.isEmpty)
    }
}
