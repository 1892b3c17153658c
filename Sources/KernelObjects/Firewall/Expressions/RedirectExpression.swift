/// Sends the connection to this host (`nft_redir.c`).
public struct RedirectExpression: Sendable, Hashable {
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

/// `enum nft_redir_attributes`
private enum RedirectAttribute {
    static let portLower: UInt16 = 1
    static let portUpper: UInt16 = 2
    static let flags: UInt16 = 3
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ redirect: RedirectExpression) {
        expression(.redir) { writer in
            writer.registers(RedirectAttribute.portLower, RedirectAttribute.portUpper, redirect.ports)
            if redirect.flags != 0 { writer.networkOrder(RedirectAttribute.flags, redirect.flags) }
        }
    }
}

extension RedirectExpression: KernelExpression {
    /// `NFTA_REDIR_FLAGS`
    static let highestAttribute: UInt16 = 3

    init?(_ fields: inout ExpressionFields) {
        let ports = fields.registers(RedirectAttribute.portLower, RedirectAttribute.portUpper)
        let flags = fields.networkOrder32(RedirectAttribute.flags) ?? 0
        self.init(ports: ports, flags: flags)
    }
}
