public import NetworkTypes

/// Hands the packet to a socket of this host, without changing it (`nft_tproxy.c`).
public struct TransparentProxyExpression: Sendable, Hashable {
    /// The family of the packets that are handed over; nothing for both (`NFPROTO_UNSPEC`), where there is no address.
    public var family: AddressFamily?
    /// The register with the socket's address; nothing for that of the interface.
    public var address: Register?
    /// The register with the socket's port; nothing for that of the packet.
    public var port: Register?

    /// Creates an expression.
    public init(family: AddressFamily?, address: Register?, port: Register?) {
        self.family = family
        self.address = address
        self.port = port
    }
}

/// `enum nft_tproxy_attributes`
private enum TransparentProxyAttribute {
    static let family: UInt16 = 1
    static let address: UInt16 = 2
    static let port: UInt16 = 3

    /// `NFPROTO_UNSPEC`
    static let bothFamilies: UInt32 = 0
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ proxy: TransparentProxyExpression) {
        expression(.tproxy) { writer in
            let family = proxy.family.map { UInt32($0.rawValue) } ?? TransparentProxyAttribute.bothFamilies
            writer.networkOrder(TransparentProxyAttribute.family, family)
            if let address = proxy.address {
                writer.networkOrder(TransparentProxyAttribute.address, address.rawValue)
            }
            if let port = proxy.port { writer.networkOrder(TransparentProxyAttribute.port, port.rawValue) }
        }
    }
}

extension TransparentProxyExpression: KernelExpression {
    /// `NFTA_TPROXY_REG_PORT`
    static let highestAttribute: UInt16 = 3

    init?(_ fields: inout ExpressionFields) {
        guard let number = fields.networkOrder32(TransparentProxyAttribute.family) else { return nil }
        let family = UInt8(exactly: number).flatMap(AddressFamily.init(rawValue:))
        guard family != nil || number == TransparentProxyAttribute.bothFamilies else { return nil }
        self.init(
            family: family,
            address: fields.networkOrder32(TransparentProxyAttribute.address).map(Register.init(rawValue:)),
            port: fields.networkOrder32(TransparentProxyAttribute.port).map(Register.init(rawValue:))
        )
    }
}
