/// Goes on only if a register's content compares with a value (`nft_cmp.c`), byte by byte from the first one.
public struct CompareExpression: Sendable, Hashable {
    /// How both compare (`enum nft_cmp_ops`).
    public enum Operator: UInt32, Sendable, Hashable {
        /// `NFT_CMP_EQ`
        case equal = 0
        /// `NFT_CMP_NEQ`
        case notEqual = 1
        /// `NFT_CMP_LT`
        case less = 2
        /// `NFT_CMP_LTE`
        case lessOrEqual = 3
        /// `NFT_CMP_GT`
        case greater = 4
        /// `NFT_CMP_GTE`
        case greaterOrEqual = 5
    }

    /// The register.
    public var source: Register
    /// How both compare.
    public var `operator`: Operator
    /// The value.
    public var value: RegisterData

    /// Creates an expression.
    public init(_ operator: Operator = .equal, _ value: RegisterData, in source: Register = .r1) {
        self.source = source
        self.operator = `operator`
        self.value = value
    }
}

/// `enum nft_cmp_attributes`
private enum CompareAttribute {
    static let source: UInt16 = 1
    static let `operator`: UInt16 = 2
    static let data: UInt16 = 3
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ compare: CompareExpression) {
        expression(.cmp) { writer in
            writer.networkOrder(CompareAttribute.source, compare.source.rawValue)
            writer.networkOrder(CompareAttribute.operator, compare.operator.rawValue)
            writer.value(CompareAttribute.data, compare.value)
        }
    }
}

extension CompareExpression: KernelExpression {
    /// `NFTA_CMP_DATA`
    static let highestAttribute: UInt16 = 3

    init?(_ fields: inout ExpressionFields) {
        guard let source = fields.networkOrder32(CompareAttribute.source),
            let `operator` = fields.networkOrder32(CompareAttribute.operator).flatMap(Operator.init(rawValue:)),
            let value = fields.value(CompareAttribute.data)
        else { return nil }
        self.init(`operator`, value, in: Register(rawValue: source))
    }
}
