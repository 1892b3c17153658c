import NetworkTypes
import RulesetModel

extension Compilation {
    /// Warns where a rule shuts out everybody but some addresses of one family, and nothing shuts out the other family.
    func warnOfOpenFamilies() {
        guard !isIPv6Off else { return }
        for (number, rule) in ruleset.rules.enumerated() where rule.action.refuses {
            guard let direction = rule.direction, !dropsByDefault(direction), let other = rule.forOtherFamily else {
                continue
            }
            let left = region(other)
            let isShut = ruleset.rules.contains { rule in
                rule.direction == direction && rule.action.refuses && !left.isDisjoint(with: region(rule))
            }
            if !isShut { report(.otherFamilyOpen(other, at: provenance.rules[number])) }
        }
    }
}

extension Rule {
    /// The same rule for the family that a negated address leaves out; nothing where something else says the family.
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
