import CLinux
import Glibc
public import SystemPackage

/// A network namespace of this process's own, in which nothing is but `lo`, with a directory in memory that nobody else sees. All of it
/// is gone when the process ends, however it ends.
public struct PrivateNamespace: Sendable {
    /// An empty directory that nobody else sees.
    public let directory: FilePath
    /// Whether a user namespace was needed: the process has the right to administrate networks in there only.
    public let isOfUser: Bool

    /// Takes this process, which must have a single thread, there.
    ///
    /// Who has CAP_SYS_ADMIN makes namespaces as he is; anybody else makes a user namespace with them, in which he is root.
    public init() throws(NetlinkError) {
        directory = "/tmp"
        let kinds = Int32(LINUX_NETWORK_NAMESPACE | LINUX_MOUNT_NAMESPACE)
        if linux_unshare(kinds) == 0 {
            isOfUser = false
        } else {
            let refusal = Errno.last
            guard refusal == .notPermitted else {
                let limits = "see user.max_net_namespaces and user.max_mnt_namespaces"
                throw NetlinkError(.makeNamespace, refusal, message: limits)
            }
            isOfUser = true
            try Self.enterUserNamespace(with: kinds)
        }
        guard linux_mount_memory(directory.string) == 0 else {
            throw NetlinkError(.makeNamespace, .last, message: "mount a file system in memory on \(directory)")
        }
    }

    /// Makes a user namespace in which this user is root; the other namespaces belong to it.
    private static func enterUserNamespace(with kinds: Int32) throws(NetlinkError) {
        let user = geteuid()
        let group = getegid()
        guard linux_unshare(kinds | Int32(LINUX_USER_NAMESPACE)) == 0 else { throw missingPrivilege(.last) }
        // What is left undone here is found by the first file that cannot be written.
        _ = linux_own_process_files()
        try write("deny", to: "/proc/self/setgroups")
        try write("0 \(user) 1\n", to: "/proc/self/uid_map")
        try write("0 \(group) 1\n", to: "/proc/self/gid_map")
    }

    /// Whatever number the kernel, a security module or a limit answers with: nothing but a privilege is missing.
    private static func missingPrivilege(_ error: Errno) -> NetlinkError {
        NetlinkError(
            .makeNamespace,
            .notPermitted,
            message: "CAP_SYS_ADMIN is needed, or user namespaces, which are refused here: \(error); see "
                + "user.max_user_namespaces, kernel.unprivileged_userns_clone and "
                + "kernel.apparmor_restrict_unprivileged_userns"
        )
    }

    private static func write(_ text: String, to path: FilePath) throws(NetlinkError) {
        do {
            let file = try FileDescriptor.open(path, .writeOnly, options: .closeOnExec)
            // The kernel wants all of it in one write(2).
            try file.closeAfter { _ = try file.writeAll(text.utf8) }
        } catch {
            let errno = error as? Errno ?? .ioError
            guard errno == .notPermitted || errno == .permissionDenied else {
                throw NetlinkError(.makeNamespace, errno, message: "write \(path)")
            }
            throw missingPrivilege(errno)
        }
    }
}
