import KernelObjects
import KernelState
import Lowering
import NetworkTypes
import RulesetModel
import TestSupport
import Testing

@Suite struct LiftingTests {
    @Test(arguments: NftCase.all)
    func whatWeirMadeReadsAsItWasWritten(_ example: NftCase) throws {
        let firewall = try example.lowered()
        let lifted = try liftedRules(of: firewall)
        if example.told.count == 1, !example.hasOtherSpelling {
            #expect(lifted == [example.rule])
        }
        expectSame(try lowered(lifted, like: example), firewall)
    }

    /// Several kernel rules of one rule read as several rules, which make the same kernel rules again.
    private func lowered(_ rules: [Rule], like example: NftCase) throws -> FirewallState {
        var ruleset = Ruleset()
        ruleset.sets = example.sets
        ruleset.rules = rules
        ruleset.chains = [Chain(name: "later")]
        return try #require(try lower(ruleset).state.firewall)
    }

    @Test(arguments: 0..<120 as Range<UInt64>)
    func randomRulesetsReadAsRulesetsThatMakeTheSameKernelObjects(_ seed: UInt64) throws {
        let ruleset = Ruleset.random(seed: seed, size: 30)
        let desired = try lower(ruleset).state
        let lifted = LiftedState(
            firewall: desired.firewall,
            routes: desired.routes,
            routingRules: desired.routingRules
        )
        #expect(lifted.leftovers.isEmpty)
        let again = try lower(lifted.ruleset).state
        expectSame(again.firewall ?? FirewallState(), desired.firewall ?? FirewallState())
        #expect(lifted.ruleset.routes == ruleset.routes.map(\.withoutDefaultScope))
        #expect(lifted.ruleset.routingRules == ruleset.routingRules.map(\.withoutEmptyConditions))
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func aRandomRuleThatIsOneKernelRuleReadsAsItWasWritten(_ seed: UInt64) throws {
        let ruleset = Ruleset.random(seed: seed, size: 30)
        let lowered = try lower(ruleset)
        guard let firewall = lowered.state.firewall else { return }
        let lifter = RuleLifter(firewall)
        for chain in firewall.chains where chain.base != nil {
            for entry in chain.rules {
                guard case .rule(let index)? = lowered.origin(entry.origin),
                    firewall.chains.flatMap(\.rules).filter({ $0.origin == entry.origin }).count == 1
                else { continue }
                let counts = ruleset.options.counters || ruleset.rules[index].action == .count
                let written = ruleset.rules[index].inOneSpelling
                guard !written.namesOtherFamily else { continue }
                let lifted = try #require(lifter.lift(entry.rule, inChain: chain.name), "\(written)")
                #expect(lifted.rule == written)
                #expect(lifted.notes == (counts ? [] : .noCounter))
            }
        }
    }
}

/// What the lifter makes of the rules outside declared chains; all must have words.
func liftedRules(of firewall: FirewallState) throws -> [Rule] {
    let lifter = RuleLifter(firewall)
    return try firewall.chains.filter { $0.base != nil }.flatMap { chain in
        try chain.rules.map { entry in
            let lifted = try #require(lifter.lift(entry.rule, inChain: chain.name))
            #expect(lifted.notes.isEmpty)
            return lifted.rule
        }
    }
}

extension NftCase {
    /// Whether the rule has a simpler spelling of the same meaning.
    var hasOtherSpelling: Bool {
        rule != rule.inOneSpelling
    }
}

extension Rule {
    /// The rule in the one spelling in which the lifter says it.
    var inOneSpelling: Rule {
        var rule = self
        rule.matches = matches.map { match in
            if case .inputInterface(var interfaces) = match, case .values(let patterns) = interfaces.operand {
                // What a pattern covers goes without saying.
                interfaces.operand = .values(
                    patterns.filter { one in !patterns.contains { $0 != one && $0.intersection(one) == one } }
                )
                return .inputInterface(interfaces)
            }
            return match
        }
        // The derived rule says it.
        switch rule.action {
        case .redirect(var redirect):
            redirect.isAccepted = false
            rule.action = .redirect(redirect)
        case .destinationNAT(var translation):
            translation.isAccepted = false
            rule.action = .destinationNAT(translation)
        // Counting is what rules do anyway.
        case .count:
            guard let log = rule.log else { break }
            rule = Rule(direction: direction, matches: rule.matches, action: .log(log), comment: comment)
        case .reject(.tcpReset) where !matches.contains(tcp):
            rule = Rule(direction: direction, matches: rule.matches + [tcp], action: action, log: log, comment: comment)
        default: break
        }
        // The family of a new address needs no word.
        if rule.action.families != .both { rule.matches.removeAll { if case .family = $0 { true } else { false } } }
        return rule
    }

    /// Whether a list of addresses has some of a family that the rule is not for.
    fileprivate var namesOtherFamily: Bool {
        matches.contains { match in
            switch match {
            case .sourceAddress(let addresses), .destinationAddress(let addresses):
                if case .values(let values) = addresses.operand { values.families == .both } else { false }
            default: false
            }
        }
    }
}

extension Route {
    fileprivate var withoutDefaultScope: Route {
        var route = self
        guard destination.family == .ipv4, case .nextHops(let hops) = target else { return route }
        if route.scope == (hops.allSatisfy { $0.gateway == nil } ? .link : .global) { route.scope = nil }
        return route
    }
}

extension RoutingRule {
    fileprivate var withoutEmptyConditions: RoutingRule {
        var rule = self
        if source?.length == 0 { rule.source = nil }
        if destination?.length == 0 { rule.destination = nil }
        if mark?.mask == 0 { rule.mark = nil }
        return rule
    }
}
