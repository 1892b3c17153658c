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
        /// The direction that the packet goes in, one byte (`enum ip_conntrack_dir`).
        public static let direction = Key(rawValue: 1)
        /// The status bits, machine order.
        public static let status = Key(rawValue: 2)
        /// The connection's mark, machine order; can be set.
        public static let mark = Key(rawValue: 3)
        /// The connection's security mark, machine order; can be set (`NFT_CT_SECMARK`).
        public static let secmark = Key(rawValue: 4)
        /// The milliseconds until the entry expires, machine order (`NFT_CT_EXPIRATION`).
        public static let expiration = Key(rawValue: 5)
        /// The name of the helper, 16 bytes (`NFT_CT_HELPER`).
        public static let helper = Key(rawValue: 6)
        /// `NFPROTO_IPV4` or `NFPROTO_IPV6`, one byte (`NFT_CT_L3PROTOCOL`).
        public static let family = Key(rawValue: 7)
        /// The source address of one direction, as long as the table's family has it; `inet` tables have none (`NFT_CT_SRC`).
        public static let source = Key(rawValue: 8)
        /// The destination address of one direction, as long as the table's family has it; `inet` tables have none (`NFT_CT_DST`).
        public static let destination = Key(rawValue: 9)
        /// The transport protocol, one byte (`NFT_CT_PROTOCOL`).
        public static let `protocol` = Key(rawValue: 10)
        /// The source port of one direction's first packet, network order.
        public static let sourcePort = Key(rawValue: 11)
        /// The destination port of one direction's first packet, network order.
        public static let destinationPort = Key(rawValue: 12)
        /// The labels, a bit each: 16 bytes in machine order; can be set (`NFT_CT_LABELS`).
        public static let labels = Key(rawValue: 13)
        /// How many packets there were, 8 bytes in machine order; of one direction or both (`NFT_CT_PKTS`).
        public static let packets = Key(rawValue: 14)
        /// How many bytes there were, 8 bytes in machine order; of one direction or both (`NFT_CT_BYTES`).
        public static let bytes = Key(rawValue: 15)
        /// The average size of packets, 8 bytes in machine order; of one direction or both (`NFT_CT_AVGPKT`).
        public static let averagePacket = Key(rawValue: 16)
        /// The zone, two bytes in machine order, of one direction or both; can be set (`NFT_CT_ZONE`).
        public static let zone = Key(rawValue: 17)
        /// The events that are told of, machine order; can only be set (`NFT_CT_EVENTMASK`).
        public static let events = Key(rawValue: 18)
        /// The IPv4 source address of one direction's first packet; packets of IPv6 have none (`NFT_CT_SRC_IP`).
        public static let sourceIPv4 = Key(rawValue: 19)
        /// The IPv4 destination address of one direction's first packet; packets of IPv6 have none (`NFT_CT_DST_IP`).
        public static let destinationIPv4 = Key(rawValue: 20)
        /// The IPv6 source address of one direction's first packet; packets of IPv4 have none (`NFT_CT_SRC_IP6`).
        public static let sourceIPv6 = Key(rawValue: 21)
        /// The IPv6 destination address of one direction's first packet; packets of IPv4 have none (`NFT_CT_DST_IP6`).
        public static let destinationIPv6 = Key(rawValue: 22)
        /// The entry's id, machine order (`NFT_CT_ID`).
        public static let id = Key(rawValue: 23)
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
