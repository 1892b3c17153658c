/// Loads from the packet that a tunnel's packet carries (`nft_inner.c`).
public struct InnerExpression: Sendable, Hashable {
    /// The kind of tunnel. The kernel knows two; nft gives numbers of its own to others, whose header the kernel takes from `headerSize`.
    public struct Tunnel: RawRepresentable, Sendable, Hashable {
        /// The number.
        public let rawValue: UInt32

        /// Creates the kind with this number.
        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// VXLAN, a header of 8 bytes before a frame (`NFT_INNER_VXLAN`).
        public static let vxlan = Tunnel(rawValue: 1)
        /// Geneve, a header of 8 bytes and options before a frame (`NFT_INNER_GENEVE`).
        public static let geneve = Tunnel(rawValue: 2)
        /// GRE, a header of 4 bytes before a packet of IP (nft's number).
        public static let gre = Tunnel(rawValue: 3)
        /// GRE, a header of 4 bytes before a frame (nft's number).
        public static let gretap = Tunnel(rawValue: 4)
    }

    /// What there is after the transport header (`enum nft_inner_flags`).
    public struct Parts: OptionSet, Sendable, Hashable {
        public let rawValue: UInt32

        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// The tunnel's own header (`NFT_INNER_HDRSIZE`).
        public static let tunnelHeader = Parts(rawValue: 1)
        /// A link layer's header (`NFT_INNER_LL`).
        public static let link = Parts(rawValue: 2)
        /// A network layer's header (`NFT_INNER_NH`).
        public static let network = Parts(rawValue: 4)
        /// A transport layer's header (`NFT_INNER_TH`).
        public static let transport = Parts(rawValue: 8)
    }

    /// What is loaded.
    public enum Load: Sendable, Hashable {
        /// Bytes of the inner packet, or with the base `.tunnel` of the tunnel's header.
        case payload(PayloadExpression)
        /// What the kernel knows of the inner packet: `protocol` and `l4proto` are all that it can say.
        case meta(MetaExpression)
    }

    /// The kind of tunnel.
    public var tunnel: Tunnel
    /// What there is after the transport header.
    public var parts: Parts
    /// The size of the tunnel's header in bytes.
    public var headerSize: UInt32
    /// What is loaded.
    public var load: Load

    /// Creates an expression.
    public init(_ tunnel: Tunnel, _ parts: Parts, headerSize: UInt32, _ load: Load) {
        self.tunnel = tunnel
        self.parts = parts
        self.headerSize = headerSize
        self.load = load
    }

    /// Loads bytes from a tunnel in the way nft describes it to the kernel; nil for a kind of tunnel that nft has no description of.
    public init?(_ tunnel: Tunnel, _ load: Load) {
        let parts: Parts
        let headerSize: UInt32
        switch tunnel {
        case .vxlan, .geneve: (parts, headerSize) = ([.tunnelHeader, .link, .network, .transport], 8)
        case .gre: (parts, headerSize) = ([.network, .transport], 4)
        case .gretap: (parts, headerSize) = ([.link, .network, .transport], 4)
        default: return nil
        }
        self.init(tunnel, parts, headerSize: headerSize, load)
    }

    /// The register.
    public var destination: Register {
        switch load {
        case .payload(let payload): payload.destination
        case .meta(let meta): meta.register
        }
    }
}

/// `enum nft_inner_attributes`
private enum InnerAttribute {
    static let number: UInt16 = 1
    static let type: UInt16 = 2
    static let flags: UInt16 = 3
    static let headerSize: UInt16 = 4
    static let expression: UInt16 = 5
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ inner: InnerExpression) {
        expression(.inner) { writer in
            writer.networkOrder(InnerAttribute.number, UInt32(0))
            writer.networkOrder(InnerAttribute.type, inner.tunnel.rawValue)
            writer.networkOrder(InnerAttribute.flags, inner.parts.rawValue)
            writer.networkOrder(InnerAttribute.headerSize, inner.headerSize)
            writer.expression(InnerAttribute.expression, inner.load.expression)
        }
    }
}

extension InnerExpression: KernelExpression {
    /// `NFTA_INNER_EXPR`
    static let highestAttribute: UInt16 = 5

    init?(_ fields: inout ExpressionFields) {
        guard fields.networkOrder32(InnerAttribute.number) ?? 0 == 0,
            let type = fields.networkOrder32(InnerAttribute.type),
            let flags = fields.networkOrder32(InnerAttribute.flags),
            let headerSize = fields.networkOrder32(InnerAttribute.headerSize),
            let expression = fields.expression(InnerAttribute.expression, among: [.payload, .meta]),
            let load = Load(expression)
        else { return nil }
        self.init(Tunnel(rawValue: type), Parts(rawValue: flags), headerSize: headerSize, load)
    }
}

extension InnerExpression.Load {
    fileprivate var expression: Expression {
        switch self {
        case .payload(let payload): .payload(payload)
        case .meta(let meta): .meta(meta)
        }
    }

    fileprivate init?(_ expression: Expression) {
        switch expression {
        case .payload(let payload): self = .payload(payload)
        case .meta(let meta) where !meta.isSet: self = .meta(meta)
        default: return nil
        }
    }
}
