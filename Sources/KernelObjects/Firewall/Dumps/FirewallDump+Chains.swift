import NetworkTypes

extension FirewallDump {
    /// A chain without its rules, from a `NFT_MSG_NEWCHAIN`, with the name of its table.
    public static func chain(_ payload: RawSpan) throws(KernelObjectsError) -> (table: String, chain: ChainObject) {
        let kind = "NFT_MSG_NEWCHAIN"
        var fields = ChainFields()
        try forEachAttribute(of: payload, kind) { fields.read($0) }
        guard let table = fields.table, let name = fields.name, let handle = fields.handle, !fields.isMalformed else {
            throw .malformed(message: kind)
        }
        var chain = ChainObject(
            name: name,
            base: fields.base,
            userdata: fields.userdata,
            handle: handle,
            isForeign: fields.isForeign
        )
        chain.additions = fields.additions.sorted()
        chain.policyCounter = fields.policyCounter
        return (table, chain)
    }
}

extension FirewallDump {
    /// The family of the table that a chain is in, from a `NFT_MSG_NEWCHAIN`.
    public static func tableFamily(ofChain payload: RawSpan) -> UInt8 {
        family(of: payload)
    }

    /// Where a base chain of any owner hangs.
    public struct BaseChain: Sendable, Hashable {
        /// The table; only its family and its name are known.
        public var table: Table
        /// The name.
        public var name: String
        /// The number of the hook, which means something else for each family.
        public var hook: UInt32
        /// The priority: smaller comes first.
        public var priority: Int32
        /// The type, `filter` for instance.
        public var type: String

        /// Creates a description.
        public init(table: Table, name: String, hook: UInt32, priority: Int32, type: String) {
            self.table = table
            self.name = name
            self.hook = hook
            self.priority = priority
            self.type = type
        }
    }

    /// A base chain of any table, from a `NFT_MSG_NEWCHAIN`; nothing for a regular chain.
    public static func baseChain(_ payload: RawSpan) throws(KernelObjectsError) -> BaseChain? {
        let kind = "NFT_MSG_NEWCHAIN"
        var fields = ChainFields()
        try forEachAttribute(of: payload, kind) { fields.read($0) }
        guard let table = fields.table, let name = fields.name, !fields.isMalformed else {
            throw .malformed(message: kind)
        }
        guard let hook = fields.hook, let priority = fields.priority else { return nil }
        return BaseChain(
            table: Table(family: family(of: payload), name: table),
            name: name,
            hook: hook,
            priority: priority,
            type: fields.type ?? ""
        )
    }
}

/// What the attributes of a chain say.
private struct ChainFields {
    var table: String?
    var name: String?
    var handle: UInt64?
    var userdata: [UInt8] = []
    var isMalformed = false
    /// Attributes that are not known.
    var additions: [UInt16] = []

    private(set) var policyCounter: ChainObject.PolicyCounter?
    private(set) var hook: UInt32?
    private(set) var priority: Int32?
    private(set) var type: String?
    private var policy: UInt32?
    private var hasUnknown = false

    /// How the chain hangs in the packet's way; nothing for a regular chain, or where Weir has no word for it.
    var base: ChainObject.Base? {
        guard let hook = hook.flatMap(NetfilterHook.init(rawValue:)),
            let type = ChainType(rawValue: type ?? ChainType.filter.rawValue),
            let priority, let policy = ChainPolicy(verdictCode: policy ?? 1)
        else { return nil }
        return ChainObject.Base(type: type, hook: hook, priority: priority, policy: policy)
    }

    /// Whether something is there that a `ChainObject` cannot say.
    var isForeign: Bool {
        hasUnknown || (hook != nil && base == nil)
    }

    mutating func read(_ attribute: AttributeReader.Attribute) {
        switch attribute.type {
        case ChainAttribute.table: table = attribute.name
        case ChainAttribute.name: name = attribute.name
        case ChainAttribute.handle: handle = attribute.networkOrder64
        case ChainAttribute.hook: readHook(attribute)
        case ChainAttribute.policy: policy = attribute.networkOrder32
        case ChainAttribute.type: type = attribute.string
        case ChainAttribute.userdata: userdata = Array(attribute.value)
        case ChainAttribute.flags:
            hasUnknown = hasUnknown || (attribute.networkOrder32 ?? .max) & ~ChainAttribute.isBase != 0
        // These change by themselves and decide nothing.
        case ChainAttribute.use: break
        case ChainAttribute.counters: readCounters(attribute)
        case ...ChainAttribute.highest: hasUnknown = true
        default: additions.append(attribute.type)
        }
    }

    private mutating func readCounters(_ attribute: AttributeReader.Attribute) {
        var counter = ChainObject.PolicyCounter(packets: 0, bytes: 0)
        var reader = attribute.nested
        while let part = reader.next() {
            switch part.type {
            case CounterAttribute.packets: counter.packets = part.networkOrder64 ?? 0
            case CounterAttribute.bytes: counter.bytes = part.networkOrder64 ?? 0
            default: break
            }
        }
        if reader.isMalformed { isMalformed = true }
        policyCounter = counter
    }

    private mutating func readHook(_ attribute: AttributeReader.Attribute) {
        var reader = attribute.nested
        while let part = reader.next() {
            switch part.type {
            case ChainAttribute.hookNumber: hook = part.networkOrder32
            case ChainAttribute.hookPriority: priority = part.networkOrder32.map(Int32.init(bitPattern:))
            case ...ChainAttribute.highestOfHook: hasUnknown = true
            default: additions.append(part.type)
            }
        }
        if reader.isMalformed || hook == nil || priority == nil { isMalformed = true }
    }
}
