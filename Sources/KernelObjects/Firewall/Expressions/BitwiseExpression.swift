/// Computes `register & mask ^ xor` (`nft_bitwise.c`, `NFT_BITWISE_MASK_XOR`).
public struct BitwiseExpression: Sendable, Hashable {
    /// The register that is read.
    public var source: Register
    /// The register that is written.
    public var destination: Register
    /// The bits that stay.
    public var mask: RegisterData
    /// The bits that are turned over then; as long as the mask.
    public var xor: RegisterData

    /// Creates an expression that leaves its result where it found the value; `xor` nothing means no bits.
    public init(mask: RegisterData, xor: RegisterData? = nil, in register: Register = .r1) {
        self.init(mask: mask, xor: xor, from: register, into: register)
    }

    /// Creates an expression; `xor` nothing means no bits.
    public init(mask: RegisterData, xor: RegisterData? = nil, from source: Register, into destination: Register) {
        self.source = source
        self.destination = destination
        self.mask = mask
        self.xor = xor ?? RegisterData(leadingBytes: 0, length: Int(mask.length))
    }
}

/// `enum nft_bitwise_attributes`
enum BitwiseAttribute {
    static let source: UInt16 = 1
    static let destination: UInt16 = 2
    static let length: UInt16 = 3
    static let mask: UInt16 = 4
    static let xor: UInt16 = 5
    static let operation: UInt16 = 6
    static let data: UInt16 = 7
    static let secondSource: UInt16 = 8
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ bitwise: BitwiseExpression) {
        expression(.bitwise) { writer in
            writer.networkOrder(BitwiseAttribute.source, bitwise.source.rawValue)
            writer.networkOrder(BitwiseAttribute.destination, bitwise.destination.rawValue)
            writer.networkOrder(BitwiseAttribute.length, UInt32(bitwise.mask.length))
            writer.networkOrder(BitwiseAttribute.operation, UInt32(0))
            writer.value(BitwiseAttribute.mask, bitwise.mask)
            writer.value(BitwiseAttribute.xor, bitwise.xor)
        }
    }
}

extension BitwiseExpression: KernelExpression {
    /// `NFTA_BITWISE_SREG2`
    static let highestAttribute: UInt16 = 8

    init?(_ fields: inout ExpressionFields) {
        guard let source = fields.networkOrder32(BitwiseAttribute.source),
            let destination = fields.networkOrder32(BitwiseAttribute.destination),
            let length = fields.networkOrder32(BitwiseAttribute.length),
            let mask = fields.value(BitwiseAttribute.mask),
            let xor = fields.value(BitwiseAttribute.xor),
            // Before Linux 5.6 there was one operation only, and no attribute for it.
            fields.networkOrder32(BitwiseAttribute.operation) ?? 0 == 0,
            length == mask.length, length == xor.length
        else { return nil }
        self.init(
            mask: mask,
            xor: xor,
            from: Register(rawValue: source),
            into: Register(rawValue: destination)
        )
    }
}
