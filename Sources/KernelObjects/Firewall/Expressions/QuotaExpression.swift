/// Goes on only until so many bytes have come by, or only after that (`nft_quota.c`).
public struct QuotaExpression: Sendable, Hashable {
    /// How many bytes.
    public var bytes: UInt64
    /// Whether it holds for what exceeds them (`NFT_QUOTA_F_INV`).
    public var isOver: Bool
    /// How many bytes have come by so far; 0 in the canonical form.
    public var consumed: UInt64
    /// Whether they are used up, and that was announced (`NFT_QUOTA_F_DEPLETED`); false in the canonical form.
    public var isDepleted = false

    /// Creates an expression.
    public init(bytes: UInt64, isOver: Bool, consumed: UInt64 = 0) {
        self.bytes = bytes
        self.isOver = isOver
        self.consumed = consumed
    }
}

/// `enum nft_quota_attributes`, `enum nft_quota_flags`
enum QuotaAttribute {
    static let bytes: UInt16 = 1
    static let flags: UInt16 = 2
    static let consumed: UInt16 = 4

    static let isOver: UInt32 = 1
    static let isDepleted: UInt32 = 2
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ quota: QuotaExpression) {
        expression(.quota) { writer in
            writer.networkOrder(QuotaAttribute.bytes, quota.bytes)
            writer.networkOrder(QuotaAttribute.consumed, quota.consumed)
            let flags = (quota.isOver ? QuotaAttribute.isOver : 0) | (quota.isDepleted ? QuotaAttribute.isDepleted : 0)
            writer.networkOrder(QuotaAttribute.flags, flags)
        }
    }
}

extension QuotaExpression: KernelExpression {
    /// `NFTA_QUOTA_CONSUMED`
    static let highestAttribute: UInt16 = 4

    init?(_ fields: inout ExpressionFields) {
        let consumed = fields.networkOrder64(QuotaAttribute.consumed) ?? 0
        let flags = fields.networkOrder32(QuotaAttribute.flags) ?? 0
        guard let bytes = fields.networkOrder64(QuotaAttribute.bytes),
            flags & ~(QuotaAttribute.isOver | QuotaAttribute.isDepleted) == 0
        else { return nil }
        self.init(bytes: bytes, isOver: flags & QuotaAttribute.isOver != 0, consumed: consumed)
        isDepleted = flags & QuotaAttribute.isDepleted != 0
    }
}
