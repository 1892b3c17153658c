import KernelObjects

/// Compares what cannot be known after a change with what could not be known before.
struct DoubtComparison {
    let before: FirewallProgram
    let after: FirewallProgram

    /// Whether something is not known that was known before, or something may be the end that could not be it before.
    func hasNews(_ new: Uncertainty, since old: Uncertainty) -> Bool {
        !new.doubts.allSatisfy { doubt in old.doubts.contains { isSame(doubt, $0) } }
            || !new.cuts.allSatisfy { cut in old.cuts.contains { isSame(cut, $0) } }
    }

    private func isSame(_ new: Doubt, _ old: Doubt) -> Bool {
        switch (new, old) {
        case (.rule(let new), .rule(let old)), (.rate(let new), .rate(let old)): isSame(new, old)
        case (.routingRule(let new), .routingRule(let old)): new.isEquivalent(to: old) && new.raw == old.raw
        case (.route(let new), .route(let old)): new.isEquivalent(to: old)
        default: new == old
        }
    }

    private func isSame(_ new: Cut, _ old: Cut) -> Bool {
        switch (new, old) {
        case (.rule(let new), .rule(let old)), (.diverted(let new), .diverted(let old)),
            (.unjudged(let new), .unjudged(let old)):
            isSame(new, old)
        case (.refusingRoute(let new), .refusingRoute(let old)): new.isEquivalent(to: old)
        case (.refusingRoutingRule(let new), .refusingRoutingRule(let old)):
            new.isEquivalent(to: old) && new.raw == old.raw
        default: new == old
        }
    }

    /// Whether a rule is the same with all that it looks into.
    private func isSame(_ new: RulePlace, _ old: RulePlace) -> Bool {
        guard new.chain == old.chain, let newRule = after.rule(at: new), let oldRule = before.rule(at: old),
            let expressions = newRule.expressions, expressions == oldRule.expressions,
            newRule.anonymousSets == oldRule.anonymousSets
        else { return false }
        return expressions.allSatisfy { expression in
            guard let name = expression.setName else { return true }
            return after.set(named: name) == before.set(named: name)
        }
    }
}

extension Expression {
    /// The set or map that decides about the packet.
    fileprivate var setName: String? {
        switch self {
        case .lookup(let lookup): lookup.set
        case .map(let map): map.map
        case .object(.map(let map, _)): map
        default: nil
        }
    }
}
