public import NetworkTypes

/// Gives the connection another source or destination (`nft_nat.c`); addresses and ports stand in registers.
public struct NATExpression: Sendable, Hashable {
    /// Which end of the connection changes (`enum nft_nat_types`).
    public enum Kind: UInt32, Sendable, Hashable {
        /// `NFT_NAT_SNAT`
        case source = 0
        /// `NFT_NAT_DNAT`
        case destination = 1
    }

    /// Which end of the connection changes.
    public var kind: Kind
    /// The family of the addresses; nothing for both, where only ports change (`NFPROTO_INET`).
    public var family: AddressFamily?
    /// The registers with the first and the last address.
    public var addresses: RegisterPair?
    /// The registers with the first and the last port.
    public var ports: RegisterPair?
    /// `NF_NAT_RANGE_*`
    public var flags: UInt32

    /// Whether the addresses bound a prefix that takes the place of the old one's first bits.
    public var keepsHostPart: Bool { flags & NATRange.keepsHostPart != 0 }

    /// Creates an expression; the flags that say what is given (`NF_NAT_RANGE_MAP_IPS`, `NF_NAT_RANGE_PROTO_SPECIFIED`) are added.
    public init(
        _ kind: Kind,
        family: AddressFamily?,
        addresses: RegisterPair?,
        ports: RegisterPair?,
        flags: UInt32 = 0
    ) {
        self.kind = kind
        self.family = family
        self.addresses = addresses
        self.ports = ports
        self.flags = flags | (addresses == nil ? 0 : NATRange.mapsAddresses) | (ports == nil ? 0 : NATRange.mapsPorts)
    }
}

/// Two registers that hold the bounds of a range; the same one twice for a single value.
public struct RegisterPair: Sendable, Hashable {
    /// The smallest value.
    public var lower: Register
    /// The largest value.
    public var upper: Register

    /// Creates a pair.
    public init(_ lower: Register, _ upper: Register) {
        self.lower = lower
        self.upper = upper
    }

    /// A single value.
    public init(_ register: Register) {
        self.init(register, register)
    }
}

/// Flags of `struct nf_nat_range2` that say which of its fields count, and how.
public enum NATRange {
    /// `NF_NAT_RANGE_MAP_IPS`
    static let mapsAddresses: UInt32 = 1
    /// `NF_NAT_RANGE_PROTO_SPECIFIED`
    static let mapsPorts: UInt32 = 2
    /// `NF_NAT_RANGE_NETMAP`
    public static let keepsHostPart: UInt32 = 0x40
}

/// `enum nft_nat_attributes`
private enum NATAttribute {
    static let type: UInt16 = 1
    static let family: UInt16 = 2
    static let addressLower: UInt16 = 3
    static let addressUpper: UInt16 = 4
    static let portLower: UInt16 = 5
    static let portUpper: UInt16 = 6
    static let flags: UInt16 = 7

    /// `NFPROTO_INET`
    static let bothFamilies: UInt32 = 1
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ nat: NATExpression) {
        expression(.nat) { writer in
            writer.networkOrder(NATAttribute.type, nat.kind.rawValue)
            writer.networkOrder(
                NATAttribute.family,
                nat.family.map { UInt32($0.rawValue) } ?? NATAttribute.bothFamilies
            )
            writer.registers(NATAttribute.addressLower, NATAttribute.addressUpper, nat.addresses)
            writer.registers(NATAttribute.portLower, NATAttribute.portUpper, nat.ports)
            if nat.flags != 0 { writer.networkOrder(NATAttribute.flags, nat.flags) }
        }
    }
}

extension NATExpression: KernelExpression {
    /// `NFTA_NAT_FLAGS`
    static let highestAttribute: UInt16 = 7

    init?(_ fields: inout ExpressionFields) {
        guard let kind = fields.networkOrder32(NATAttribute.type).flatMap(Kind.init(rawValue:)),
            let number = fields.networkOrder32(NATAttribute.family)
        else { return nil }
        let family = UInt8(exactly: number).flatMap(AddressFamily.init(rawValue:))
        let addresses = fields.registers(NATAttribute.addressLower, NATAttribute.addressUpper)
        let ports = fields.registers(NATAttribute.portLower, NATAttribute.portUpper)
        let flags = fields.networkOrder32(NATAttribute.flags) ?? 0
        guard family != nil || number == NATAttribute.bothFamilies else { return nil }
        self.init(kind, family: family, addresses: addresses, ports: ports, flags: flags)
    }
}

extension AttributeWriter {
    mutating func registers(_ lower: UInt16, _ upper: UInt16, _ pair: RegisterPair?) {
        guard let pair else { return }
        networkOrder(lower, pair.lower.rawValue)
        networkOrder(upper, pair.upper.rawValue)
    }
}

extension ExpressionFields {
    /// Two registers; the second one repeats the first where it is missing.
    mutating func registers(_ lower: UInt16, _ upper: UInt16) -> RegisterPair? {
        guard let first = networkOrder32(lower) else { return nil }
        let last = networkOrder32(upper) ?? first
        return RegisterPair(Register(rawValue: first), Register(rawValue: last))
    }
}
