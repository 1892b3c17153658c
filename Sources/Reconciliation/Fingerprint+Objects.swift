public import KernelObjects
import NetworkTypes

extension Fingerprint {
    /// Adds what a rule does; handles and counters do not count.
    public mutating func combine(_ rule: RuleObject) {
        combine(rule.expressions)
        combine(rule.userdata)
        combine(UInt64(rule.anonymousSets.count))
        for set in rule.anonymousSets { combine(set) }
    }

    /// Adds a set with its members.
    public mutating func combine(_ set: SetObject) {
        combine(set.name)
        combine(UInt64(set.flags.rawValue))
        combine(UInt64(set.keyType) << 32 | UInt64(set.keyLength))
        combine(set.timeout)
        combine(UInt64(set.size))
        combine(set.userdata)
        combine(set.foreignAttributes ?? [])
        combine(UInt64(set.elements.count))
        for element in set.elements {
            combine(element.start)
            combine(element.end)
            combine(element.timeout)
        }
    }

    private mutating func combine(_ key: SetKey) {
        combine(UInt64(truncatingIfNeeded: key.rawValue >> 64))
        combine(UInt64(truncatingIfNeeded: key.rawValue))
    }

    /// Adds the content of Weir's table; handles and counters do not count.
    public mutating func combine(_ firewall: FirewallState) {
        combine(UInt64(firewall.isDormant ? 1 : 0))
        combine(UInt64(firewall.sets.count))
        for set in firewall.sets { combine(set) }
        combine(UInt64(firewall.chains.count))
        for chain in firewall.chains {
            combine(chain.name)
            if let base = chain.base {
                combine(base.type.rawValue)
                combine(UInt64(base.hook.rawValue) << 32 | UInt64(UInt32(bitPattern: base.priority)))
                combine(base.policy.rawValue)
            } else {
                combine(UInt64.max)
            }
            combine(chain.userdata)
            combine(UInt64(chain.rules.count))
            for entry in chain.rules { combine(entry.rule) }
        }
        combine(UInt64(firewall.foreignObjects.count))
        for object in firewall.foreignObjects {
            combine(UInt64(object.messageType))
            combine(object.name)
        }
    }
}

extension FirewallState {
    /// A digest of what the table does: equal tables have equal digests.
    public var fingerprint: Fingerprint {
        var fingerprint = Fingerprint()
        fingerprint.combine(self)
        return fingerprint
    }
}
