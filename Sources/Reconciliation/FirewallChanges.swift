public import KernelObjects

/// The changes of Weir's nf_tables table, grouped as a person would read them; `forEachStep` has them in the order of the batch.
public struct FirewallChanges: Sendable {
    /// What happens to the table itself.
    public enum Table: Sendable, Hashable {
        /// It is made.
        case add
        /// It stays, and its content changes.
        case keep
        /// It stays, but somebody had put it to sleep and it wakes up; its content may change too.
        case wake
        /// It goes away with all that is in it, whatever that is, and is made anew.
        case remake
        /// It goes away with all that is in it, whatever that is; it need not be there.
        case sweep
        /// It goes away with all that is in it.
        case delete
    }

    /// What happens to the table itself.
    public var table: Table
    /// The sets that change.
    public var sets: [SetChange]
    /// The chains that change.
    public var chains: [ChainChange]
    /// Objects that somebody else put into the table and that go away. Weir cannot make them again.
    public var deletedForeignObjects: [ForeignObject]
    /// Objects of others that are made again; only in undoing a change.
    public var addedForeignObjects: [ForeignObject]

    /// Creates changes.
    public init(
        table: Table,
        sets: [SetChange] = [],
        chains: [ChainChange] = [],
        deletedForeignObjects: [ForeignObject] = [],
        addedForeignObjects: [ForeignObject] = []
    ) {
        self.table = table
        self.sets = sets
        self.chains = chains
        self.deletedForeignObjects = deletedForeignObjects
        self.addedForeignObjects = addedForeignObjects
    }

    /// Changes that bring a content about whatever there is now, as it is the last way: counters begin anew, and what others put into the
    /// table goes.
    public static func remaking(_ firewall: FirewallState?) -> FirewallChanges {
        guard let firewall else { return FirewallChanges(table: .sweep) }
        var changes = creation(of: firewall)
        changes.table = .remake
        return changes
    }

    /// Whether nothing changes.
    var isEmpty: Bool {
        table == .keep && sets.isEmpty && chains.isEmpty && deletedForeignObjects.isEmpty
            && addedForeignObjects.isEmpty
    }

    func count(into summary: inout ChangeSummary) {
        if [.wake, .remake].contains(table) { summary.changed += 1 }
        if table == .sweep { summary.removed += 1 }
        for set in sets {
            switch set {
            case .add: summary.added += 1
            case .delete: summary.removed += 1
            case .exchange, .change: summary.changed += 1
            }
        }
        for chain in chains {
            switch chain.kind {
            case .add: summary.added += 1
            case .delete: summary.removed += 1
            case .recreate: summary.changed += 1
            case .change where chain.changesPolicy: summary.changed += 1
            case .change: break
            }
            for rule in chain.rules {
                switch rule {
                case .add: summary.added += 1
                case .delete: summary.removed += 1
                case .replace, .move: summary.changed += 1
                case .renew: break
                }
            }
        }
        summary.added += addedForeignObjects.count
        summary.removed += deletedForeignObjects.count
    }
}

/// The change of a named set.
public enum SetChange: Sendable {
    /// The set is made, with its members.
    case add(SetObject)
    /// The set goes away; if it is foreign Weir cannot make it again.
    case delete(SetObject)
    /// Only members change.
    case change(observed: SetObject, desired: SetObject, added: [SetElement], deleted: [SetElement])
    /// The set is deleted and made again together with the rules that use it, in one batch.
    case exchange(SetExchange)

    /// The set's name.
    public var name: String {
        switch self {
        case .add(let set), .delete(let set), .change(_, let set, _, _): set.name
        case .exchange(let exchange): exchange.desired.name
        }
    }
}

/// The change of a chain and its rules.
public struct ChainChange: Sendable {
    /// What happens to the chain itself.
    public enum Kind: Sendable, Hashable {
        /// It is made.
        case add
        /// It goes away with its rules.
        case delete
        /// It is of another kind (hook, priority, type) and has to be deleted and made again.
        case recreate
        /// It stays; its rules or its policy change.
        case change
    }

    /// What happens to the chain itself.
    public var kind: Kind
    /// The chain in the kernel; nothing where it is added.
    public var observed: ChainObject?
    /// The chain as it should be; nothing where it is deleted.
    public var desired: ChainObject?
    /// The differences between the rules, from the first rule to the last.
    public var rules: [RuleChange]
    /// Whether all rules are deleted and added again because single changes would cost the kernel far more time.
    public var isRefilled: Bool

    /// Creates a change.
    public init(
        kind: Kind,
        observed: ChainObject?,
        desired: ChainObject?,
        rules: [RuleChange] = [],
        isRefilled: Bool = false
    ) {
        self.kind = kind
        self.observed = observed
        self.desired = desired
        self.rules = rules
        self.isRefilled = isRefilled
    }

    /// The chain's name.
    public var name: String {
        desired?.name ?? observed?.name ?? ""
    }

    /// Whether the chain stays and gets another policy.
    public var changesPolicy: Bool {
        kind == .change && observed?.base?.policy != desired?.base?.policy
    }

    /// Whether every desired rule is sent, whatever `rules` says.
    var addsAllRules: Bool {
        kind == .add || kind == .recreate || isRefilled
    }
}

/// The change of a rule. Indices are those of the observed and of the desired chain.
public enum RuleChange: Sendable, Hashable {
    /// A rule is made before an observed rule that stays, or at the end.
    case add(desired: Int, before: Int?)
    /// A rule goes away.
    case delete(observed: Int)
    /// A rule becomes another one in its place: it keeps the handle and loses the counters (`NLM_F_REPLACE`).
    case replace(observed: Int, desired: Int)
    /// The same rule at another place: it is deleted and added before an observed rule that stays, or at the end. The handle is new, the
    /// counters are kept as they were read last.
    case move(observed: Int, desired: Int, before: Int?)
    /// The same rule at the same place, which uses a set or chain that is made again: deleted and added as if it moved.
    case renew(observed: Int, desired: Int, before: Int?)
}
