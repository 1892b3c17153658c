/// Drops the packet and tells its sender (`nft_reject.c`).
public enum RejectExpression: Sendable, Hashable {
    /// An ICMP or ICMPv6 destination-unreachable message with this code; which of both, the packet's family says.
    case icmp(code: UInt8)
    /// A TCP segment with RST.
    case tcpReset
    /// A destination-unreachable message of either family (`enum nft_reject_inet_code`).
    case icmpx(code: UInt8)
}

/// `enum nft_reject_attributes`, `enum nft_reject_types`
private enum RejectAttribute {
    static let type: UInt16 = 1
    static let code: UInt16 = 2

    static let icmp: UInt32 = 0
    static let tcpReset: UInt32 = 1
    static let icmpx: UInt32 = 2
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ reject: RejectExpression) {
        expression(.reject) { writer in
            switch reject {
            case .icmp(let code):
                writer.networkOrder(RejectAttribute.type, RejectAttribute.icmp)
                writer.byte(RejectAttribute.code, code)
            case .tcpReset:
                writer.networkOrder(RejectAttribute.type, RejectAttribute.tcpReset)
            case .icmpx(let code):
                writer.networkOrder(RejectAttribute.type, RejectAttribute.icmpx)
                writer.byte(RejectAttribute.code, code)
            }
        }
    }
}

extension RejectExpression: KernelExpression {
    /// `NFTA_REJECT_ICMP_CODE`
    static let highestAttribute: UInt16 = 2

    init?(_ fields: inout ExpressionFields) {
        let type = fields.networkOrder32(RejectAttribute.type)
        let code = fields.byte(RejectAttribute.code)
        switch (type, code) {
        case (RejectAttribute.icmp, let code?): self = .icmp(code: code)
        case (RejectAttribute.tcpReset, _): self = .tcpReset
        case (RejectAttribute.icmpx, let code?): self = .icmpx(code: code)
        default: return nil
        }
    }
}
