public import KernelObjects

/// Parts of Weir's table whose content is known for one generation of nf_tables. As long as it is at that generation nothing has
/// changed, and they need not be read. At another one, members are looked for where that takes less time than to list them; and what the
/// other parts are expected to have.
public struct KnownFirewall: Sendable {
    /// The members of a set.
    public struct Members: Sendable {
        /// All of them, ascending.
        public var all: [SetElement]
        /// Those that were added, and of which it has yet to be seen that they are there.
        public var added: [SetElement]
        /// Those that were deleted, and of which it has yet to be seen that they are gone.
        public var deleted: [SetElement]

        /// Creates a list.
        public init(_ all: [SetElement], added: [SetElement] = [], deleted: [SetElement] = []) {
            self.all = all
            self.added = added
            self.deleted = deleted
        }

        /// Whether nothing has to be looked at.
        var isCertain: Bool {
            added.isEmpty && deleted.isEmpty
        }
    }

    /// nf_tables' generation id.
    public var generation: UInt32
    /// The rules by the name of their chain.
    public var rules: [String: [RuleEntry]]
    /// The members by the name of their set.
    public var members: [String: Members]
    /// What is expected of chains that have to be read, by their names: rules that turn out to be so share their memory with these.
    public var expectedRules: [String: [RuleEntry]] = [:]

    /// Creates a description.
    public init(generation: UInt32, rules: [String: [RuleEntry]] = [:], members: [String: Members] = [:]) {
        self.generation = generation
        self.rules = rules
        self.members = members
    }

    /// All of a table that was read.
    public init(generation: UInt32, _ firewall: FirewallState?) {
        self.init(generation: generation)
        for chain in firewall?.chains ?? [] { rules[chain.name] = chain.rules }
        for set in firewall?.sets ?? [] where set.foreignAttributes == nil {
            members[set.name] = Members(set.elements)
        }
    }
}
