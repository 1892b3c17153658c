public import KernelObjects
public import NetworkTypes

extension Difference {
    /// Compares policy routing rules. The kernel neither replaces one nor tells equal priorities apart in deleting, so each of Weir's has a
    /// (family, priority) of its own.
    mutating func addRoutingRules(desired: [RoutingRuleObject], observed: [RoutingRuleObject]) {
        var byPlace = Dictionary(grouping: observed.indices, by: { RoutingRulePlace(observed[$0]) })
        var added: [RoutingRuleObject] = []
        var deleted: [RoutingRuleObject] = []
        for rule in desired {
            let holders = byPlace.removeValue(forKey: RoutingRulePlace(rule))?.map { observed[$0] } ?? []
            if let other = holders.first(where: { $0.ruleProtocol != weirProtocol }) {
                conflicts.append(.routingRulePriorityTaken(desired: rule, holder: other))
                continue
            }
            let match = holders.firstIndex { rule.isEquivalent(to: $0) }
            if match == nil { added.append(rule) }
            for (index, holder) in holders.enumerated() where index != match { deleted.append(holder) }
        }
        for (index, rule) in observed.enumerated() {
            guard rule.ruleProtocol == weirProtocol, byPlace[RoutingRulePlace(rule)]?.contains(index) == true else {
                continue
            }
            deleted.append(rule)
        }
        changes.routingRules = [RoutingRuleChange](adding: added, deleting: deleted)
    }
}

/// What no two of Weir's policy routing rules share.
public struct RoutingRulePlace: Sendable, Hashable {
    /// The family.
    public var family: AddressFamily
    /// The priority: the lowest is asked first.
    public var priority: UInt32

    /// Finds the place of a rule.
    public init(_ rule: RoutingRuleObject) {
        family = rule.family
        priority = rule.priority
    }
}
