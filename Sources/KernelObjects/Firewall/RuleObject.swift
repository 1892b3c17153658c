/// One nf_tables rule in canonical bytes: two rules do the same exactly if these are equal.
///
/// Canonical means what `ExpressionWriter` writes for the expressions that are understood, and the kernel's own bytes
/// (`NFTA_RULE_EXPRESSIONS`) for others, with live values (counters, quota use) zeroed and the name of an anonymous set replaced by `__set%d`;
/// the sets themselves stand in `anonymousSets`, in the order in which the expressions look into them.
public struct RuleObject: Sendable, Hashable {
    /// The list of `NFTA_LIST_ELEM` attributes.
    public var expressions: [UInt8]
    /// The sets that live and die with the rule.
    public var anonymousSets: [SetObject]
    /// `NFTA_RULE_USERDATA`: the comment, as nft stores it.
    public var userdata: [UInt8]
    /// Attributes of an observed rule that no kernel had when this was written, by number; those of its expressions are not among them.
    public var additions: [UInt16]

    /// Creates a rule.
    public init(
        expressions: [UInt8],
        anonymousSets: [SetObject] = [],
        userdata: [UInt8] = [],
        additions: [UInt16] = []
    ) {
        self.expressions = expressions
        self.anonymousSets = anonymousSets
        self.userdata = userdata
        self.additions = additions
    }
}

/// A rule in its chain, with what does not make it another rule: identity and live values.
public struct RuleEntry: Sendable {
    /// What the rule does.
    public var rule: RuleObject
    /// The kernel's handle; 0 where the kernel does not have the rule.
    public var handle: UInt64
    /// Packets counted by the rule's first counter.
    public var packets: UInt64
    /// Bytes counted by the rule's first counter.
    public var bytes: UInt64
    /// Index into the list of origins that came with the desired state; -1 for an observed rule.
    public var origin: Int32

    /// Creates an entry.
    public init(_ rule: RuleObject, handle: UInt64 = 0, packets: UInt64 = 0, bytes: UInt64 = 0, origin: Int32 = -1) {
        self.rule = rule
        self.handle = handle
        self.packets = packets
        self.bytes = bytes
        self.origin = origin
    }
}
