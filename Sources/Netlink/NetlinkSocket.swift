import CLinux
import CNetfilter
import Faults
import Glibc
import SystemPackage

/// A netlink socket: the way to nf_tables (`NETLINK_NETFILTER`) or to links, addresses, routes and routing rules
/// (`NETLINK_ROUTE`) of one network namespace.
///
/// The kernel works through a message while it is being sent: when `send` returns, the answers are waiting. The socket
/// therefore never blocks for long. It owns libmnl's socket and closes it at the end of its life.
public struct NetlinkSocket: ~Copyable {
    /// The families of messages that this program speaks.
    public enum Family: Int32, Sendable {
        /// `NETLINK_ROUTE`, rtnetlink(7).
        case route = 0
        /// `NETLINK_SOCK_DIAG`, sock_diag(7).
        case socketDiagnosis = 4
        /// `NETLINK_NETFILTER`, nfnetlink.
        case netfilter = 12
    }

    /// Which messages the socket carries.
    public let family: Family
    /// The socket's address among the netlink sockets of its namespace; changes made through it are announced with it.
    public let portID: UInt32

    /// `struct mnl_socket`, owned.
    private let socket: OpaquePointer
    /// One receive buffer of fixed size: the kernel makes dump messages as large as the first buffer it saw, at most 32 KiB.
    let buffer: UnsafeMutableRawBufferPointer
    /// Number of the last request.
    var sequence: UInt32 = 0
    /// Whether the kernel checks requests for dumps and filters what they ask for (`NETLINK_GET_STRICT_CHK`, Linux 4.20).
    public private(set) var checksDumpRequests = false
    /// What `SO_SNDBUF` stands at, in bytes; zero as long as it was not asked.
    private var sendLimit = 0

    private static let bufferSize = 128 * 1024
    /// Room for some ten thousand error messages of one batch.
    private static let receiveLimit: Int32 = 16 * 1024 * 1024

    /// Opens a socket in the namespace of the calling thread.
    public init(_ family: Family) throws(NetlinkError) {
        try self.init(family, opened: Self.open(family))
    }

    /// Opens a socket in another network namespace; the calling thread stays where it is.
    public init(_ family: Family, in namespace: borrowing NetworkNamespace) throws(NetlinkError) {
        // A pointer is not Sendable, its address is.
        let opened: Result<UInt, NetlinkError> = try namespace.perform {
            do throws(NetlinkError) {
                return .success(UInt(bitPattern: try Self.open(family)))
            } catch {
                return .failure(error)
            }
        }
        guard let socket = OpaquePointer(bitPattern: try opened.get()) else {
            throw NetlinkError(.openSocket, .badFileDescriptor)
        }
        try self.init(family, opened: socket)
    }

    private init(_ family: Family, opened socket: OpaquePointer) throws(NetlinkError) {
        do throws(NetlinkError) {
            try Self.configure(socket, family: family)
        } catch {
            mnl_socket_close(socket)
            throw error
        }
        self.family = family
        self.socket = socket
        checksDumpRequests = family == .route && Self.setOption(NETLINK_GET_STRICT_CHK, of: socket)
        portID = mnl_socket_get_portid(socket)
        buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
    }

    deinit {
        buffer.deallocate()
        mnl_socket_close(socket)
    }

    private static func open(_ family: Family) throws(NetlinkError) -> OpaquePointer {
        let flags = Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard let socket = mnl_socket_open2(family.rawValue, flags) else {
            throw NetlinkError(.openSocket, .last)
        }
        return socket
    }

    private static func configure(_ socket: OpaquePointer, family: Family) throws(NetlinkError) {
        guard mnl_socket_bind(socket, 0, 0) == 0 else { throw NetlinkError(.configureSocket, .last) }
        // Kernels that do not know an option still work, with poorer messages.
        setOption(NETLINK_EXT_ACK, of: socket)
        setOption(NETLINK_CAP_ACK, of: socket)
        let descriptor = mnl_socket_get_fd(socket)
        let limit = FaultPoint.receiveLimit ?? receiveLimit
        if !setBuffer(SO_RCVBUFFORCE, limit, of: descriptor) {
            _ = setBuffer(SO_RCVBUF, limit, of: descriptor)
        }
    }

    @discardableResult
    private static func setOption(_ option: Int32, of socket: OpaquePointer) -> Bool {
        var on: Int32 = 1
        return mnl_socket_setsockopt(socket, option, &on, socklen_t(MemoryLayout<Int32>.size)) == 0
    }

    private static func setBuffer(_ option: Int32, _ size: Int32, of descriptor: Int32) -> Bool {
        var size = size
        return setsockopt(descriptor, SOL_SOCKET, option, &size, socklen_t(MemoryLayout<Int32>.size)) == 0
    }

