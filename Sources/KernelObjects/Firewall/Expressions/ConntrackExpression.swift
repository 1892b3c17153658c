/// Reads or writes what is known about the packet's connection (`nft_ct.c`).
public struct ConntrackExpression: Sendable, Hashable {
    /// What it is about (`enum nft_ct_keys`).
    public struct Key: RawRepresentable, Sendable, Hashable {
        /// The kernel's number.
        public let rawValue: UInt32

        /// Creates the key with this number.
        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// The state bits, machine order.
        public static let state = Key(rawValue: 0)
        /// The status bits, machine order.
        public static let status = Key(rawValue: 2)
        /// The connection's mark, machine order.
        public static let mark = Key(rawValue: 3)
        /// The source port of one direction's first packet, network order.
        public static let sourcePort = Key(rawValue: 11)
        /// The destination port of one direction's first packet, network order.
        public static let destinationPort = Key(rawValue: 12)
        /// The IPv4 destination address of one direction's first packet; packets of IPv6 have none (`NFT_CT_DST_IP`).
        public static let destinationIPv4 = Key(rawValue: 20)
        /// The IPv6 destination address of one direction's first packet; packets of IPv4 have none (`NFT_CT_DST_IP6`).
        public static let destinationIPv6 = Key(rawValue: 22)
    }

    /// One of a connection's two directions (`enum ip_conntrack_dir`).
    public enum Direction: UInt8, Sendable, Hashable {
        /// From who started the connection.
        case original = 0
        /// To who started the connection.
        case reply = 1
    }

    /// What it is about.
    public var key: Key
    /// The direction, for keys that have one.
    public var direction: Direction?
    /// Whether a register is loaded from it, or it is set from a register.
    public var isSet: Bool
    /// The register.
    public var register: Register

    /// Loads a register.
    public init(_ key: Key, direction: Direction? = nil, into register: Register = .r1) {
        self.key = key
        self.direction = direction
        isSet = false
        self.register = register
    }

    /// Sets the connection's property from a register.
    public init(set key: Key, direction: Direction? = nil, from register: Register = .r1) {
        self.key = key
        self.direction = direction
        isSet = true
        self.register = register
    }
}

/// `enum nft_ct_attributes`
private enum ConntrackAttribute {
    static let destination: UInt16 = 1
    static let key: UInt16 = 2
    static let direction: UInt16 = 3
    static let source: UInt16 = 4
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ conntrack: ConntrackExpression) {
        expression(.ct) { writer in
            writer.networkOrder(
                conntrack.isSet ? ConntrackAttribute.source : ConntrackAttribute.destination,
                conntrack.register.rawValue
            )
            writer.networkOrder(ConntrackAttribute.key, conntrack.key.rawValue)
            if let direction = conntrack.direction {
                writer.byte(ConntrackAttribute.direction, direction.rawValue)
            }
        }
    }
}

extension ConntrackExpression: KernelExpression {
    /// `NFTA_CT_SREG`
    static let highestAttribute: UInt16 = 4

    init?(_ fields: inout ExpressionFields) {
        guard let key = fields.networkOrder32(ConntrackAttribute.key) else { return nil }
        var direction: Direction?
        if let number = fields.byte(ConntrackAttribute.direction) {
            guard let known = Direction(rawValue: number) else { return nil }
            direction = known
        }
        let destination = fields.networkOrder32(ConntrackAttribute.destination).map(Register.init(rawValue:))
        let source = fields.networkOrder32(ConntrackAttribute.source).map(Register.init(rawValue:))
        switch (destination, source) {
        case (let register?, nil): self.init(Key(rawValue: key), direction: direction, into: register)
        case (nil, let register?): self.init(set: Key(rawValue: key), direction: direction, from: register)
        default: return nil
        }
    }
}
