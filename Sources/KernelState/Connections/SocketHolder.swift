import Netlink
import SystemPackage

/// The process that holds a socket, and what other sockets it has.
public struct SocketHolder: Sendable {
    /// The process's name.
    public let name: String
    /// The inodes of all its sockets.
    public let sockets: Set<UInt32>

    /// Looks for the processes that hold a socket.
    public static func all(ofSocket inode: UInt32) throws(KernelStateError) -> [SocketHolder] {
        do throws(Errno) {
            return try ProcessFiles.all().compactMap { files in
                guard let sockets = files.sockets, sockets.contains(inode), let name = files.name else { return nil }
                return SocketHolder(name: name, sockets: sockets)
            }
        } catch {
            throw KernelStateError(.readSockets, .system, errno: error, message: "/proc")
        }
    }
}
