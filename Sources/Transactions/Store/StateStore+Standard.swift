public import KernelState
import Netlink
public import SystemPackage

extension StateStore {
    /// Where the changes of the first network namespace are remembered.
    public static let standardDirectory: FilePath = "/var/lib/weir"

    /// The directory for the namespace of a connection: the standard one for the first namespace of the system or container, one below it
    /// for each other.
    public static func standard(
        for connection: borrowing KernelConnection,
        in directory: FilePath = standardDirectory
    ) throws(KernelStateError) -> StateStore {
        let identity = try connection.namespaceIdentity()
        let cookie = connection.namespaceCookie
        do throws(NetlinkError) {
            // The kernel numbers its first namespace 1. In a container it is that of the container's first process.
            if cookie == 1 || identity == (try? NetworkNamespace(path: "/proc/1/ns/net").identity()) {
                return StateStore(directory: directory)
            }
            let boot = try BootIdentity.current().text
            return StateStore(
                ofNamespace: KernelInstance(boot: boot, namespace: cookie ?? identity.inode),
                in: directory
            )
        } catch {
            throw KernelStateError(.connect, .system, errno: error.errno, message: error.message)
        }
    }
}
