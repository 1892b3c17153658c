import KernelObjects
import NetworkTypes

/// The changes of Weir's table; nothing where it is as it should be.
///
/// The table is Weir's: whatever else somebody put into it goes away, unless `desired` was itself read from the kernel and has it too.
func firewallDifference(
    desired: FirewallState?,
    observed: FirewallState?,
    setCommit: SetCommit
) -> FirewallChanges? {
    guard let desired else {
        guard let observed else { return nil }
        return deletion(of: observed)
    }
    guard let observed else { return creation(of: desired) }
    var changes = FirewallChanges(table: observed.isDormant && !desired.isDormant ? .wake : .keep)
    changes.sets = setChanges(desired: desired.sets, observed: observed.sets, commit: setCommit)
    var pairs = chainPairs(desired: desired.chains, observed: observed.chains)
    pairs.markOutOfOrder(among: observed.chains)
    let remade = RemadeNames(sets: changes.sets, chains: pairs)
    changes.chains = pairs.compactMap { chainChange(desired: $0.desired, observed: $0.observed, remade: remade) }
    compareForeignObjects(desired: desired.foreignObjects, observed: observed.foreignObjects, in: &changes)
    return changes.isEmpty ? nil : changes
}

private func deletion(of observed: FirewallState) -> FirewallChanges {
    FirewallChanges(
        table: .delete,
        sets: observed.sets.map { .delete($0) },
        chains: observed.chains.map { chain in
            ChainChange(
                kind: .delete,
                observed: chain,
                desired: nil,
                rules: chain.rules.indices.map { .delete(observed: $0) }
            )
        },
        deletedForeignObjects: observed.foreignObjects
    )
}

func creation(of desired: FirewallState) -> FirewallChanges {
    FirewallChanges(
        table: .add,
        sets: desired.sets.map { .add($0) },
        chains: desired.chains.map { chain in
            ChainChange(
                kind: .add,
                observed: nil,
                desired: chain,
                rules: chain.rules.indices.map { .add(desired: $0, before: nil) }
            )
        },
        addedForeignObjects: desired.foreignObjects
    )
}

// MARK: Chains

/// A chain that is desired, observed, or both.
struct ChainPair {
    var desired: ChainObject?
    var observed: ChainObject?
    /// Whether the kernel would call it at another place among chains of the same hook and priority than it should.
    var isOutOfOrder = false

    /// Whether the chain has to be deleted and made again: the kernel changes nothing of a chain but its policy.
    var isRemade: Bool {
        guard let desired, let observed else { return false }
        return isOutOfOrder || desired.isForeign != observed.isForeign || desired.userdata != observed.userdata
            || desired.base?.type != observed.base?.type || desired.base?.hook != observed.base?.hook
            || desired.base?.priority != observed.base?.priority || desired.additions != observed.additions
    }
}

/// Pairs chains by name: the desired ones in their order, then those that have to go.
private func chainPairs(desired: [ChainObject], observed: [ChainObject]) -> [ChainPair] {
    var rest = Dictionary(observed.map { ($0.name, $0) }) { first, _ in first }
    var pairs = desired.map { ChainPair(desired: $0, observed: rest.removeValue(forKey: $0.name)) }
    for chain in observed where rest[chain.name] != nil {
        // A chain that the kernel made for one rule (`jump { ... }`) goes away with that rule, and only so.
        guard !chain.name.utf8.starts(with: "__chain".utf8) else { continue }
        pairs.append(ChainPair(desired: nil, observed: chain))
    }
    return pairs
}

extension [ChainPair] {
    /// Finds the chains that are called out of order: of those with the same hook and priority the kernel calls the one that was made
    /// last first (`nf_hook_entries_grow` in net/netfilter/core.c), and lists the one that was made first first.
    ///
    /// After the first one that is made, all have to be made, so that what came before has no say in the order.
    fileprivate mutating func markOutOfOrder(among observed: [ChainObject]) {
        let places = Dictionary(observed.enumerated().map { ($1.name, $0) }) { first, _ in first }
        var last: [ChainSlot: Int] = [:]
        for index in indices {
            guard let desired = self[index].desired, let base = desired.base, !desired.isForeign else { continue }
            let slot = ChainSlot(hook: base.hook, priority: base.priority)
            let place = self[index].observed.flatMap { self[index].isRemade ? nil : places[$0.name] }
            if let place, place > last[slot] ?? -1 {
                last[slot] = place
            } else {
                self[index].isOutOfOrder = place != nil
                last[slot] = .max
            }
        }
    }
}

/// Where base chains compete for who sees a packet first.
private struct ChainSlot: Hashable {
    let hook: NetfilterHook
    let priority: Int32
}

/// What happens to one chain; nothing where it is as it should be.
private func chainChange(desired: ChainObject?, observed: ChainObject?, remade: RemadeNames) -> ChainChange? {
    guard let desired else {
        let rules = observed?.rules.indices.map { RuleChange.delete(observed: $0) } ?? []
        return ChainChange(kind: .delete, observed: observed, desired: nil, rules: rules)
    }
    guard let observed else {
        let rules = desired.rules.indices.map { RuleChange.add(desired: $0, before: nil) }
        return ChainChange(kind: .add, observed: nil, desired: desired, rules: rules)
    }
    let comparison = ruleDifference(desired: desired.rules, observed: observed.rules, remade: remade)
    var change = ChainChange(
        kind: remade.chains.contains(desired.name) ? .recreate : .change,
        observed: observed,
        desired: desired,
        rules: comparison.changes
    )
    change.isRefilled = change.kind == .change && comparison.isRefillCheaper
    let isUnchanged = change.kind == .change && change.rules.isEmpty && !change.changesPolicy
    return isUnchanged ? nil : change
}

/// Sets and chains that have to be deleted before they, or others of their name, are made: no rule may use them meanwhile.
struct RemadeNames {
    /// Names of sets.
    var sets: Set<String>
    /// Names of chains.
    var chains: Set<String>

    init(sets: Set<String>, chains: Set<String>) {
        self.sets = sets
        self.chains = chains
    }

    init(sets changes: [SetChange], chains pairs: [ChainPair]) {
        sets = Set(changes.lazy.filter(\.isEarlyDeletion).map(\.name))
        chains = Set(pairs.lazy.filter(\.isRemade).compactMap(\.desired?.name))
    }

    /// Whether a rule uses one of them.
    func areUsed(by rule: RuleObject) -> Bool {
        guard !sets.isEmpty || !chains.isEmpty else { return false }
        let references = RuleReferences(rule.expressions)
        return !sets.isDisjoint(with: references.sets) || !chains.isDisjoint(with: references.chains)
    }
}

extension SetChange {
    /// Whether the observed set goes before rules are added: to make room for another, or, as it may be a map that refers to chains, to
    /// let those go.
    var isEarlyDeletion: Bool {
        switch self {
        case .exchange: true
        case .delete(let set): set.foreignAttributes != nil
        case .add, .change: false
        }
    }
}

// MARK: Foreign objects

private func compareForeignObjects(
    desired: [ForeignObject],
    observed: [ForeignObject],
    in changes: inout FirewallChanges
) {
    // Their attributes hold live values: the name decides.
    changes.deletedForeignObjects = observed.filter { object in !desired.contains { $0.isSame(as: object) } }
    changes.addedForeignObjects = desired.filter { object in !observed.contains { $0.isSame(as: object) } }
}

extension ForeignObject {
    fileprivate func isSame(as other: ForeignObject) -> Bool {
        messageType == other.messageType && name == other.name
    }
}
