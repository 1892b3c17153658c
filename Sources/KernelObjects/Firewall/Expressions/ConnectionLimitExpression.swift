/// Goes on only while there are no more connections than so many, or only if there are (`nft_connlimit.c`).
public struct ConnectionLimitExpression: Sendable, Hashable {
    /// How many connections.
    public var count: UInt32
    /// Whether it holds if there are more (`NFT_CONNLIMIT_F_INV`).
    public var isOver: Bool

    /// Creates an expression.
    public init(count: UInt32, isOver: Bool) {
        self.count = count
        self.isOver = isOver
    }
}

/// `enum nft_connlimit_attributes`, `enum nft_connlimit_flags`
private enum ConnectionLimitAttribute {
    static let count: UInt16 = 1
    static let flags: UInt16 = 2

    static let isOver: UInt32 = 1
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ limit: ConnectionLimitExpression) {
        expression(.connlimit) { writer in
            writer.networkOrder(ConnectionLimitAttribute.count, limit.count)
            if limit.isOver { writer.networkOrder(ConnectionLimitAttribute.flags, ConnectionLimitAttribute.isOver) }
        }
    }
}

extension ConnectionLimitExpression: KernelExpression {
    /// `NFTA_CONNLIMIT_FLAGS`
    static let highestAttribute: UInt16 = 2

    init?(_ fields: inout ExpressionFields) {
        let flags = fields.networkOrder32(ConnectionLimitAttribute.flags) ?? 0
        guard let count = fields.networkOrder32(ConnectionLimitAttribute.count),
            flags & ~ConnectionLimitAttribute.isOver == 0
        else { return nil }
        self.init(count: count, isOver: flags != 0)
    }
}
