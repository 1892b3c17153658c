public import NetworkTypes

/// A chain of Weir's table with its rules.
public struct ChainObject: Sendable {
    /// How a base chain hangs in the packet's way.
    public struct Base: Sendable, Hashable {
        /// The type (`NFTA_CHAIN_TYPE`).
        public var type: ChainType
        /// The hook (`NFTA_HOOK_HOOKNUM`).
        public var hook: NetfilterHook
        /// The priority (`NFTA_HOOK_PRIORITY`): smaller comes first.
        public var priority: Int32
        /// The policy (`NFTA_CHAIN_POLICY`).
        public var policy: ChainPolicy

        /// Creates a description.
        public init(type: ChainType, hook: NetfilterHook, priority: Int32, policy: ChainPolicy = .accept) {
            self.type = type
            self.hook = hook
            self.priority = priority
            self.policy = policy
        }
    }

    /// Packets that no rule of a base chain decided on.
    public struct PolicyCounter: Sendable, Hashable {
        public var packets: UInt64
        public var bytes: UInt64

        /// Creates a counter.
        public init(packets: UInt64, bytes: UInt64) {
            self.packets = packets
            self.bytes = bytes
        }
    }

    /// The name.
    public var name: String
    /// Where it hangs; nothing for a regular chain.
    public var base: Base?
    /// The rules, in order.
    public var rules: [RuleEntry]
    /// The chain's userdata (`NFTA_CHAIN_USERDATA`).
    public var userdata: [UInt8]
    /// The kernel's handle; 0 where the kernel does not have the chain.
    public var handle: UInt64
    /// Whether the kernel says something about the chain that Weir does not model (devices, an unknown hook or type): it is then foreign.
    public var isForeign: Bool
    /// What the policy of an observed chain has decided on (`NFTA_CHAIN_COUNTERS`); nil if it does not count.
    public var policyCounter: PolicyCounter?
    /// Attributes of an observed chain that no kernel had when this was written, by number.
    public var additions: [UInt16] = []

    /// Creates a chain.
    public init(
        name: String,
        base: Base? = nil,
        rules: [RuleEntry] = [],
        userdata: [UInt8] = [],
        handle: UInt64 = 0,
        isForeign: Bool = false
    ) {
        self.name = name
        self.base = base
        self.rules = rules
        self.userdata = userdata
        self.handle = handle
        self.isForeign = isForeign
    }
}

extension ChainObject {
    /// Whether the policy is to count: what is dropped by it is what people look for. It does as the chain's rules do.
    var countsPolicy: Bool {
        base?.policy == .drop && (rules.isEmpty || rules.contains { $0.rule.counts })
    }
}
