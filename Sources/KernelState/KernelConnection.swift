import KernelObjects
public import Netlink

/// The way to the kernel of one network namespace: reads its state and changes it.
///
/// The firewall is read and changed over one netlink socket, routing over another; a third one listens for changes while routing
/// is read. Nothing is kept between calls.
public struct KernelConnection: ~Copyable {
    let namespace: NetworkNamespace
    var firewall: NetlinkSocket
    var routing: NetlinkSocket

    /// Connects to the namespace of the calling thread.
    public init() throws(KernelStateError) {
        try self.init(Self.ownNamespace())
    }

    private static func ownNamespace() throws(KernelStateError) -> NetworkNamespace {
        do throws(NetlinkError) {
            return try NetworkNamespace()
        } catch {
            throw KernelStateError(.connect, error)
        }
    }

    /// Connects to a namespace; the calling thread stays where it is.
    public init(_ namespace: consuming NetworkNamespace) throws(KernelStateError) {
        let firewall = try Self.socket(.netfilter, in: namespace)
        let routing = try Self.socket(.route, in: namespace)
        self.firewall = firewall
        self.routing = routing
        self.namespace = namespace
    }

    private static func socket(
        _ family: NetlinkSocket.Family,
        in namespace: borrowing NetworkNamespace
    ) throws(KernelStateError) -> NetlinkSocket {
        do throws(NetlinkError) {
            return try NetlinkSocket(family, in: namespace)
        } catch {
            throw KernelStateError(.connect, error)
        }
    }

    /// How often something is read again because it changed meanwhile.
    static let mostAttempts = 12

    /// Number of the network namespace, unique until the next boot; nothing before Linux 5.14.
    public var namespaceCookie: UInt64? {
        firewall.namespaceCookie
    }

    /// Descriptor of the network namespace, for a program to be started in it; it is closed with this value.
    public var namespaceDescriptor: Int32 {
        namespace.rawDescriptor
    }

    /// Whether the kernel checks requests for dumps of routing and filters what they ask for (Linux 4.20).
    public var checksDumpRequests: Bool {
        routing.checksDumpRequests
    }

    /// What tells the namespace from others while it lives.
    public func namespaceIdentity() throws(KernelStateError) -> NetworkNamespace.Identity {
        do throws(NetlinkError) {
            return try namespace.identity()
        } catch {
            throw KernelStateError(.connect, error)
        }
    }
}

extension NetlinkRequest {
    init(_ message: EncodedMessage) {
        self.init(type: message.type, flags: NetlinkFlags(rawValue: message.flags), payload: message.payload)
    }
}
