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

        /// The packet's length, from the network layer on: machine order (`NFT_META_LEN`).
        public static let length = Key(rawValue: 0)
        /// The type of the frame (EtherType), two bytes in network order; not set for what this host sends (`NFT_META_PROTOCOL`).
        public static let `protocol` = Key(rawValue: 1)
        /// The class of traffic control, machine order; can be set (`NFT_META_PRIORITY`).
        public static let priority = Key(rawValue: 2)
        /// The packet's mark, machine order; can be set.
        public static let mark = Key(rawValue: 3)
        /// Index of the interface that it came in by, machine order.
        public static let iif = Key(rawValue: 4)
        /// Index of the interface that it leaves by, machine order.
        public static let oif = Key(rawValue: 5)
        /// Name of the interface that it came in by, 16 bytes.
        public static let iifname = Key(rawValue: 6)
        /// Name of the interface that it leaves by, 16 bytes.
        public static let oifname = Key(rawValue: 7)
        /// Type of the interface that it came in by (`ARPHRD_*`), two bytes in machine order (`NFT_META_IIFTYPE`).
        public static let iiftype = Key(rawValue: 8)
        /// Type of the interface that it leaves by (`ARPHRD_*`), two bytes in machine order (`NFT_META_OIFTYPE`).
        public static let oiftype = Key(rawValue: 9)
        /// User id of the socket that it comes from, machine order.
        public static let skuid = Key(rawValue: 10)
        /// Group id of the socket that it comes from, machine order.
        public static let skgid = Key(rawValue: 11)
        /// Whether the packet is traced, one byte; can be set (`NFT_META_NFTRACE`).
        public static let nftrace = Key(rawValue: 12)
        /// The realm of its route, machine order (`NFT_META_RTCLASSID`).
        public static let realm = Key(rawValue: 13)
        /// The security mark, machine order; can be set (`NFT_META_SECMARK`).
        public static let secmark = Key(rawValue: 14)
        /// `NFPROTO_IPV4` or `NFPROTO_IPV6`, one byte.
        public static let nfproto = Key(rawValue: 15)
        /// The transport protocol, one byte.
        public static let l4proto = Key(rawValue: 16)
        /// Name of the bridge whose port it came in by, 16 bytes (`NFT_META_BRI_IIFNAME`).
        public static let inputBridgeName = Key(rawValue: 17)
        /// Name of the bridge whose port it leaves by, 16 bytes (`NFT_META_BRI_OIFNAME`).
        public static let outputBridgeName = Key(rawValue: 18)
        /// To whom the frame is addressed (`PACKET_*`), one byte; can be set (`NFT_META_PKTTYPE`).
        public static let packetType = Key(rawValue: 19)
        /// Number of the processor that works on it, machine order (`NFT_META_CPU`).
        public static let cpu = Key(rawValue: 20)
        /// Group of the interface that it came in by, machine order (`NFT_META_IIFGROUP`).
        public static let iifgroup = Key(rawValue: 21)
        /// Group of the interface that it leaves by, machine order (`NFT_META_OIFGROUP`).
        public static let oifgroup = Key(rawValue: 22)
        /// Class id of the socket's control group of version 1, machine order (`NFT_META_CGROUP`).
        public static let controlGroup = Key(rawValue: 23)
        /// A random number, machine order (`NFT_META_PRANDOM`).
        public static let random = Key(rawValue: 24)
        /// Whether it came through IPsec, one byte (`NFT_META_SECPATH`).
        public static let ipsec = Key(rawValue: 25)
        /// Kind of the interface that it came in by, such as `vlan`, 16 bytes (`NFT_META_IIFKIND`).
        public static let iifkind = Key(rawValue: 26)
        /// Kind of the interface that it leaves by, 16 bytes (`NFT_META_OIFKIND`).
        public static let oifkind = Key(rawValue: 27)
        /// VLAN that the bridge port that it came in by puts frames without a tag in, two bytes in machine order (`NFT_META_BRI_IIFPVID`).
        public static let inputBridgeVLAN = Key(rawValue: 28)
        /// VLAN protocol of the bridge that it came in by, two bytes in network order (`NFT_META_BRI_IIFVPROTO`).
        public static let inputBridgeVLANProtocol = Key(rawValue: 29)
        /// The time in nanoseconds since 1970, 8 bytes in machine order (`NFT_META_TIME_NS`).
        public static let time = Key(rawValue: 30)
        /// The day of the week in the kernel's time zone (UTC unless one was set), 0 for Sunday, one byte (`NFT_META_TIME_DAY`).
        public static let day = Key(rawValue: 31)
        /// The time of the day in the kernel's time zone in seconds, machine order (`NFT_META_TIME_HOUR`).
        public static let hour = Key(rawValue: 32)
        /// Index of the VRF's port that it came in by, machine order (`NFT_META_SDIF`).
        public static let slaveIndex = Key(rawValue: 33)
        /// Name of the VRF's port that it came in by, 16 bytes (`NFT_META_SDIFNAME`).
        public static let slaveName = Key(rawValue: 34)
        /// Whether the bridge routes the frame instead of forwarding it, one byte; can only be set (`NFT_META_BRI_BROUTE`).
        public static let broute = Key(rawValue: 35)
        /// The Ethernet address of the bridge that it came in by, 6 bytes (`NFT_META_BRI_IIFHWADDR`, since Linux 6.18; 36 is no key).
        public static let inputBridgeAddress = Key(rawValue: 37)
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
