import Glibc
import SystemPackage

/// The right to change things: held by one process at a time, and given back when the value or the process ends.
///
/// The file is never removed: whoever waits for it would hold a lock on a file that nobody else can find.
public struct StoreLock: ~Copyable {
    private let descriptor: FileDescriptor

    /// Takes the lock, waiting at most `timeout` for whoever has it.
    init(_ path: HeldPath, timeout: Duration) throws(StoreError) {
        let descriptor = try Self.open(path)
        do throws(StoreError) {
            try Self.checkIsOwn(descriptor, path.path)
            try Self.acquire(descriptor, path.path, timeout: timeout)
        } catch {
            try? descriptor.close()
            throw error
        }
        self.descriptor = descriptor
        noteHolder()
    }

    /// Takes the lock on a file that is open, whatever has become of its name.
    init(holding file: FileDescriptor, timeout: Duration) throws(StoreError) {
        let descriptor: FileDescriptor
        do {
            descriptor = try file.duplicate()
        } catch {
            throw .system(operation: "lock", path: "", errno: error as? Errno ?? .ioError)
        }
        do throws(StoreError) {
            try Self.acquire(descriptor, "", timeout: timeout)
        } catch {
            try? descriptor.close()
            throw error
        }
        self.descriptor = descriptor
    }

    deinit {
        // A child that is between fork and exec has the file open too.
        flock(descriptor.rawValue, LOCK_UN)
        try? descriptor.close()
    }

    /// A file that cannot be written to, as it is immutable or on a read-only file system, can still be locked: a rollback needs no more.
    private static func open(_ path: HeldPath) throws(StoreError) -> FileDescriptor {
        // Not inherited: a child would keep the lock.
        try Files.perform("open", path) { (directory, name) throws(Errno) in
            do throws(Errno) {
                return try directory.open(name, O_RDWR | O_CREAT | O_NONBLOCK)
            } catch {
                guard error == .readOnlyFileSystem || error == .notPermitted else { throw error }
                return try directory.open(name, O_RDONLY | O_NONBLOCK)
            }
        }
    }

    /// Refuses a file that has other names or another owner: what is written into it would be written elsewhere, or read by others.
    private static func checkIsOwn(_ descriptor: FileDescriptor, _ path: FilePath) throws(StoreError) {
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else {
            throw .system(operation: "look at", path: path, errno: Errno(rawValue: errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .untrusted(path: path, reason: "it is not a regular file")
        }
        // It was removed with its directory meanwhile.
        guard status.st_nlink > 0 else {
            throw .system(operation: "open", path: path, errno: .noSuchFileOrDirectory)
        }
        guard status.st_nlink == 1 else { throw .untrusted(path: path, reason: "it has other names too") }
        try Ownership.check(status, path)
    }

    /// Whether a process holds a lock. Nothing is changed, nothing is made, and others who ask at the same time do not count.
    static func isHeld(_ path: HeldPath) throws(StoreError) -> Bool {
        guard let name = path.name, let directory = try path.parent?.directory() else { return false }
        let descriptor: FileDescriptor
        do throws(Errno) {
            descriptor = try directory.open(name, O_RDONLY | O_NONBLOCK)
        } catch {
            if error == .noSuchFileOrDirectory { return false }
            throw .system(operation: "open", path: path.path, errno: error)
        }
        defer { try? descriptor.close() }
        while flock(descriptor.rawValue, LOCK_SH | LOCK_NB) != 0 {
            switch Errno(rawValue: errno) {
            case .wouldBlock: return true
            case .interrupted: continue
            case let error: throw .system(operation: "lock", path: path.path, errno: error)
            }
        }
        // A child that is between fork and exec has the file open too.
        flock(descriptor.rawValue, LOCK_UN)
        return false
    }

    private static func acquire(_ descriptor: FileDescriptor, _ path: FilePath, timeout: Duration) throws(StoreError) {
        let clock = ContinuousClock()
        let deadline = clock.now + timeout
        while flock(descriptor.rawValue, LOCK_EX | LOCK_NB) != 0 {
            let error = Errno(rawValue: errno)
            guard error == .wouldBlock || error == .interrupted else {
                throw .system(operation: "lock", path: path, errno: error)
            }
            guard clock.now < deadline else { throw .locked(process: holder(descriptor)) }
            usleep(20_000)
        }
    }

    private static func holder(_ descriptor: FileDescriptor) -> Int32? {
        let text = withUnsafeTemporaryAllocation(byteCount: 16, alignment: 1) { buffer in
            let count = (try? descriptor.read(fromAbsoluteOffset: 0, into: buffer)) ?? 0
            return String(decoding: buffer.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        }
        return Int32(text)
    }

    /// Leaves the PID of this process for those who wait; if it cannot be written, that does no harm. It always takes the same room, so that
    /// nothing of an earlier one stays and the file need not be cut: that costs a wait for the file system's journal.
    private func noteHolder() {
        let line = "\(getpid())\n"
        let padding = repeatElement(UInt8(ascii: "\n"), count: max(0, Self.noteSize - line.utf8.count))
        _ = try? descriptor.writeAll(toAbsoluteOffset: 0, Array(line.utf8) + padding)
    }

    /// As much as the longest number of a process and the end of its line take.
    private static let noteSize = 12
}