    /// Number of the network namespace that the socket belongs to, unique until the next boot; nil before Linux 5.14.
    public var namespaceCookie: UInt64? {
        var cookie: UInt64 = 0
        guard linux_network_namespace_cookie(mnl_socket_get_fd(socket), &cookie) == 0 else { return nil }
        return cookie
    }

    /// Readable when something has arrived, for poll(2) together with others; it is closed with this value.
    public var descriptor: Int32 { mnl_socket_get_fd(socket) }

    /// Subscribes to the announcements of a multicast group (`NETLINK_ADD_MEMBERSHIP`), such as `NFNLGRP_NFTABLES` (7).
    ///
    /// Use a socket of its own for listening: announcements can crowd out answers.
    public mutating func join(group: UInt32) throws(NetlinkError) {
        var group = group
        let size = socklen_t(MemoryLayout<UInt32>.size)
        guard mnl_socket_setsockopt(socket, NETLINK_ADD_MEMBERSHIP, &group, size) == 0 else {
            throw NetlinkError(.joinGroup, .last)
        }
    }

    // MARK: Sending and receiving

    /// What one look into the receive queue brought.
    enum Received {
        case bytes(UnsafeRawBufferPointer)
        /// Nothing is waiting.
        case nothing
        /// `ENOBUFS`: messages were lost; those that are left follow.
        case overrun
    }

    /// Sends one or several whole messages in one call.
    mutating func send(_ bytes: UnsafeRawBufferPointer) throws(NetlinkError) {
        try raiseSendLimit(to: bytes.count)
        while mnl_socket_sendto(socket, bytes.baseAddress, bytes.count) < 0 {
            let error = Errno.last
            guard error == .interrupted else { throw NetlinkError(.send, error) }
        }
    }

    /// Makes the send buffer large enough for a message of the given size: the kernel takes no more than `SO_SNDBUF` less 32
    /// bytes at once, and what is to happen at once has to be sent at once.
    private mutating func raiseSendLimit(to size: Int) throws(NetlinkError) {
        let needed = size + 32
        guard needed > sendLimit else { return }
        let descriptor = mnl_socket_get_fd(socket)
        sendLimit = currentSendLimit()
        guard needed > sendLimit else { return }
        // The kernel doubles what is asked for.
        let half = Int32(clamping: needed / 2 + 4096)
        if !Self.setBuffer(SO_SNDBUFFORCE, half, of: descriptor) {
            _ = Self.setBuffer(SO_SNDBUF, half, of: descriptor)
        }
        sendLimit = currentSendLimit()
        guard needed <= sendLimit else {
            let text = "batch of \(size) bytes > limit of \(sendLimit - 32) bytes; raise net.core.wmem_max"
            throw NetlinkError(.send, .messageTooLong, message: text)
        }
    }

    private func currentSendLimit() -> Int {
        var limit: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_SNDBUF, &limit, &size) == 0 else { return 0 }
        return Int(limit)
    }

    /// Takes what is waiting, without blocking. libmnl reports a message that was larger than the buffer (`MSG_TRUNC`) as
    /// `ENOSPC`.
    mutating func receive() throws(NetlinkError) -> Received {
        while true {
            let size = mnl_socket_recvfrom(socket, buffer.baseAddress, buffer.count)
            if size >= 0 {
                return .bytes(UnsafeRawBufferPointer(rebasing: buffer[..<size]))
            }
            switch Errno.last {
            case .interrupted: continue
            case .wouldBlock, .resourceTemporarilyUnavailable: return .nothing
            case .noBufferSpace: return .overrun
            case .noSpace:
                throw NetlinkError(.receive, .noSpace, message: "a message is larger than the receive buffer")
            case let error: throw NetlinkError(.receive, error)
            }
        }
    }

    /// Waits until something can be received; false after the given time.
    func wait(milliseconds: Int32) throws(NetlinkError) -> Bool {
        var entry = pollfd(fd: mnl_socket_get_fd(socket), events: Int16(POLLIN), revents: 0)
        while true {
            let count = poll(&entry, 1, milliseconds)
            if count >= 0 { return count > 0 }
            let error = Errno.last
            guard error == .interrupted else { throw NetlinkError(.receive, error) }
        }
    }

    /// Throws away answers that nobody waited for, so that numbers may be used again.
    mutating func discardPending() throws(NetlinkError) {
        while true {
            if case .nothing = try receive() { return }
        }
    }

    /// Starts a request: the next sequence number, never zero.
    mutating func nextSequence() -> UInt32 {
        sequence &+= 1
        if sequence == 0 { sequence = 1 }
        return sequence
    }
}
