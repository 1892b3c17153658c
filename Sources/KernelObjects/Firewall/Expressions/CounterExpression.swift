/// Counts the packets that come by, and their bytes (`nft_counter.c`).
public struct CounterExpression: Sendable, Hashable {
    /// Packets so far; 0 in the canonical form.
    public var packets: UInt64
    /// Bytes so far; 0 in the canonical form.
    public var bytes: UInt64

    /// Creates an expression.
    public init(packets: UInt64 = 0, bytes: UInt64 = 0) {
        self.packets = packets
        self.bytes = bytes
    }
}

/// `enum nft_counter_attributes`
enum CounterAttribute {
    static let bytes: UInt16 = 1
    static let packets: UInt16 = 2
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ counter: CounterExpression) {
        expression(.counter) { writer in
            writer.networkOrder(CounterAttribute.bytes, counter.bytes)
            writer.networkOrder(CounterAttribute.packets, counter.packets)
        }
    }
}

extension CounterExpression: KernelExpression {
    /// `NFTA_COUNTER_PAD`
    static let highestAttribute: UInt16 = 3

    init?(_ fields: inout ExpressionFields) {
        let bytes = fields.networkOrder64(CounterAttribute.bytes) ?? 0
        let packets = fields.networkOrder64(CounterAttribute.packets) ?? 0
        self.init(packets: packets, bytes: bytes)
    }
}
