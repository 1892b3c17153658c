/// Loads what the packet's route says (`nft_rt.c`).
public struct RouteExpression: Sendable, Hashable {
    /// What it is about (`enum nft_rt_keys`).
    public struct Key: RawRepresentable, Sendable, Hashable {
        /// The kernel's number.
        public let rawValue: UInt32

        /// Creates the key with this number.
        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// The realm, machine order (`NFT_RT_CLASSID`).
        public static let realm = Key(rawValue: 0)
        /// The next hop of a packet of IPv4, 4 bytes; other packets have none (`NFT_RT_NEXTHOP4`).
        public static let nextHopIPv4 = Key(rawValue: 1)
        /// The next hop of a packet of IPv6, 16 bytes; other packets have none (`NFT_RT_NEXTHOP6`).
        public static let nextHopIPv6 = Key(rawValue: 2)
        /// The largest TCP segment of the path, two bytes in machine order (`NFT_RT_TCPMSS`).
        public static let tcpSegmentSize = Key(rawValue: 3)
        /// Whether the packet will go through IPsec, one byte (`NFT_RT_XFRM`).
        public static let ipsec = Key(rawValue: 4)
    }

    /// What it is about.
    public var key: Key
    /// The register.
    public var destination: Register

    /// Creates an expression.
    public init(_ key: Key, into destination: Register = .r1) {
        self.key = key
        self.destination = destination
    }
}

/// `enum nft_rt_attributes`
private enum RouteKeyAttribute {
    static let destination: UInt16 = 1
    static let key: UInt16 = 2
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ route: RouteExpression) {
        expression(.rt) { writer in
            writer.networkOrder(RouteKeyAttribute.key, route.key.rawValue)
            writer.networkOrder(RouteKeyAttribute.destination, route.destination.rawValue)
        }
    }
}

extension RouteExpression: KernelExpression {
    /// `NFTA_RT_KEY`
    static let highestAttribute: UInt16 = 2

    init?(_ fields: inout ExpressionFields) {
        guard let key = fields.networkOrder32(RouteKeyAttribute.key),
            let destination = fields.networkOrder32(RouteKeyAttribute.destination)
        else { return nil }
        self.init(Key(rawValue: key), into: Register(rawValue: destination))
    }
}
