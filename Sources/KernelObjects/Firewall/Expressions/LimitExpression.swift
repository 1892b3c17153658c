/// Goes on only while packets keep to a rate, or only for those that exceed it (`nft_limit.c`).
public struct LimitExpression: Sendable, Hashable {
    /// What is counted (`enum nft_limit_type`).
    public enum Unit: UInt32, Sendable, Hashable {
        /// `NFT_LIMIT_PKTS`
        case packets = 0
        /// `NFT_LIMIT_PKT_BYTES`
        case bytes = 1
    }

    /// Packets or bytes in each period.
    public var rate: UInt64
    /// The period in seconds.
    public var period: UInt64
    /// How much may come at once beyond the rate; the kernel turns 0 packets into 5.
    public var burst: UInt32
    /// What is counted.
    public var unit: Unit
    /// Whether it holds for what exceeds the rate (`NFT_LIMIT_F_INV`).
    public var isOver: Bool

    /// Creates an expression.
    public init(rate: UInt64, period: UInt64, burst: UInt32, unit: Unit, isOver: Bool) {
        self.rate = rate
        self.period = period
        self.burst = burst
        self.unit = unit
        self.isOver = isOver
    }
}

/// `enum nft_limit_attributes`
private enum LimitAttribute {
    static let rate: UInt16 = 1
    static let period: UInt16 = 2
    static let burst: UInt16 = 3
    static let unit: UInt16 = 4
    static let flags: UInt16 = 5
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ limit: LimitExpression) {
        expression(.limit) { writer in
            writer.networkOrder(LimitAttribute.rate, limit.rate)
            writer.networkOrder(LimitAttribute.period, limit.period)
            let burst = limit.burst == 0 && limit.unit == .packets ? LimitExpression.defaultBurst : limit.burst
            writer.networkOrder(LimitAttribute.burst, burst)
            writer.networkOrder(LimitAttribute.unit, limit.unit.rawValue)
            writer.networkOrder(LimitAttribute.flags, UInt32(limit.isOver ? 1 : 0))
        }
    }
}

extension LimitExpression: KernelExpression {
    /// `NFTA_LIMIT_PAD`
    static let highestAttribute: UInt16 = 6

    /// What the kernel makes of no burst (`NFT_LIMIT_PKT_BURST_DEFAULT`).
    fileprivate static let defaultBurst: UInt32 = 5

    init?(_ fields: inout ExpressionFields) {
        let flags = fields.networkOrder32(LimitAttribute.flags) ?? 0
        guard let rate = fields.networkOrder64(LimitAttribute.rate),
            let period = fields.networkOrder64(LimitAttribute.period),
            let unit = Unit(rawValue: fields.networkOrder32(LimitAttribute.unit) ?? 0),
            flags <= 1
        else { return nil }
        let burst = fields.networkOrder32(LimitAttribute.burst) ?? 0
        self.init(
            rate: rate,
            period: period,
            burst: burst == 0 && unit == .packets ? Self.defaultBurst : burst,
            unit: unit,
            isOver: flags == 1
        )
    }
}
