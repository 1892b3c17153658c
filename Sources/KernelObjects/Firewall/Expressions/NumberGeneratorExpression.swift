/// Loads a number that each packet gets anew, machine order (`nft_numgen.c`).
public struct NumberGeneratorExpression: Sendable, Hashable {
    /// Which number (`enum nft_ng_types`).
    public enum Kind: UInt32, Sendable, Hashable {
        /// One after the other (`NFT_NG_INCREMENTAL`).
        case incremental = 0
        /// Any (`NFT_NG_RANDOM`).
        case random = 1
    }

    /// Which number.
    public var kind: Kind
    /// How many numbers there are.
    public var modulus: UInt32
    /// The smallest number.
    public var offset: UInt32
    /// The register.
    public var destination: Register

    /// Creates an expression.
    public init(_ kind: Kind, modulus: UInt32, offset: UInt32 = 0, into destination: Register = .r1) {
        self.kind = kind
        self.modulus = modulus
        self.offset = offset
        self.destination = destination
    }
}

/// `enum nft_ng_attributes`
private enum NumberGeneratorAttribute {
    static let destination: UInt16 = 1
    static let modulus: UInt16 = 2
    static let kind: UInt16 = 3
    static let offset: UInt16 = 4
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ generator: NumberGeneratorExpression) {
        expression(.numgen) { writer in
            writer.networkOrder(NumberGeneratorAttribute.destination, generator.destination.rawValue)
            writer.networkOrder(NumberGeneratorAttribute.modulus, generator.modulus)
            writer.networkOrder(NumberGeneratorAttribute.kind, generator.kind.rawValue)
            writer.networkOrder(NumberGeneratorAttribute.offset, generator.offset)
        }
    }
}

extension NumberGeneratorExpression: KernelExpression {
    /// `NFTA_NG_SET_ID`
    static let highestAttribute: UInt16 = 6

    init?(_ fields: inout ExpressionFields) {
        guard let destination = fields.networkOrder32(NumberGeneratorAttribute.destination),
            let modulus = fields.networkOrder32(NumberGeneratorAttribute.modulus),
            let kind = fields.networkOrder32(NumberGeneratorAttribute.kind).flatMap(Kind.init(rawValue:))
        else { return nil }
        let offset = fields.networkOrder32(NumberGeneratorAttribute.offset) ?? 0
        self.init(kind, modulus: modulus, offset: offset, into: Register(rawValue: destination))
    }
}
