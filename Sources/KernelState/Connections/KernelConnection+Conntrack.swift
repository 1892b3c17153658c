public import KernelObjects
import Netlink
import SystemPackage

extension KernelConnection {
    /// Asks connection tracking for the entry of a TCP connection of this host.
    /// - Returns: The entry; nothing where the connection is not tracked.
    public mutating func trackedConnection(
        local: TCPEndpoint,
        peer: TCPEndpoint
    ) throws(KernelStateError) -> ConntrackEntry? {
        // What this host sends is never translated before the entry is made, so that this finds it in one of its directions.
        let tuple = ConntrackEntry.Tuple(source: local, destination: peer)
        var entry: ConntrackEntry?
        do throws(ReadFailure) {
            try firewall.request(NetlinkRequest(ConntrackMessage.lookUp(tuple))) { (_, payload) throws(ReadFailure) in
                do throws(KernelObjectsError) {
                    entry = try ConntrackMessage.entry(payload)
                } catch {
                    throw .object(error)
                }
            }
        } catch {
            if case .netlink(let reason) = error, reason.errno == .noSuchFileOrDirectory { return nil }
            var error = KernelStateError(.readConnections, error)
            // Nobody answers for the subsystem.
            if error.errno == .invalidArgument || error.errno == .notSupportedOnSocket {
                error.cause = .missingFeature("nf_conntrack_netlink (CONFIG_NF_CT_NETLINK)")
            }
            throw error
        }
        return entry
    }
}
