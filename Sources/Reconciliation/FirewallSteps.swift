public import KernelObjects

/// One message of the nf_tables batch.
public enum FirewallStep: Sendable {
    /// `NFT_MSG_NEWTABLE`, which also wakes up a table that sleeps
    case addTable
    /// `NFT_MSG_DELTABLE`, with all that is in the table
    case deleteTable
    /// `NFT_MSG_NEWSET`, without members
    case addSet(SetObject)
    /// `NFT_MSG_DELSET`
    case deleteSet(SetObject)
    /// `NFT_MSG_NEWSETELEM`; the set is the desired one
    case addElements([SetElement], SetObject)
    /// `NFT_MSG_NEWSETELEM` of members that go on with their lifetime; the set is the desired one
    case addTransientElements([TransientElement], SetObject)
    /// `NFT_MSG_DELSETELEM`; the set is the observed one
    case deleteElements([SetElement], SetObject)
    /// `NFT_MSG_NEWCHAIN`, without rules
    case addChain(ChainObject)
    /// `NFT_MSG_NEWCHAIN` of a chain that exists and gets another policy
    case setPolicy(ChainObject)
    /// `NFT_MSG_DELCHAIN`
    case deleteChain(ChainObject)
    /// `NFT_MSG_DELRULE` without a handle: all rules of the chain
    case flushChain(ChainObject)
    /// `NFT_MSG_DELRULE`
    case deleteRule(RuleEntry, chain: String)
    /// `NFT_MSG_NEWRULE` at the end (`NLM_F_APPEND`), or before the rule with the handle (`NFTA_RULE_POSITION`)
    case addRule(RuleEntry, chain: String, before: UInt64?)
    /// `NFT_MSG_NEWRULE` in the place of the rule with the handle (`NLM_F_REPLACE`)
    case replaceRule(handle: UInt64, RuleEntry, chain: String)
    /// The message that once described an object of another owner
    case addForeignObject(ForeignObject)
    /// `NFT_MSG_DELOBJ`, `NFT_MSG_DELFLOWTABLE`
    case deleteForeignObject(ForeignObject)
}

extension FirewallChanges {
    /// Goes through the messages in an order that the kernel takes: rules that go make room for sets and chains that go, which make room
    /// for those that come; the rules that use them follow; what the replaced rules used goes last.
    public func forEachStep<Failure: Error>(
        _ body: (FirewallStep) throws(Failure) -> Void
    ) throws(Failure) {
        guard table != .delete else { return try body(.deleteTable) }
        if table == .remake || table == .sweep {
            // Only what is there can be deleted.
            try body(.addTable)
            try body(.deleteTable)
        }
        guard table != .sweep else { return }
        if table == .add || table == .wake || table == .remake { try body(.addTable) }
        try forEachEarlyDeletion(body)
        for object in addedForeignObjects { try body(.addForeignObject(object)) }
        for change in sets { try change.forEachAddition(body) }
        for change in chains {
            guard let desired = change.desired else { continue }
            if change.kind == .add || change.kind == .recreate { try body(.addChain(desired)) }
            if change.changesPolicy { try body(.setPolicy(desired)) }
        }
        for change in chains { try change.forEachRuleAddition(body) }
        try forEachLateDeletion(body)
    }

    private func forEachEarlyDeletion<Failure: Error>(
        _ body: (FirewallStep) throws(Failure) -> Void
    ) throws(Failure) {
        for change in chains { try change.forEachRuleDeletion(body) }
        for change in sets where change.isEarlyDeletion {
            switch change {
            case .exchange(let exchange): try body(.deleteSet(exchange.observed))
            case .delete(let observed): try body(.deleteSet(observed))
            case .add, .change: break
            }
        }
        for change in chains where change.kind == .recreate {
            guard let observed = change.observed else { continue }
            try body(.deleteChain(observed))
        }
    }

    private func forEachLateDeletion<Failure: Error>(
        _ body: (FirewallStep) throws(Failure) -> Void
    ) throws(Failure) {
        for change in sets where !change.isEarlyDeletion {
            guard case .delete(let set) = change else { continue }
            try body(.deleteSet(set))
        }
        for change in chains where change.kind == .delete {
            guard let observed = change.observed else { continue }
            try body(.deleteChain(observed))
        }
        for object in deletedForeignObjects { try body(.deleteForeignObject(object)) }
    }
}

