public import NetworkTypes

/// One end of a TCP connection: an address and a port.
public struct TCPEndpoint: Sendable, Hashable {
    /// The address; an IPv4 address that a socket for IPv6 has (`::ffff:192.0.2.1`, RFC 4291 2.5.5.2) stands here as IPv4.
    public var address: IPAddress
    /// The port, in the machine's byte order.
    public var port: UInt16

    /// Creates an endpoint; an IPv4-mapped IPv6 address becomes the IPv4 address.
    public init(address: IPAddress, port: UInt16) {
        self.address = address.unmapped
        self.port = port
    }
}

/// A TCP socket as the kernel lists it (`struct inet_diag_msg`).
public struct TCPSocketObject: Sendable, Hashable {
    /// How far the connection is (`enum` of net/tcp_states.h); those that Weir asks for.
    public enum State: UInt8, Sendable, Hashable {
        /// `TCP_ESTABLISHED`
        case established = 1
        /// `TCP_LISTEN`
        case listening = 10
    }

    /// How far the connection is.
    public var state: State
    /// This host's end; of a listening socket the address may be the unspecified one.
    public var local: TCPEndpoint
    /// The other end; of no meaning for a listening socket.
    public var peer: TCPEndpoint
    /// The inode of the socket, as `/proc/PID/fd` names it: `socket:[INODE]`. 0 for a socket that no process has accepted yet.
    public var inode: UInt32
    /// Number of the interface that the socket is bound to; 0 for none (`SO_BINDTODEVICE`, or a link-local address).
    public var boundInterface: UInt32
    /// The user whose socket it is.
    public var user: UInt32
    /// Its mark (`SO_MARK`); nil if the kernel does not tell.
    public var mark: UInt32?
    /// How many bytes have got through, in both directions; nil if the kernel was not asked.
    public var bytesCarried: UInt64?

    /// Creates a socket.
    public init(
        state: State,
        local: TCPEndpoint,
        peer: TCPEndpoint,
        inode: UInt32 = 0,
        boundInterface: UInt32 = 0,
        user: UInt32 = 0,
        mark: UInt32? = nil,
        bytesCarried: UInt64? = nil
    ) {
        self.state = state
        self.local = local
        self.peer = peer
        self.inode = inode
        self.boundInterface = boundInterface
        self.user = user
        self.mark = mark
        self.bytesCarried = bytesCarried
    }
}

extension IPAddress {
    /// The IPv4 address that an IPv4-mapped IPv6 address stands for; any other address as it is.
    fileprivate var unmapped: IPAddress {
        guard case .ipv6(let address) = self, address.rawValue >> 32 == 0xffff else { return self }
        return .ipv4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: address.rawValue)))
    }
}
