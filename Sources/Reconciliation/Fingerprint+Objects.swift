public import KernelObjects
import NetworkTypes

extension Fingerprint {
    /// Adds what a rule does; handles and counters do not count.
    public mutating func combine(_ rule: RuleObject) {
        combine(rule.expressions)
        combine(rule.userdata)
        combine(UInt64(rule.anonymousSets.count))
        for set in rule.anonymousSets { combine(set) }
        combine(additions: rule.additions)
    }

    /// Adds a set with its members.
    public mutating func combine(_ set: SetObject) {
        combine(kindOf: set)
        combine(membersOf: set)
    }

    mutating func combine(kindOf set: SetObject) {
        combine(set.name)
        combine(UInt64(set.flags.rawValue))
        combine(UInt64(set.keyType) << 32 | UInt64(set.keyLength))
        combine(set.timeout)
        combine(UInt64(set.size))
        combine(set.userdata)
        combine(set.foreignAttributes ?? [])
        combine(additions: set.additions)
        combine(additions: set.memberAdditions)
    }

    mutating func combine(membersOf set: SetObject) {
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

    mutating func combine(kindOf chain: ChainObject) {
        combine(chain.name)
        if let base = chain.base {
            combine(base.type.rawValue)
            combine(UInt64(base.hook.rawValue) << 32 | UInt64(UInt32(bitPattern: base.priority)))
            combine(base.policy.rawValue)
        } else {
            combine(UInt64.max)
        }
        combine(chain.userdata)
        combine(additions: chain.additions)
    }

    private mutating func combine(additions: [UInt16]) {
        for attribute in additions { combine(UInt64(attribute)) }
    }

    mutating func combine(rulesOf chain: ChainObject) {
        combine(UInt64(chain.rules.count))
        for entry in chain.rules { combine(entry.rule) }
    }
}
