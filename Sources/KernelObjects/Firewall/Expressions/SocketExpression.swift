/// Loads what is known about the socket of this host that the packet is for (`nft_socket.c`).
public struct SocketExpression: Sendable, Hashable {
    /// What it is about (`enum nft_socket_keys`).
    public enum Key: Sendable, Hashable {
        /// Whether the socket takes packets for addresses of other hosts, one byte (`NFT_SOCKET_TRANSPARENT`).
        case transparent
        /// The socket's mark, machine order (`NFT_SOCKET_MARK`).
        case mark
        /// Whether the socket is bound to no address, one byte (`NFT_SOCKET_WILDCARD`).
        case wildcard
        /// The id of the socket's control group of version 2, or of its ancestor so many levels below the root: 8 bytes, machine order
        /// (`NFT_SOCKET_CGROUPV2`).
        case controlGroup(level: UInt32)
    }

    /// What it is about.
    public var key: Key
    /// The register.
    public var destination: Register

    /// Creates an expression.
    public init(_ key: Key, into destination: Register = .r1) {
        self.key = key
        self.destination = destination
    }
}

/// `enum nft_socket_attributes`, `enum nft_socket_keys`
private enum SocketAttribute {
    static let key: UInt16 = 1
    static let destination: UInt16 = 2
    static let level: UInt16 = 3

    static let transparent: UInt32 = 0
    static let mark: UInt32 = 1
    static let wildcard: UInt32 = 2
    static let controlGroup: UInt32 = 3
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ socket: SocketExpression) {
        expression(.socket) { writer in
            writer.networkOrder(SocketAttribute.key, socket.key.number)
            writer.networkOrder(SocketAttribute.destination, socket.destination.rawValue)
            if case .controlGroup(let level) = socket.key { writer.networkOrder(SocketAttribute.level, level) }
        }
    }
}

extension SocketExpression: KernelExpression {
    /// `NFTA_SOCKET_LEVEL`
    static let highestAttribute: UInt16 = 3

    init?(_ fields: inout ExpressionFields) {
        let number = fields.networkOrder32(SocketAttribute.key)
        // Other keys have no level.
        let level = number == SocketAttribute.controlGroup ? fields.networkOrder32(SocketAttribute.level) : nil
        guard let number, let key = Key(number, level: level),
            let destination = fields.networkOrder32(SocketAttribute.destination)
        else { return nil }
        self.init(key, into: Register(rawValue: destination))
    }
}

extension SocketExpression.Key {
    fileprivate var number: UInt32 {
        switch self {
        case .transparent: SocketAttribute.transparent
        case .mark: SocketAttribute.mark
        case .wildcard: SocketAttribute.wildcard
        case .controlGroup: SocketAttribute.controlGroup
        }
    }

    fileprivate init?(_ number: UInt32, level: UInt32?) {
        switch (number, level) {
        case (SocketAttribute.transparent, nil): self = .transparent
        case (SocketAttribute.mark, nil): self = .mark
        case (SocketAttribute.wildcard, nil): self = .wildcard
        case (SocketAttribute.controlGroup, let level?): self = .controlGroup(level: level)
        default: return nil
        }
    }
}
