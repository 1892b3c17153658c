public import NetworkTypes

/// Sends the packet out by an interface, from a table of devices (`nft_fwd_netdev.c`).
public struct ForwardExpression: Sendable, Hashable {
    /// A neighbour that the packet is sent to.
    public struct Neighbour: Sendable, Hashable {
        /// The family of its address.
        public var family: AddressFamily
        /// The register with its address.
        public var address: Register

        /// Creates a neighbour.
        public init(_ family: AddressFamily, address: Register) {
            self.family = family
            self.address = address
        }
    }

    /// The register with the index of the interface.
    public var interface: Register
    /// The neighbour that the packet is sent to; nil if it goes out as it is.
    public var neighbour: Neighbour?

    /// Creates an expression.
    public init(interface: Register = .r1, neighbour: Neighbour? = nil) {
        self.interface = interface
        self.neighbour = neighbour
    }
}

/// `enum nft_fwd_attributes`
private enum ForwardAttribute {
    static let interface: UInt16 = 1
    static let address: UInt16 = 2
    static let family: UInt16 = 3
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ forward: ForwardExpression) {
        expression(.fwd) { writer in
            writer.networkOrder(ForwardAttribute.interface, forward.interface.rawValue)
            if let neighbour = forward.neighbour {
                writer.networkOrder(ForwardAttribute.address, neighbour.address.rawValue)
                writer.networkOrder(ForwardAttribute.family, UInt32(neighbour.family.rawValue))
            }
        }
    }
}

extension ForwardExpression: KernelExpression {
    /// `NFTA_FWD_NFPROTO`
    static let highestAttribute: UInt16 = 3

    init?(_ fields: inout ExpressionFields) {
        guard let interface = fields.networkOrder32(ForwardAttribute.interface) else { return nil }
        var neighbour: Neighbour?
        if let address = fields.networkOrder32(ForwardAttribute.address) {
            guard let number = fields.networkOrder32(ForwardAttribute.family),
                let family = UInt8(exactly: number).flatMap(AddressFamily.init(rawValue:))
            else { return nil }
            neighbour = Neighbour(family, address: Register(rawValue: address))
        }
        self.init(interface: Register(rawValue: interface), neighbour: neighbour)
    }
}
