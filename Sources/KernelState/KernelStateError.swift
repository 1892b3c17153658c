public import KernelObjects
import Netlink
public import SystemPackage

/// Why the kernel's state could not be read or changed.
public struct KernelStateError: Error, Hashable, Sendable {
    /// What was being done.
    public enum Operation: String, Hashable, Sendable {
        case connect = "talk to the kernel"
        case readFirewall = "read the firewall"
        case readRouting = "read links, addresses and routes"
        case readSysctl = "read a kernel setting"
        case lookUpRoute = "look up a route"
        case readSockets = "read the list of sockets"
        case readConnections = "ask for a tracked connection"
        case trackConnections = "start to track connections"
        case changeFirewall = "change the firewall"
        case checkFirewall = "have the kernel check the firewall"
        case changeRoutes = "change routes"
        case changeRoutingRules = "change policy routing rules"
        case writeSysctl = "write a kernel setting"
        case stage = "make a likeness of this host"
        case watch = "listen to what the kernel announces"
    }

    /// What kind of failure it is; each asks for something else of the user.
    public enum Cause: Hashable, Sendable {
        /// The process lacks `CAP_NET_ADMIN`, or the object belongs to another process.
        case notPermitted
        /// The kernel has no such feature; the text names it.
        case missingFeature(String)
        /// The state changed since it was read, or all the while that it was read: read it again.
        case stale
        /// The kernel refused a change for what it says; see `refusals`.
        case refused
        /// An object could not be turned into a message, or a message into an object.
        case object(KernelObjectsError)
        /// Anything else; see `errno`.
        case system
    }

    /// What was being done.
    public var operation: Operation
    /// What kind of failure it is.
    public var cause: Cause
    /// The error number of the kernel.
    public var errno: Errno?
    /// What the kernel, or the way to it, says about it; for a setting its name.
    public var message: String?
    /// What was refused, in the order in which it was asked for.
    public var refusals: [Refusal]

    /// Creates an error.
    public init(
        _ operation: Operation,
        _ cause: Cause,
        errno: Errno? = nil,
        message: String? = nil,
        refusals: [Refusal] = []
    ) {
        self.operation = operation
        self.cause = cause
        self.errno = errno
        self.message = message
        self.refusals = refusals
    }

    init(_ operation: Operation, _ error: NetlinkError) {
        let cause: Cause =
            switch error.errno {
            case .notPermitted, .permissionDenied: .notPermitted
            case .restart: .stale
            default: .system
            }
        self.init(operation, cause, errno: error.errno, message: error.message)
    }
}

/// One change that the kernel refused.
public struct Refusal: Hashable, Sendable {
    /// Index of the change among those asked for: of the step (`FirewallChanges.forEachStep`), route change or rule change; nothing where
    /// the whole was refused.
    public var change: Int?
    /// The error number.
    public var errno: Errno
    /// The kernel's own sentence.
    public var message: String?
    /// Which expression of a rule was refused.
    public var expression: Int?
    /// The feature that the kernel lacks, where that is the reason.
    public var missingFeature: String?

    /// Creates a refusal.
    public init(
        change: Int?,
        errno: Errno,
        message: String? = nil,
        expression: Int? = nil,
        missingFeature: String? = nil
    ) {
        self.change = change
        self.errno = errno
        self.message = message
        self.expression = expression
        self.missingFeature = missingFeature
    }
}

extension Refusal: CustomStringConvertible {
    /// What the kernel said, or what its error number means.
    public var description: String {
        if let missingFeature { return "the kernel has no \(missingFeature)" }
        return message.map { "\(errno): \($0)" } ?? errno.description
    }
}

extension KernelStateError: CustomStringConvertible {
    /// One line: what could not be done, and why.
    public var description: String {
        let reason =
            switch cause {
            case .notPermitted: "not permitted; CAP_NET_ADMIN is needed"
            case .missingFeature(let feature): "the kernel has no \(feature)"
            case .stale: "it was changed at the same time"
            case .object(let error): error.description
            case .refused, .system: errno?.description ?? "refused"
            }
        let details = refusals.first?.description ?? message
        guard let details, details != reason else { return "cannot \(operation.rawValue): \(reason)" }
        return "cannot \(operation.rawValue): \(reason) (\(details))"
    }
}

/// What can go wrong in the middle of a dump.
enum ReadFailure: NetlinkErrorConvertible {
    case netlink(NetlinkError)
    case object(KernelObjectsError)

    init(_ error: NetlinkError) {
        self = .netlink(error)
    }
}

extension KernelStateError {
    init(_ operation: Operation, _ failure: ReadFailure) {
        switch failure {
        case .netlink(let error): self.init(operation, error)
        case .object(let error): self.init(operation, Cause.object(error))
        }
    }
}
