import NetworkTypes

extension RoutingRuleObject {
    /// Whether the kernel takes this rule for the one that is meant by a message about another one: what the message leaves open may be
    /// anything (`rule_find` in net/core/fib_rules.c).
    ///
    /// The kernel deletes the first rule that is meant, and adds none where the only difference is in what the message leaves open. Whether
    /// a rule is turned round, and where a `goto` leads, it does not compare at all.
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
            && packets.isMeant(byMessageAbout: other.packets)
            && (!other.asksMasterDevice || asksMasterDevice)
            && (other.suppressedPrefixLength == nil || suppressedPrefixLength == other.suppressedPrefixLength)
            && (other.suppressedGroup == nil || suppressedGroup == other.suppressedGroup)
    }
}

extension PacketSelector {
    fileprivate func isMeant(byMessageAbout other: PacketSelector) -> Bool {
        (other.typeOfService == 0 || typeOfService == other.typeOfService)
            && (other.dscp == nil || dscp == other.dscp)
            && (other.users == nil || users == other.users)
            && (other.ipProtocol == nil || ipProtocol == other.ipProtocol)
            && (other.sourcePorts == nil || sourcePorts == other.sourcePorts)
            && (other.destinationPorts == nil || destinationPorts == other.destinationPorts)
    }
}
