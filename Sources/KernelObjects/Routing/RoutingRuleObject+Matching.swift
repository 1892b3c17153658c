import NetworkTypes

extension RoutingRuleObject {
    /// Whether the kernel takes this rule for the one that is meant by a message about another one: what the message leaves open may be
    /// anything (`rule_find` in net/core/fib_rules.c).
    ///
    /// The kernel deletes the first rule that is meant, and adds none where the only difference is in what the message leaves open.
    public func isMeant(byMessageAbout other: RoutingRuleObject) -> Bool {
        guard family == other.family, priority == other.priority, ruleProtocol == other.ruleProtocol else {
            return false
        }
        // What this program does not model may be anything too.
        guard !other.hasUnknownAttributes else { return true }
        let isMarkMeant = other.mark.map { other in
            (other.value == 0 || other.value == mark?.value) && (other.mask == 0 || other.mask == mark?.mask)
        }
        return (other.action == 0 || action == other.action) && (other.table == 0 || table == other.table)
            && (other.source == nil || source == other.source)
            && (other.destination == nil || destination == other.destination)
            && (other.inputInterface == nil || inputInterface == other.inputInterface)
            && (other.outputInterface == nil || outputInterface == other.outputInterface)
            && isMarkMeant ?? true
    }
}
