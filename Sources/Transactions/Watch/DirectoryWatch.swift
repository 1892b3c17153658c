import Glibc
import SystemPackage

/// Tells when something happens in directories, or to them.
struct DirectoryWatch: ~Copyable {
    /// Readable when something has happened.
    let descriptor: Int32

    /// Begins to watch a directory. What happens before this is not told: look at the directory after, not before.
    init(_ directory: OpenDirectory) throws(WatchdogError) {
        let descriptor = try Self.open()
        do throws(WatchdogError) {
            try Self.add(directory, to: descriptor)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    /// Watches nothing yet.
    init() throws(WatchdogError) {
        descriptor = try Self.open()
    }

    /// Watches one more directory, unless it is watched already.
    func add(_ directory: OpenDirectory) throws(WatchdogError) {
        try Self.add(directory, to: descriptor)
    }

    private static func open() throws(WatchdogError) -> Int32 {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else { throw .system(operation: "make an inotify", errno: Errno(rawValue: errno)) }
        return descriptor
    }

    private static func add(_ directory: OpenDirectory, to descriptor: Int32) throws(WatchdogError) {
        let events = IN_CREATE | IN_MODIFY | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF
        guard inotify_add_watch(descriptor, "/proc/self/fd/\(directory.descriptor)", UInt32(events)) >= 0 else {
            throw .system(operation: "watch \(directory.path)", errno: Errno(rawValue: errno))
        }
    }

    deinit {
        close(descriptor)
    }

    /// Forgets what has happened so far, so that the descriptor is readable only when more happens.
    /// - Returns: Whether anything has happened.
    @discardableResult
    func drain() -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            var hasHappened = false
            while read(descriptor, buffer.baseAddress, buffer.count) > 0 { hasHappened = true }
            return hasHappened
        }
    }
}
