import KernelObjects
import Netlink
import SystemPackage

/// Keeps the kernel tracking the connections of a namespace for as long as this value lives, whatever rules there are.
///
/// It is a table of nf_tables that belongs to a socket: the kernel removes it when the process ends, even by SIGKILL.
public struct ConnectionTracking: ~Copyable {
    private let socket: NetlinkSocket

    private init(_ socket: consuming NetlinkSocket) {
        self.socket = socket
    }

    fileprivate static func begin(
        in namespace: borrowing NetworkNamespace
    ) throws(KernelStateError) -> ConnectionTracking {
        var socket = try open(in: namespace)
        var messages = FirewallBatch()
        do throws(KernelObjectsError) {
            // No other socket of the namespace has this number; a table of one that was closed may be there for a moment yet.
            try messages.addTrackingTable(named: "weir-tracking-\(socket.portID)")
        } catch {
            throw KernelStateError(.trackConnections, KernelStateError.Cause.object(error))
        }
        let outcome: BatchOutcome
        do throws(NetlinkError) {
            var batch = try NetlinkBatch(encodedMessages: messages.takeEncodedMessages())
            outcome = try socket.commit(&batch)
        } catch {
            throw KernelStateError(.trackConnections, error)
        }
        if let error = outcome.errors.first {
            let isPermission = error.errno == .notPermitted
            throw KernelStateError(
                .trackConnections,
                isPermission ? .notPermitted : .refused,
                errno: error.errno,
                message: error.message
            )
        }
        return ConnectionTracking(socket)
    }

    private static func open(in namespace: borrowing NetworkNamespace) throws(KernelStateError) -> NetlinkSocket {
        do throws(NetlinkError) {
            return try NetlinkSocket(.netfilter, in: namespace)
        } catch {
            throw KernelStateError(.trackConnections, error)
        }
    }
}

extension KernelConnection {
    /// Makes the kernel track connections; packets fare as before.
    public func startTracking() throws(KernelStateError) -> ConnectionTracking {
        try .begin(in: namespace)
    }
}
