public import KernelObjects
import Netlink
import NetworkTypes
import SystemPackage

extension KernelConnection {
    /// Reads the TCP sockets of the namespace that listen or are established.
    /// - Parameter limit: How many there may be; the kernel lists them in no order that means anything.
    /// - Returns: The sockets, and whether there were more.
    public func readTCPSockets(
        limit: Int
    ) throws(KernelStateError) -> (sockets: [TCPSocketObject], isComplete: Bool) {
        var sockets: [TCPSocketObject] = []
        var isComplete = true
        do throws(ReadFailure) {
            var socket = try open()
            for family in AddressFamily.allCases {
                try socket.dump(NetlinkRequest(SocketDump.tcp(family))) { (_, payload) throws(ReadFailure) in
                    do throws(KernelObjectsError) {
                        guard let found = try SocketDump.socket(payload) else { return }
                        // Listening sockets are few, and what is asked about hangs on them.
                        guard found.state == .listening || sockets.count < limit else {
                            isComplete = false
                            return
                        }
                        sockets.append(found)
                    } catch {
                        throw .object(error)
                    }
                }
            }
        } catch {
            var error = KernelStateError(.readSockets, error)
            if error.errno == .noSuchFileOrDirectory {
                error.cause = .missingFeature("tcp_diag (CONFIG_INET_TCP_DIAG)")
            }
            throw error
        }
        return (sockets, isComplete)
    }

    private func open() throws(ReadFailure) -> NetlinkSocket {
        do throws(NetlinkError) {
            return try NetlinkSocket(.socketDiagnosis, in: namespace)
        } catch {
            throw ReadFailure(error)
        }
    }
}
