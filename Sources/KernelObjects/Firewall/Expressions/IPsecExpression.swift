/// Loads what is known about the IPsec that the packet came through, or will go through (`nft_xfrm.c`).
public struct IPsecExpression: Sendable, Hashable {
    /// What it is about (`enum nft_xfrm_keys`).
    public struct Key: RawRepresentable, Sendable, Hashable {
        /// The kernel's number.
        public let rawValue: UInt32

        /// Creates the key with this number.
        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// The tunnel's destination address of IPv4 (`NFT_XFRM_KEY_DADDR_IP4`).
        public static let destinationIPv4 = Key(rawValue: 1)
        /// The tunnel's destination address of IPv6 (`NFT_XFRM_KEY_DADDR_IP6`).
        public static let destinationIPv6 = Key(rawValue: 2)
        /// The tunnel's source address of IPv4 (`NFT_XFRM_KEY_SADDR_IP4`).
        public static let sourceIPv4 = Key(rawValue: 3)
        /// The tunnel's source address of IPv6 (`NFT_XFRM_KEY_SADDR_IP6`).
        public static let sourceIPv6 = Key(rawValue: 4)
        /// The request id, machine order (`NFT_XFRM_KEY_REQID`).
        public static let requestID = Key(rawValue: 5)
        /// The security parameter index, network order (`NFT_XFRM_KEY_SPI`).
        public static let securityParameterIndex = Key(rawValue: 6)
    }

    /// Which way the packet goes (`XFRM_POLICY_*`).
    public enum Direction: UInt8, Sendable, Hashable {
        /// It came through IPsec.
        case input = 0
        /// It will go through IPsec.
        case output = 1
    }

    /// What it is about.
    public var key: Key
    /// Which way the packet goes.
    public var direction: Direction
    /// Which transformation of several, the first one being 0.
    public var index: UInt32
    /// The register.
    public var destination: Register

    /// Creates an expression.
    public init(_ key: Key, _ direction: Direction, index: UInt32 = 0, into destination: Register = .r1) {
        self.key = key
        self.direction = direction
        self.index = index
        self.destination = destination
    }
}

/// `enum nft_xfrm_attributes`
private enum IPsecAttribute {
    static let destination: UInt16 = 1
    static let key: UInt16 = 2
    static let direction: UInt16 = 3
    static let index: UInt16 = 4
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ ipsec: IPsecExpression) {
        expression(.xfrm) { writer in
            writer.networkOrder(IPsecAttribute.destination, ipsec.destination.rawValue)
            writer.networkOrder(IPsecAttribute.key, ipsec.key.rawValue)
            writer.byte(IPsecAttribute.direction, ipsec.direction.rawValue)
            writer.networkOrder(IPsecAttribute.index, ipsec.index)
        }
    }
}

extension IPsecExpression: KernelExpression {
    /// `NFTA_XFRM_SPNUM`
    static let highestAttribute: UInt16 = 4

    init?(_ fields: inout ExpressionFields) {
        guard let destination = fields.networkOrder32(IPsecAttribute.destination),
            let key = fields.networkOrder32(IPsecAttribute.key),
            let direction = fields.byte(IPsecAttribute.direction).flatMap(Direction.init(rawValue:))
        else { return nil }
        let index = fields.networkOrder32(IPsecAttribute.index) ?? 0
        self.init(Key(rawValue: key), direction, index: index, into: Register(rawValue: destination))
    }
}
