import Glibc
import SystemPackage

extension NetworkNamespace {
    /// What can be said of a namespace of which only the number is known.
    public enum Presence: Hashable, Sendable {
        /// It is there.
        case present
        /// It is none of those that there are.
        case absent
        /// There are some that this process may not look at.
        case unknown
    }

    /// Looks for the namespace with a number (`SO_NETNS_COOKIE`) among those that threads are in, that processes hold open and that are
    /// mounted somewhere, as `ip netns add` does.
    public static func presence(ofCookie cookie: UInt64) -> Presence {
        // What ends while it is looked at may have been the last to show a namespace, or not: then all are looked at again.
        for _ in 0..<4 {
            var search = NamespaceSearch(cookie: cookie)
            search.run()
            if search.presence != .unknown || search.isBlind { return search.presence }
        }
        return .unknown
    }
}

/// A walk through all network namespaces that can be seen; each is looked at once.
private struct NamespaceSearch {
    let cookie: UInt64
    private var isFound = false
    /// Whether there may be some that cannot be seen.
    private(set) var isBlind = false
    /// Those that were looked at, as `net:[INODE]`.
    private var seen: Set<String> = []
    /// Those that there are, and that could not be looked at where they were found.
    private var unseen: Set<String> = []
    /// The mount namespaces whose mounts were looked at.
    private var mountNamespaces: Set<String> = []

    init(cookie: UInt64) {
        self.cookie = cookie
    }

    /// Only if every namespace was looked at is it known that one is gone.
    var presence: NetworkNamespace.Presence {
        if isFound { return .present }
        return isBlind || !unseen.isSubset(of: seen) ? .unknown : .absent
    }

    mutating func run() {
        // If the processes of other users are hidden (proc(5), hidepid), so is the first one; in a PID namespace of its own a process sees only
        // those that are inside.
        if access("/proc/1", F_OK) != 0 { isBlind = true }
        for process in ["1", "self"] {
            guard let space = link(FilePath("/proc/\(process)/ns/pid")) else { continue }
            if space != Self.firstProcessSpace { isBlind = true }
        }
        for process in names("/proc") where Int32(process) != nil {
            guard !isFound else { return }
            let directory = FilePath("/proc").appending(process)
            lookAtMounts(of: directory)
            for thread in names(directory.appending("task")) {
                lookAt(link: directory.appending("task").appending(thread).appending("ns/net"))
            }
            for descriptor in names(directory.appending("fd")) {
                lookAt(link: directory.appending("fd").appending(descriptor))
            }
        }
    }

    /// The PID namespace that the kernel starts with: `PROC_PID_INIT_INO` (include/linux/proc_ns.h).
    private static let firstProcessSpace = "pid:[4026531836]"

    /// Each process may have mounts of its own.
    private mutating func lookAtMounts(of process: FilePath) {
        guard let space = link(process.appending("ns/mnt")), mountNamespaces.insert(space).inserted else { return }
        do throws(Errno) {
            for mount in MountedNamespace.all(in: try bytesOfKernel(process.appending("mountinfo"))) {
                // Its path is one in the file tree of that process.
                lookAt(mount.name, at: Array(process.appending("root").string.utf8) + mount.path)
            }
        } catch {
            note(error)
        }
    }

    private mutating func lookAt(link path: FilePath) {
        guard let target = link(path), target.hasPrefix(MountedNamespace.kind) else { return }
        lookAt(target, at: Array(path.string.utf8))
    }

    private mutating func link(_ path: FilePath) -> String? {
        var bytes = [CChar](repeating: 0, count: 64)
        let count = readlink(path.string, &bytes, bytes.count)
        guard count > 0 else {
            note(Errno(rawValue: errno))
            return nil
        }
        return String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private mutating func lookAt(_ name: String, at path: [UInt8]) {
        guard !isFound, !seen.contains(name) else { return }
        let descriptor = path.withUnsafeBufferPointer { bytes in
            // A file may have a name that is no text.
            let name = bytes.map { CChar(bitPattern: $0) } + [0]
            return open(name, O_RDONLY | O_CLOEXEC)
        }
        guard descriptor >= 0 else {
            unseen.insert(name)
            return
        }
        defer { close(descriptor) }
        do throws(NetlinkError) {
            let socket = try NetlinkSocket(.route, in: NetworkNamespace(path: FilePath("/proc/self/fd/\(descriptor)")))
            if socket.namespaceCookie == cookie { isFound = true }
            seen.insert(name)
        } catch {
            unseen.insert(name)
        }
    }

    private mutating func names(_ path: FilePath) -> [String] {
        do throws(Errno) {
            return try directoryNames(path)
        } catch {
            note(error)
            return []
        }
    }

    /// What has ended meanwhile holds nothing any more.
    private mutating func note(_ error: Errno) {
        guard error != .noSuchFileOrDirectory, error != .noSuchProcess else { return }
        isBlind = true
    }
}
