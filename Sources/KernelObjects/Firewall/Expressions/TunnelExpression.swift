/// Loads what is known about the tunnel that the packet came through, or will go through (`nft_tunnel.c`).
public struct TunnelExpression: Sendable, Hashable {
    /// What it is about (`enum nft_tunnel_keys`).
    public enum Key: UInt32, Sendable, Hashable {
        /// Whether there is a tunnel, one byte (`NFT_TUNNEL_PATH`).
        case path = 0
        /// The tunnel's id, machine order; the rule does not hold without a tunnel (`NFT_TUNNEL_ID`).
        case id = 1
    }

    /// Which way the packet has to go (`enum nft_tunnel_mode`).
    public enum Mode: UInt32, Sendable, Hashable {
        /// Any (`NFT_TUNNEL_MODE_NONE`).
        case any = 0
        /// It came through the tunnel (`NFT_TUNNEL_MODE_RX`).
        case input = 1
        /// It will go through the tunnel (`NFT_TUNNEL_MODE_TX`).
        case output = 2
    }

    /// What it is about.
    public var key: Key
    /// Which way the packet has to go.
    public var mode: Mode
    /// The register.
    public var destination: Register

    /// Creates an expression.
    public init(_ key: Key, _ mode: Mode = .any, into destination: Register = .r1) {
        self.key = key
        self.mode = mode
        self.destination = destination
    }
}

/// `enum nft_tunnel_attributes`
private enum TunnelAttribute {
    static let key: UInt16 = 1
    static let destination: UInt16 = 2
    static let mode: UInt16 = 3
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ tunnel: TunnelExpression) {
        expression(.tunnel) { writer in
            writer.networkOrder(TunnelAttribute.key, tunnel.key.rawValue)
            writer.networkOrder(TunnelAttribute.destination, tunnel.destination.rawValue)
            writer.networkOrder(TunnelAttribute.mode, tunnel.mode.rawValue)
        }
    }
}

extension TunnelExpression: KernelExpression {
    /// `NFTA_TUNNEL_MODE`
    static let highestAttribute: UInt16 = 3

    init?(_ fields: inout ExpressionFields) {
        guard let key = fields.networkOrder32(TunnelAttribute.key).flatMap(Key.init(rawValue:)),
            let destination = fields.networkOrder32(TunnelAttribute.destination),
            // Before Linux 5.1 there was no attribute for the direction.
            let mode = Mode(rawValue: fields.networkOrder32(TunnelAttribute.mode) ?? 0)
        else { return nil }
        self.init(key, mode, into: Register(rawValue: destination))
    }
}
