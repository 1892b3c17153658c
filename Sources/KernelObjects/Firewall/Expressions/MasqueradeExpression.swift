/// Gives the connection the address of the interface that it leaves by as source (`nft_masq.c`).
public struct MasqueradeExpression: Sendable, Hashable {
    /// The registers with the first and the last port.
    public var ports: RegisterPair?
    /// `NF_NAT_RANGE_*`
    public var flags: UInt32

    /// Creates an expression; the flag that says that ports are given is added.
    public init(ports: RegisterPair? = nil, flags: UInt32 = 0) {
        self.ports = ports
        self.flags = flags | (ports == nil ? 0 : NATRange.mapsPorts)
    }
}

/// `enum nft_masq_attributes`
private enum MasqueradeAttribute {
    static let flags: UInt16 = 1
    static let portLower: UInt16 = 2
    static let portUpper: UInt16 = 3
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ masquerade: MasqueradeExpression) {
        expression(.masq) { writer in
            if masquerade.flags != 0 { writer.networkOrder(MasqueradeAttribute.flags, masquerade.flags) }
            writer.registers(MasqueradeAttribute.portLower, MasqueradeAttribute.portUpper, masquerade.ports)
        }
    }
}

extension MasqueradeExpression: KernelExpression {
    /// `NFTA_MASQ_REG_PROTO_MAX`
    static let highestAttribute: UInt16 = 3

    init?(_ fields: inout ExpressionFields) {
        let ports = fields.registers(MasqueradeAttribute.portLower, MasqueradeAttribute.portUpper)
        let flags = fields.networkOrder32(MasqueradeAttribute.flags) ?? 0
        self.init(ports: ports, flags: flags)
    }
}
