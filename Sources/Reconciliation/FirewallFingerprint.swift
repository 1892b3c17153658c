public import KernelObjects

/// Digests of what Weir's table does, as a whole and by its parts: equal tables have equal digests. Handles and counters do not count.
public struct FirewallFingerprint: Sendable, Hashable {
    /// The digest of all.
    public let whole: Fingerprint
    /// The digests of the chains' rules, by the name of the chain.
    public let rules: [String: Fingerprint]
    /// The digests of the sets' members, by the name of the set. Sets that Weir does not make are left out.
    public let members: [String: Fingerprint]

    /// Computes the digests.
    public init(_ firewall: FirewallState) {
        var whole = Fingerprint()
        var rules: [String: Fingerprint] = [:]
        var members: [String: Fingerprint] = [:]
        whole.combine(UInt64(firewall.isDormant ? 1 : 0))
        whole.combine(UInt64(firewall.sets.count))
        for set in firewall.sets {
            var part = Fingerprint()
            part.combine(membersOf: set)
            whole.combine(kindOf: set)
            whole.combine(part)
            if set.foreignAttributes == nil { members[set.name] = part }
        }
        whole.combine(UInt64(firewall.chains.count))
        for chain in firewall.chains {
            var part = Fingerprint()
            part.combine(rulesOf: chain)
            whole.combine(kindOf: chain)
            whole.combine(part)
            rules[chain.name] = part
        }
        whole.combine(UInt64(firewall.foreignObjects.count))
        for object in firewall.foreignObjects {
            whole.combine(UInt64(object.messageType))
            whole.combine(object.name)
        }
        self.whole = whole
        self.rules = rules
        self.members = members
    }
}

extension FirewallState {
    /// A digest of what the table does: equal tables have equal digests.
    public var fingerprint: Fingerprint {
        FirewallFingerprint(self).whole
    }
}
