/// Lets the packet's connection pass the rules by from now on, through a flowtable (`nft_flow_offload.c`).
public struct FlowOffloadExpression: Sendable, Hashable {
    /// The flowtable's name.
    public var flowtable: String

    /// Creates an expression.
    public init(_ flowtable: String) {
        self.flowtable = flowtable
    }
}

/// `enum nft_offload_attributes`
private enum FlowOffloadAttribute {
    static let flowtable: UInt16 = 1
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ offload: FlowOffloadExpression) {
        expression(.flowOffload) { writer in
            writer.name(FlowOffloadAttribute.flowtable, offload.flowtable)
        }
    }
}

extension FlowOffloadExpression: KernelExpression {
    /// `NFTA_FLOW_TABLE_NAME`
    static let highestAttribute: UInt16 = 1

    init?(_ fields: inout ExpressionFields) {
        guard let name = fields.name(FlowOffloadAttribute.flowtable) else { return nil }
        self.init(name)
    }
}
