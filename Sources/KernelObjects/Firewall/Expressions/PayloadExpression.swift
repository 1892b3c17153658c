/// Loads bytes of the packet into a register (`nft_payload.c`).
public struct PayloadExpression: Sendable, Hashable {
    /// The header that offsets count from (`enum nft_payload_bases`).
    public enum Base: UInt32, Sendable, Hashable {
        /// The link layer's header.
        case link = 0
        /// The network layer's header.
        case network = 1
        /// The transport layer's header.
        case transport = 2
        /// What comes after the transport layer's header (`NFT_PAYLOAD_INNER_HEADER`).
        case inner = 3
        /// The header of the tunnel that an `InnerExpression` is about; there is no other use of it (`NFT_PAYLOAD_TUN_HEADER`).
        case tunnel = 4
    }

    /// The header that the offset counts from.
    public var base: Base
    /// The first byte.
    public var offset: UInt32
    /// How many bytes are loaded.
    public var length: UInt32
    /// The register that they go into.
    public var destination: Register

    /// Creates an expression.
    public init(_ base: Base, offset: UInt32, length: UInt32, into destination: Register = .r1) {
        self.base = base
        self.offset = offset
        self.length = length
        self.destination = destination
    }
}

/// `enum nft_payload_attributes`
enum PayloadAttribute {
    static let destination: UInt16 = 1
    static let base: UInt16 = 2
    static let offset: UInt16 = 3
    static let length: UInt16 = 4
    static let source: UInt16 = 5
    static let checksumType: UInt16 = 6
    static let checksumOffset: UInt16 = 7
    static let checksumFlags: UInt16 = 8
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ payload: PayloadExpression) {
        expression(.payload) { writer in
            writer.networkOrder(PayloadAttribute.destination, payload.destination.rawValue)
            writer.networkOrder(PayloadAttribute.base, payload.base.rawValue)
            writer.networkOrder(PayloadAttribute.offset, payload.offset)
            writer.networkOrder(PayloadAttribute.length, payload.length)
        }
    }
}

extension PayloadExpression: KernelExpression {
    /// `NFTA_PAYLOAD_CSUM_FLAGS`
    static let highestAttribute: UInt16 = 8

    init?(_ fields: inout ExpressionFields) {
        guard let destination = fields.networkOrder32(PayloadAttribute.destination),
            let base = fields.networkOrder32(PayloadAttribute.base).flatMap(Base.init(rawValue:)),
            let offset = fields.networkOrder32(PayloadAttribute.offset),
            let length = fields.networkOrder32(PayloadAttribute.length)
        else { return nil }
        self.init(base, offset: offset, length: length, into: Register(rawValue: destination))
    }
}
