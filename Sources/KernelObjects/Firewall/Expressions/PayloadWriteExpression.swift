/// Writes a register's content into the packet (`nft_payload.c`).
public struct PayloadWriteExpression: Sendable, Hashable {
    /// The checksum that is brought into line (`enum nft_payload_csum_types`), with its first byte in the same header.
    public enum Checksum: Sendable, Hashable {
        /// None (`NFT_PAYLOAD_CSUM_NONE`).
        case none
        /// That of IPv4, TCP, UDP and ICMP (`NFT_PAYLOAD_CSUM_INET`).
        case internet(offset: UInt32)
        /// That of SCTP (`NFT_PAYLOAD_CSUM_SCTP`).
        case sctp(offset: UInt32)
    }

    /// The header that the offset counts from.
    public var base: PayloadExpression.Base
    /// The first byte.
    public var offset: UInt32
    /// How many bytes are written.
    public var length: UInt32
    /// The checksum that is brought into line.
    public var checksum: Checksum
    /// Whether the transport layer's checksum is brought into line too, as the bytes are part of its pseudo header
    /// (`NFT_PAYLOAD_L4CSUM_PSEUDOHDR`).
    public var isInPseudoHeader: Bool
    /// The register.
    public var source: Register

    /// Creates an expression.
    public init(
        _ base: PayloadExpression.Base,
        offset: UInt32,
        length: UInt32,
        checksum: Checksum = .none,
        isInPseudoHeader: Bool = false,
        from source: Register = .r1
    ) {
        self.base = base
        self.offset = offset
        self.length = length
        self.checksum = checksum
        self.isInPseudoHeader = isInPseudoHeader
        self.source = source
    }
}

extension PayloadAttribute {
    /// `NFT_PAYLOAD_L4CSUM_PSEUDOHDR`
    fileprivate static let isInPseudoHeader: UInt32 = 1
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ payload: PayloadWriteExpression) {
        expression(.payload) { writer in
            writer.networkOrder(PayloadAttribute.source, payload.source.rawValue)
            writer.networkOrder(PayloadAttribute.base, payload.base.rawValue)
            writer.networkOrder(PayloadAttribute.offset, payload.offset)
            writer.networkOrder(PayloadAttribute.length, payload.length)
            writer.networkOrder(PayloadAttribute.checksumType, payload.checksum.type)
            writer.networkOrder(PayloadAttribute.checksumOffset, payload.checksum.offset)
            let flags = payload.isInPseudoHeader ? PayloadAttribute.isInPseudoHeader : 0
            writer.networkOrder(PayloadAttribute.checksumFlags, flags)
        }
    }
}

extension PayloadWriteExpression: KernelExpression {
    static let highestAttribute = PayloadExpression.highestAttribute

    init?(_ fields: inout ExpressionFields) {
        let type = fields.networkOrder32(PayloadAttribute.checksumType) ?? 0
        let checksumOffset = fields.networkOrder32(PayloadAttribute.checksumOffset) ?? 0
        let flags = fields.networkOrder32(PayloadAttribute.checksumFlags) ?? 0
        guard let source = fields.networkOrder32(PayloadAttribute.source),
            let base = fields.networkOrder32(PayloadAttribute.base).flatMap(PayloadExpression.Base.init(rawValue:)),
            let offset = fields.networkOrder32(PayloadAttribute.offset),
            let length = fields.networkOrder32(PayloadAttribute.length),
            let checksum = Checksum(type: type, offset: checksumOffset),
            flags & ~PayloadAttribute.isInPseudoHeader == 0
        else { return nil }
        self.init(
            base,
            offset: offset,
            length: length,
            checksum: checksum,
            isInPseudoHeader: flags != 0,
            from: Register(rawValue: source)
        )
    }
}

extension PayloadWriteExpression.Checksum {
    fileprivate var type: UInt32 {
        switch self {
        case .none: 0
        case .internet: 1
        case .sctp: 2
        }
    }

    fileprivate var offset: UInt32 {
        switch self {
        case .none: 0
        case .internet(let offset), .sctp(let offset): offset
        }
    }

    fileprivate init?(type: UInt32, offset: UInt32) {
        switch (type, offset) {
        case (0, 0): self = .none
        case (1, _): self = .internet(offset: offset)
        case (2, _): self = .sctp(offset: offset)
        default: return nil
        }
    }
}
