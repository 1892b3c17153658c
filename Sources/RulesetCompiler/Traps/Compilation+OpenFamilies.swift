import NetworkTypes
import RulesetModel

extension Compilation {
    /// How many pairs of rules are compared at most, so that the check takes no noticeable time in any file.
    private static var mostPairs: Int { 100_000 }

    /// Warns where a rule shuts out everybody but some addresses of one family, and nothing shuts out the other family.
    func warnOfOpenFamilies(_ all: [OpenWays]) {
        guard !isIPv6Off else { return }
        var budget = Self.mostPairs
        for ways in all where ways.within == nil && !ways.isClosed { warnOfOpenFamilies(ways.refusals, &budget) }
    }

    private func warnOfOpenFamilies(_ refusing: [(key: ReachedRule.Key, rule: Rule)], _ budget: inout Int) {
        let families = refusing.map { self.families(of: $0.rule) }
        for family in [AddressFamilies.ipv4, .ipv6] {
            let others = zip(refusing, families).filter { $0.1.contains(family) }.map(\.0.rule)
            for (refusal, own) in zip(refusing, families) where !own.contains(family) {
                guard let other = refusal.rule.forOtherFamily else { continue }
                let left = region(other)
                let isShut = others.contains { rule in
                    budget -= 1
                    return budget < 0 || !left.isDisjoint(with: region(rule))
                }
                guard !isShut else { continue }
                var words = other
                if refusal.key.chain != nil { words.direction = nil }
                report(.otherFamilyOpen(words, at: range(of: refusal.key)))
            }
        }
    }
}

extension Rule {
    /// The same rule for the family that a negated address leaves out; nil if another part says the family.
    fileprivate var forOtherFamily: Rule? {
        var rest = self
        rest.comment = nil
        var families: AddressFamilies = []
        rest.matches.removeAll { match in
            switch match {
            case .sourceAddress(let value), .destinationAddress(let value):
                guard value.isNegated, case .values(let values) = value.operand else { return false }
                families.formUnion(values.families)
                return true
            default:
                return false
            }
        }
        guard families == .ipv4 || families == .ipv6 else { return nil }
        guard rest.families(familiesOfSet: { _ in families }) == .both else { return nil }
        let other: AddressFamily = families == .ipv4 ? .ipv6 : .ipv4
        rest.matches.append(.family(other))
        if case .reject(let reason) = action { rest.action = .reject(reason.canonical(for: AddressFamilies(other))) }
        return Rule(direction: direction, matches: rest.matches, action: rest.action, log: log)
    }
}
