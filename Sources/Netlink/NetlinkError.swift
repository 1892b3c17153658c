public import SystemPackage

/// What the kernel, or the way to it, refused.
///
/// The kernel answers a refused request with an errno and often says more in its extended acknowledgement
/// (`NETLINK_EXT_ACK`): a sentence and the place in the request that it did not like.
public struct NetlinkError: Error, Hashable, Sendable {
    /// What was being done when it failed.
    public enum Operation: String, Hashable, Sendable {
        case openNamespace = "open the network namespace"
        case enterNamespace = "enter the network namespace"
        case makeNamespace = "make a private network namespace"
        case openSocket = "open a netlink socket"
        case configureSocket = "configure the netlink socket"
        case joinGroup = "join a netlink multicast group"
        case send = "send to the kernel"
        case receive = "receive from the kernel"
        case dump = "read from the kernel"
        case request = "ask the kernel"
        case commit = "commit to the kernel"
        case readSystemFile = "read a file of the kernel"
    }

    /// What was being done when it failed.
    public var operation: Operation
    /// The error number.
    public var errno: Errno
    /// The kernel's sentence (`NLMSGERR_ATTR_MSG`), or this module's where no message reached the kernel.
    public var message: String?
    /// Byte offset of the refused attribute in the request, counted from the start of its `nlmsghdr`
    /// (`NLMSGERR_ATTR_OFFS`).
    public var attributeOffset: Int?
    /// Sequence number of the refused message.
    public var sequence: UInt32?

    /// Creates an error from its parts.
    public init(
        _ operation: Operation,
        _ errno: Errno,
        message: String? = nil,
        attributeOffset: Int? = nil,
        sequence: UInt32? = nil
    ) {
        self.operation = operation
        self.errno = errno
        self.message = message
        self.attributeOffset = attributeOffset
        self.sequence = sequence
    }
}

extension NetlinkError: CustomStringConvertible {
    /// One line: what could not be done, the error's text, and what the kernel said about it.
    public var description: String {
        let reason = "cannot \(operation.rawValue): \(errno.description)"
        guard let message else { return reason }
        return "\(reason) (\(message))"
    }
}

/// An error type that can carry what this module reports, so that functions with a throwing callback throw one type.
public protocol NetlinkErrorConvertible: Error {
    /// Wraps the error of the socket.
    init(_ error: NetlinkError)
}

extension NetlinkError: NetlinkErrorConvertible {
    /// The error itself.
    public init(_ error: NetlinkError) {
        self = error
    }
}

extension Errno {
    /// `ERESTART`: nf_tables changed since the generation that the batch was made for.
    public static var restart: Errno { Errno(rawValue: 85) }

    /// The error number that the last failed system call of this thread left.
    static var last: Errno { Errno(rawValue: lastErrorNumber()) }
}
