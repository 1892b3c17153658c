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
        var search = NamespaceSearch(cookie: cookie)
        search.run()
        return search.presence
    }
}

/// A walk through all network namespaces that can be seen; each is looked at once.
private struct NamespaceSearch {
    let cookie: UInt64
    private(set) var presence = NetworkNamespace.Presence.absent
    /// Those that were looked at, as `net:[INODE]`.
    private var seen: Set<String> = []

    init(cookie: UInt64) {
        self.cookie = cookie
    }

    mutating func run() {
        // Where processes of others are hidden (proc(5), hidepid) the first one is too.
        if access("/proc/1", F_OK) != 0 { presence = .unknown }
        lookAtMounts()
        for process in names("/proc") where Int32(process) != nil {
            guard presence != .present else { return }
            let directory = FilePath("/proc").appending(process)
            for thread in names(directory.appending("task")) {
                lookAt(link: directory.appending("task").appending(thread).appending("ns/net"))
            }
            for descriptor in names(directory.appending("fd")) {
                lookAt(link: directory.appending("fd").appending(descriptor))
            }
        }
    }

    /// Namespaces that are mounted, as proc_pid_mountinfo(5) tells: their root in the file system `nsfs` is `net:[INODE]`.
    private mutating func lookAtMounts() {
        let text: String
        do throws(Errno) {
            text = try textOfKernel("/proc/self/mountinfo")
        } catch {
            return note(error)
        }
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 5)
            guard fields.count > 4, fields[3].hasPrefix(Self.kind) else { continue }
            lookAt(String(fields[3]), at: FilePath(String(fields[4])))
        }
    }

    private static let kind = "net:["

    private mutating func lookAt(link path: FilePath) {
        var bytes = [CChar](repeating: 0, count: 64)
        let count = readlink(path.string, &bytes, bytes.count)
        guard count > 0 else { return note(Errno(rawValue: errno)) }
        let target = String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        if target.hasPrefix(Self.kind) { lookAt(target, at: path) }
    }

    private mutating func lookAt(_ name: String, at path: FilePath) {
        guard presence != .present, seen.insert(name).inserted else { return }
        do throws(NetlinkError) {
            let socket = try NetlinkSocket(.route, in: NetworkNamespace(path: path))
            if socket.namespaceCookie == cookie { presence = .present }
        } catch {
            // Another path may lead to it.
            seen.remove(name)
            note(error.errno)
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
        guard error != .noSuchFileOrDirectory, error != .noSuchProcess, presence == .absent else { return }
        presence = .unknown
    }
}
