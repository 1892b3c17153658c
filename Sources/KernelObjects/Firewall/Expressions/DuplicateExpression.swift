/// Sends a copy of the packet elsewhere (`nft_dup_ipv4.c`, `nft_dup_ipv6.c`, `nft_dup_netdev.c`).
public struct DuplicateExpression: Sendable, Hashable {
    /// The register with the address of the next hop; nothing in a table of devices.
    public var address: Register?
    /// The register with the index of the interface; nothing for that of the route.
    public var interface: Register?

    /// Creates an expression.
    public init(address: Register?, interface: Register?) {
        self.address = address
        self.interface = interface
    }
}

/// `enum nft_dup_attributes`
private enum DuplicateAttribute {
    static let address: UInt16 = 1
    static let interface: UInt16 = 2
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ duplicate: DuplicateExpression) {
        expression(.dup) { writer in
            if let address = duplicate.address { writer.networkOrder(DuplicateAttribute.address, address.rawValue) }
            if let interface = duplicate.interface {
                writer.networkOrder(DuplicateAttribute.interface, interface.rawValue)
            }
        }
    }
}

extension DuplicateExpression: KernelExpression {
    /// `NFTA_DUP_SREG_DEV`
    static let highestAttribute: UInt16 = 2

    init?(_ fields: inout ExpressionFields) {
        self.init(
            address: fields.networkOrder32(DuplicateAttribute.address).map(Register.init(rawValue:)),
            interface: fields.networkOrder32(DuplicateAttribute.interface).map(Register.init(rawValue:))
        )
    }
}
