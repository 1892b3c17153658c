/// Remembers when a packet came by last (`nft_last.c`).
public struct LastExpression: Sendable, Hashable {
    /// How many milliseconds ago that was; nil if there was none yet, and in the canonical form.
    public var milliseconds: UInt64?

    /// Creates an expression.
    public init(milliseconds: UInt64? = nil) {
        self.milliseconds = milliseconds
    }
}

/// `enum nft_last_attributes`
enum LastAttribute {
    static let isSet: UInt16 = 1
    static let milliseconds: UInt16 = 2
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ last: LastExpression) {
        expression(.last) { writer in
            writer.networkOrder(LastAttribute.isSet, UInt32(last.milliseconds == nil ? 0 : 1))
            writer.networkOrder(LastAttribute.milliseconds, last.milliseconds ?? 0)
        }
    }
}

extension LastExpression: KernelExpression {
    /// `NFTA_LAST_PAD`
    static let highestAttribute: UInt16 = 3

    init?(_ fields: inout ExpressionFields) {
        let isSet = fields.networkOrder32(LastAttribute.isSet) ?? 0
        let milliseconds = fields.networkOrder64(LastAttribute.milliseconds) ?? 0
        guard isSet <= 1 else { return nil }
        self.init(milliseconds: isSet == 0 ? nil : milliseconds)
    }
}
