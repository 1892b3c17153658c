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

    /// Compares settings. What Weir wrote and nothing desires any more gets its former value back, unless somebody else changed it.
    mutating func addSysctls(desired: [SysctlObject], observed: [SysctlObject], displaced: [Displaced.Sysctl]) {
        let values = Dictionary(observed.map { ($0.name, $0.value) }) { first, _ in first }
        for setting in desired {
            guard let wanted = setting.value else { continue }
            guard let value = values[setting.name] ?? nil else {
                conflicts.append(.noSuchSysctl(setting))
                continue
            }
            guard value != wanted else { continue }
            changes.sysctls.append(
                SysctlChange(name: setting.name, old: value, new: wanted, origin: setting.origin)
            )
        }
        let names = Set(desired.map(\.name))
        for former in displaced where !names.contains(former.name) {
            guard let value = values[former.name] ?? nil, value == former.written, value != former.before else {
                continue
            }
            changes.sysctls.append(
                SysctlChange(name: former.name, old: value, new: former.before, isRestoration: true)
            )
        }
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
