/// Loads the name of the operating system that a TCP SYN looks as if it came from, 16 bytes (`nft_osf.c`).
public struct OSFExpression: Sendable, Hashable {
    /// How the packet's TTL has to go with that of the fingerprint (`NF_OSF_TTL_*`).
    public enum TTL: UInt8, Sendable, Hashable {
        /// The same, or on the way to this network made smaller.
        case exact = 0
        /// Smaller or the same.
        case loose = 1
        /// Any.
        case any = 2
    }

    /// How the packet's TTL has to go with that of the fingerprint.
    public var ttl: TTL
    /// Whether the version follows the name, after a colon (`NFT_OSF_F_VERSION`).
    public var hasVersion: Bool
    /// The register.
    public var destination: Register

    /// Creates an expression.
    public init(ttl: TTL = .exact, hasVersion: Bool = false, into destination: Register = .r1) {
        self.ttl = ttl
        self.hasVersion = hasVersion
        self.destination = destination
    }
}

/// `enum nft_osf_attributes`, `enum nft_osf_flags`
private enum OSFAttribute {
    static let destination: UInt16 = 1
    static let ttl: UInt16 = 2
    static let flags: UInt16 = 3

    static let version: UInt32 = 1
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ osf: OSFExpression) {
        expression(.osf) { writer in
            writer.byte(OSFAttribute.ttl, osf.ttl.rawValue)
            writer.networkOrder(OSFAttribute.flags, osf.hasVersion ? OSFAttribute.version : 0)
            writer.networkOrder(OSFAttribute.destination, osf.destination.rawValue)
        }
    }
}

extension OSFExpression: KernelExpression {
    /// `NFTA_OSF_FLAGS`
    static let highestAttribute: UInt16 = 3

    init?(_ fields: inout ExpressionFields) {
        let flags = fields.networkOrder32(OSFAttribute.flags) ?? 0
        guard let destination = fields.networkOrder32(OSFAttribute.destination),
            let ttl = TTL(rawValue: fields.byte(OSFAttribute.ttl) ?? 0),
            flags & ~OSFAttribute.version == 0
        else { return nil }
        self.init(ttl: ttl, hasVersion: flags != 0, into: Register(rawValue: destination))
    }
}
