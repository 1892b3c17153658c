public import NetworkTypes

/// A chain that a rule file declares.
public struct Chain: Sendable, Hashable {
    /// How packets get into the chain.
    public enum Kind: Sendable, Hashable {
        /// From rules that jump to it.
        case regular
        /// From the kernel.
        case base(type: ChainType, hook: NetfilterHook, priority: Int32, policy: ChainPolicy)
    }

    /// The name.
    public var name: String
    /// How packets get into the chain.
    public var kind: Kind
    /// The rules, in the order in which they are tried; none has a direction.
    public var rules: [Rule]

    /// Creates a chain.
    public init(name: String, kind: Kind = .regular, rules: [Rule] = []) {
        self.name = name
        self.kind = kind
        self.rules = rules
    }
}