extension SetChange {
    fileprivate func forEachAddition<Failure: Error>(
        _ body: (FirewallStep) throws(Failure) -> Void
    ) throws(Failure) {
        switch self {
        case .add(let set):
            try body(.addSet(set))
            if !set.elements.isEmpty { try body(.addElements(set.elements, set)) }
        case .exchange(let exchange):
            let set = exchange.desired
            try body(.addSet(set))
            if !exchange.fresh.isEmpty { try body(.addElements(exchange.fresh, set)) }
            if !exchange.transient.isEmpty { try body(.addTransientElements(exchange.transient, set)) }
        case .change(let observed, let desired, let added, let deleted):
            if !deleted.isEmpty { try body(.deleteElements(deleted, observed)) }
            if !added.isEmpty { try body(.addElements(added, desired)) }
        case .delete: break
        }
    }
}

extension ChainChange {
    fileprivate func forEachRuleDeletion<Failure: Error>(
        _ body: (FirewallStep) throws(Failure) -> Void
    ) throws(Failure) {
        guard let observed, !observed.rules.isEmpty else { return }
        guard kind == .change, !isRefilled else { return try body(.flushChain(observed)) }
        for change in rules {
            switch change {
            case .delete(let index), .move(let index, _, _), .renew(let index, _, _):
                try body(.deleteRule(observed.rules[index], chain: observed.name))
            case .add, .replace: break
            }
        }
    }

    fileprivate func forEachRuleAddition<Failure: Error>(
        _ body: (FirewallStep) throws(Failure) -> Void
    ) throws(Failure) {
        guard let desired else { return }
        if addsAllRules {
            let sources = keptRules
            for (index, entry) in desired.rules.enumerated() {
                try body(.addRule(counted(entry, as: sources[index]), chain: desired.name, before: nil))
            }
            return
        }
        for change in rules {
            switch change {
            case .add(let index, let before):
                let handle = before.flatMap { observed?.rules[$0].handle }
                try body(.addRule(desired.rules[index], chain: desired.name, before: handle))
            case .move(let source, let index, let before), .renew(let source, let index, let before):
                let handle = before.flatMap { observed?.rules[$0].handle }
                let entry = counted(desired.rules[index], as: source)
                try body(.addRule(entry, chain: desired.name, before: handle))
            case .replace(let place, let index):
                let handle = observed?.rules[place].handle ?? 0
                try body(.replaceRule(handle: handle, desired.rules[index], chain: desired.name))
            case .delete: break
            }
        }
    }
}

extension ChainChange {
    /// A desired rule with the counters of the observed one that it was.
    private func counted(_ entry: RuleEntry, as source: Int?) -> RuleEntry {
        guard let source, let found = observed?.rules[source] else { return entry }
        var entry = entry
        (entry.packets, entry.bytes) = (found.packets, found.bytes)
        return entry
    }

    /// For each desired rule the place of the observed one that does the same, of the chains whose rules are all sent again.
    private var keptRules: [Int: Int] {
        guard let observed, let desired else { return [:] }
        var sources: [Int: Int] = [:]
        var isGone = [Bool](repeating: false, count: observed.rules.count)
        var isNew = [Bool](repeating: false, count: desired.rules.count)
        for change in rules {
            switch change {
            case .add(let index, _): isNew[index] = true
            case .delete(let index): isGone[index] = true
            case .replace(let place, let index): (isGone[place], isNew[index]) = (true, true)
            case .move(let source, let index, _), .renew(let source, let index, _):
                (isGone[source], isNew[index]) = (true, true)
                sources[index] = source
            }
        }
        // What no change mentions stays in its order.
        let staying = isGone.indices.filter { !isGone[$0] }
        for (source, index) in zip(staying, isNew.indices.filter { !isNew[$0] }) { sources[index] = source }
        return sources
    }

    /// The places of the observed rules that are made again and go on counting: their counters have to be read just before.
    public var countingRules: [Int] {
        guard observed != nil, desired != nil else { return [] }
        guard !addsAllRules else { return Array(keptRules.values) }
        return rules.compactMap { change in
            switch change {
            case .move(let source, _, _), .renew(let source, _, _): source
            case .add, .delete, .replace: nil
            }
        }
    }
}
