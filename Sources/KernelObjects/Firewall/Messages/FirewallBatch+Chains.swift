import NetworkTypes

extension FirewallBatch {
    /// Makes a chain without rules.
    @discardableResult
    public mutating func addChain(_ chain: ChainObject) throws(KernelObjectsError) -> Int {
        try append(FirewallMessage.newChain, flags: MessageFlag.create, "chain '\(chain.name)'") { writer in
            writer.string(ChainAttribute.table, FirewallState.tableName)
            writer.name(ChainAttribute.name, chain.name)
            if let base = chain.base {
                let hook = writer.open(ChainAttribute.hook)
                writer.networkOrder(ChainAttribute.hookNumber, base.hook.rawValue)
                writer.networkOrder(ChainAttribute.hookPriority, UInt32(bitPattern: base.priority))
                writer.close(hook)
                writer.networkOrder(ChainAttribute.policy, base.policy.verdictCode)
                writer.string(ChainAttribute.type, base.type.rawValue)
                if chain.countsPolicy { writer.policyCounter() }
            }
            if !chain.userdata.isEmpty { writer.data(ChainAttribute.userdata, chain.userdata) }
        }
    }

    /// Gives a base chain another policy.
    @discardableResult
    public mutating func setPolicy(of chain: ChainObject) throws(KernelObjectsError) -> Int {
        try append(FirewallMessage.newChain, flags: MessageFlag.create, "chain '\(chain.name)'") { writer in
            writer.string(ChainAttribute.table, FirewallState.tableName)
            writer.name(ChainAttribute.name, chain.name)
            writer.networkOrder(ChainAttribute.policy, (chain.base?.policy ?? .accept).verdictCode)
            if chain.countsPolicy { writer.policyCounter() }
        }
    }

    /// Deletes a chain. The kernel also deletes the rules of a base chain, but refuses while other rules jump to the chain.
    @discardableResult
    public mutating func deleteChain(named name: String) throws(KernelObjectsError) -> Int {
        try append(FirewallMessage.deleteChain, flags: 0, "chain '\(name)'") { writer in
            writer.string(ChainAttribute.table, FirewallState.tableName)
            writer.name(ChainAttribute.name, name)
        }
    }

    /// Deletes all rules of a chain.
    @discardableResult
    public mutating func flushChain(named name: String) throws(KernelObjectsError) -> Int {
        try append(FirewallMessage.deleteRule, flags: 0, "chain '\(name)'") { writer in
            writer.string(RuleAttribute.table, FirewallState.tableName)
            writer.name(RuleAttribute.chain, name)
        }
    }
}

extension AttributeWriter {
    /// Lets the policy of a base chain count, from nothing on. Chains that have no such counter cost packets nothing.
    fileprivate mutating func policyCounter() {
        let counters = open(ChainAttribute.counters)
        networkOrder(CounterAttribute.bytes, 0 as UInt64)
        networkOrder(CounterAttribute.packets, 0 as UInt64)
        close(counters)
    }
}

extension ChainPolicy {
    /// `NF_DROP` or `NF_ACCEPT`
    var verdictCode: UInt32 {
        switch self {
        case .drop: 0
        case .accept: 1
        }
    }

    init?(verdictCode: UInt32) {
        switch verdictCode {
        case 0: self = .drop
        case 1: self = .accept
        default: return nil
        }
    }
}
