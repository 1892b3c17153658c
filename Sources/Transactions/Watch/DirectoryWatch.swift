import Glibc
import SystemPackage

/// Tells when something happens in a directory, or to it.
struct DirectoryWatch: ~Copyable {
    /// Readable when something has happened.
    let descriptor: Int32

    /// Begins to watch. What happens before this is not told: look at the directory after, not before.
    init(_ path: FilePath) throws(WatchdogError) {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else { throw .system(operation: "make an inotify", errno: Errno(rawValue: errno)) }
        let events = IN_CREATE | IN_MODIFY | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF
        guard inotify_add_watch(descriptor, path.string, UInt32(events)) >= 0 else {
            let error = Errno(rawValue: errno)
            close(descriptor)
            throw .system(operation: "watch \(path)", errno: error)
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Forgets what has happened so far, so that the descriptor is readable only when more happens.
    func drain() {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            while read(descriptor, buffer.baseAddress, buffer.count) > 0 {}
        }
    }
}
