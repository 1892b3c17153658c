/// Goes on only if a register's content is (or is not) between two values, both included (`nft_range.c`).
public struct RangeExpression: Sendable, Hashable {
    /// Between or not between (`enum nft_range_ops`).
    public enum Operator: UInt32, Sendable, Hashable {
        /// `NFT_RANGE_EQ`
        case equal = 0
        /// `NFT_RANGE_NEQ`
        case notEqual = 1
    }

    /// The register.
    public var source: Register
    /// Between or not between.
    public var `operator`: Operator
    /// The smallest value.
    public var lower: RegisterData
    /// The largest value.
    public var upper: RegisterData

    /// Creates an expression.
    public init(_ operator: Operator, _ lower: RegisterData, _ upper: RegisterData, in source: Register = .r1) {
        self.source = source
        self.operator = `operator`
        self.lower = lower
        self.upper = upper
    }
}

/// `enum nft_range_attributes`
private enum RangeAttribute {
    static let source: UInt16 = 1
    static let `operator`: UInt16 = 2
    static let lower: UInt16 = 3
    static let upper: UInt16 = 4
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ range: RangeExpression) {
        expression(.range) { writer in
            writer.networkOrder(RangeAttribute.source, range.source.rawValue)
            writer.networkOrder(RangeAttribute.operator, range.operator.rawValue)
            writer.value(RangeAttribute.lower, range.lower)
            writer.value(RangeAttribute.upper, range.upper)
        }
    }
}

extension RangeExpression: KernelExpression {
    /// `NFTA_RANGE_TO_DATA`
    static let highestAttribute: UInt16 = 4

    init?(_ fields: inout ExpressionFields) {
        guard let source = fields.networkOrder32(RangeAttribute.source),
            let `operator` = fields.networkOrder32(RangeAttribute.operator).flatMap(Operator.init(rawValue:)),
            let lower = fields.value(RangeAttribute.lower),
            let upper = fields.value(RangeAttribute.upper)
        else { return nil }
        self.init(`operator`, lower, upper, in: Register(rawValue: source))
    }
}
