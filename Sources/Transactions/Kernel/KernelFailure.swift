public import SystemPackage

/// Why the kernel could not be read or spoken to; what it refuses of a change is a `KernelComplaint`.
public struct KernelFailure: Error, Hashable, Sendable {
    /// What was tried, as in "read the routes".
    public var operation: String
    /// The error number.
    public var errno: Errno
    /// What else is known.
    public var message: String?

    /// Creates a failure.
    public init(operation: String, errno: Errno, message: String? = nil) {
        self.operation = operation
        self.errno = errno
        self.message = message
    }

    /// Whether the process lacks a right: CAP_NET_ADMIN, for all that Weir asks of the kernel.
    public var isPermission: Bool {
        errno == .notPermitted || errno == .permissionDenied
    }
}

extension KernelFailure: CustomStringConvertible {
    /// One line without a full stop.
    public var description: String {
        let text = "cannot \(operation): \(errno)"
        return message.map { "\(text) (\($0))" } ?? text
    }
}
