import NetworkTypes

extension RoutingRuleObject {
    /// Whether the kernel takes this rule for the one that is meant by a message about another one (`RoutingRuleIdentity`).
    public func isMeant(byMessageAbout other: RoutingRuleObject) -> Bool {
        guard family == other.family, priority == other.priority, ruleProtocol == other.ruleProtocol else {
            return false
        }
        // What this program does not model may be anything too.
        return other.hasUnknownAttributes || identity.isMeant(byMessageAbout: other.identity)
    }

    private var identity: RoutingRuleIdentity {
        RoutingRuleIdentity(
            family: family,
            priority: priority,
            action: action,
            table: table,
            source: source,
            destination: destination,
            inputInterface: inputInterface,
            outputInterface: outputInterface,
            mark: mark,
            packets: packets,
            asksMasterDevice: asksMasterDevice,
            suppressedPrefixLength: suppressedPrefixLength,
            suppressedGroup: suppressedGroup
        )
    }
}
