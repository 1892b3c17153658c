public import KernelObjects
public import NetworkTypes

extension Difference {
    /// Compares policy routing rules. The kernel does not replace one; those of one family and priority it asks in the order in which they came.
    mutating func addRoutingRules(desired: [RoutingRuleObject], observed: [RoutingRuleObject]) {
        var holders = Dictionary(grouping: observed) { RoutingRulePlace($0) }
        var added: [RoutingRuleObject] = []
        var deleted: [RoutingRuleObject] = []
        for (place, rules) in desired.groupedByPlace {
            let present = holders.removeValue(forKey: place) ?? []
            if let other = present.first(where: { $0.ruleProtocol != weirProtocol }) {
                conflicts += rules.map { .routingRulePriorityTaken(desired: $0, holder: other) }
                continue
            }
            let sequence = RoutingRuleSequence(from: present, to: rules)
            added += sequence.added
            deleted += sequence.deleted
        }
        deleted += observed.filter { $0.ruleProtocol == weirProtocol && holders[RoutingRulePlace($0)] != nil }
        changes.routingRules = [RoutingRuleChange](adding: added, deleting: deleted)
    }
}

/// A family and a priority of policy routing rules.
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

/// What makes one list of policy routing rules of a place, in the order in which they are asked, another one: the kernel puts a new rule
/// after those that are there.
public struct RoutingRuleSequence: Sendable {
    /// What has to come, in this order.
    public private(set) var added: [RoutingRuleObject] = []
    /// What has to go.
    public private(set) var deleted: [RoutingRuleObject] = []

    /// Keeps as many as can stay where they are.
    public init(from observed: [RoutingRuleObject], to desired: [RoutingRuleObject]) {
        var kept = 0
        for rule in observed {
            if kept < desired.count, desired[kept].isEquivalent(to: rule) {
                kept += 1
            } else {
                deleted.append(rule)
            }
        }
        added = Array(desired[kept...])
    }
}

extension [RoutingRuleObject] {
    /// The rules of each place, the places in the order in which they first occur.
    public var groupedByPlace: [(place: RoutingRulePlace, rules: [RoutingRuleObject])] {
        var indices: [RoutingRulePlace: Int] = [:]
        var groups: [(place: RoutingRulePlace, rules: [RoutingRuleObject])] = []
        for rule in self {
            let place = RoutingRulePlace(rule)
            if let index = indices[place] {
                groups[index].rules.append(rule)
            } else {
                indices[place] = groups.count
                groups.append((place, [rule]))
            }
        }
        return groups
    }
}
