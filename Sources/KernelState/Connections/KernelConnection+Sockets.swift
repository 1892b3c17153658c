public import KernelObjects
import Netlink
import NetworkTypes
import SystemPackage

extension KernelConnection {
    /// Reads the TCP sockets of the namespace that listen or are established, and hands each to a closure: there may be very many.
    /// - Parameters:
    ///   - localPort: The port of this host that they have to have; nil for all.
    ///   - countsBytes: Whether it is of interest how many bytes they have carried.
    public func readTCPSockets(
        localPort: UInt16? = nil,
        countsBytes: Bool = false,
        _ body: (TCPSocketObject) -> Void
    ) throws(KernelStateError) {
        do throws(ReadFailure) {
            var socket = try open()
            for family in AddressFamily.allCases {
                let request = SocketDump.tcp(family, localPort: localPort, countsBytes: countsBytes)
                try socket.dump(NetlinkRequest(request)) { (_, payload) throws(ReadFailure) in
                    do throws(KernelObjectsError) {
                        if let found = try SocketDump.socket(payload) { body(found) }
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
    }

    private func open() throws(ReadFailure) -> NetlinkSocket {
        do throws(NetlinkError) {
            return try NetlinkSocket(.socketDiagnosis, in: namespace)
        } catch {
            throw ReadFailure(error)
        }
    }
}
