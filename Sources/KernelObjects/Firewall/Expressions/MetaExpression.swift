/// Reads or writes what the kernel knows about a packet (`nft_meta.c`).
public struct MetaExpression: Sendable, Hashable {
    /// What it is about (`enum nft_meta_keys`).
    public struct Key: RawRepresentable, Sendable, Hashable {
        /// The kernel's number.
        public let rawValue: UInt32

        /// Creates the key with this number.
        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// The packet's mark, machine order.
        public static let mark = Key(rawValue: 3)
        /// Index of the interface that it came in by, machine order.
        public static let iif = Key(rawValue: 4)
        /// Index of the interface that it leaves by, machine order.
        public static let oif = Key(rawValue: 5)
        /// Name of the interface that it came in by, 16 bytes.
        public static let iifname = Key(rawValue: 6)
        /// Name of the interface that it leaves by, 16 bytes.
        public static let oifname = Key(rawValue: 7)
        /// User id of the socket that it comes from, machine order.
        public static let skuid = Key(rawValue: 10)
        /// Group id of the socket that it comes from, machine order.
        public static let skgid = Key(rawValue: 11)
        /// `NFPROTO_IPV4` or `NFPROTO_IPV6`, one byte.
        public static let nfproto = Key(rawValue: 15)
        /// The transport protocol, one byte.
        public static let l4proto = Key(rawValue: 16)
    }

    /// What it is about.
    public var key: Key
    /// Whether a register is loaded from it, or it is set from a register.
    public var isSet: Bool
    /// The register.
    public var register: Register

    /// Loads a register.
    public init(_ key: Key, into register: Register = .r1) {
        self.key = key
        isSet = false
        self.register = register
    }

    /// Sets the packet's property from a register.
    public init(set key: Key, from register: Register = .r1) {
        self.key = key
        isSet = true
        self.register = register
    }
}

/// `enum nft_meta_attributes`
private enum MetaAttribute {
    static let destination: UInt16 = 1
    static let key: UInt16 = 2
    static let source: UInt16 = 3
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ meta: MetaExpression) {
        expression(.meta) { writer in
            writer.networkOrder(MetaAttribute.key, meta.key.rawValue)
            writer.networkOrder(meta.isSet ? MetaAttribute.source : MetaAttribute.destination, meta.register.rawValue)
        }
    }
}

extension MetaExpression: KernelExpression {
    /// `NFTA_META_SREG`
    static let highestAttribute: UInt16 = 3

    init?(_ fields: inout ExpressionFields) {
        guard let key = fields.networkOrder32(MetaAttribute.key) else { return nil }
        let destination = fields.networkOrder32(MetaAttribute.destination).map(Register.init(rawValue:))
        let source = fields.networkOrder32(MetaAttribute.source).map(Register.init(rawValue:))
        switch (destination, source) {
        case (let register?, nil): self.init(Key(rawValue: key), into: register)
        case (nil, let register?): self.init(set: Key(rawValue: key), from: register)
        default: return nil
        }
    }
}
