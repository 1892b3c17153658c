import Glibc
import SystemPackage

/// The right to change things: held by one process at a time, and given back when the value or the process ends.
///
/// The file is never removed: whoever waits for it would hold a lock on a file that nobody else can find.
public struct StoreLock: ~Copyable {
    private let descriptor: FileDescriptor

    /// Takes the lock, waiting at most `timeout` for whoever has it.
    init(_ path: FilePath, timeout: Duration) throws(StoreError) {
        let descriptor = try Self.open(path)
        do throws(StoreError) {
            try Self.acquire(descriptor, path, timeout: timeout)
        } catch {
            try? descriptor.close()
            throw error
        }
        self.descriptor = descriptor
        noteHolder()
    }

    deinit {
        // A child that is between fork and exec has the file open too.
        flock(descriptor.rawValue, LOCK_UN)
        try? descriptor.close()
    }

    /// A file that is there can be locked on a read-only file system too: whoever brings something back after a boot needs no more.
    private static func open(_ path: FilePath) throws(StoreError) -> FileDescriptor {
        do {
            do {
                // Not inherited: a child would keep the lock.
                return try FileDescriptor.open(
                    path,
                    .readWrite,
                    options: [.create, .closeOnExec, .noFollow],
                    permissions: .ownerReadWrite
                )
            } catch Errno.readOnlyFileSystem {
                return try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .noFollow])
            }
        } catch {
            throw .system(operation: "open", path: path, errno: error as? Errno ?? .ioError)
        }
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

    /// Leaves the number of this process for those who wait; that it cannot be written does no harm.
    private func noteHolder() {
        guard ftruncate(descriptor.rawValue, 0) == 0 else { return }
        _ = try? descriptor.writeAll(toAbsoluteOffset: 0, Array("\(getpid())\n".utf8))
    }
}
