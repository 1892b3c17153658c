import Glibc
public import SystemPackage

extension PlanFile {
    /// The largest file that is read or written, in bytes.
    private static let largest = 1 << 30

    /// Whether a file is a plan, by its first bytes; whether it is whole is another matter. Only regular files are asked: what is read
    /// from a pipe is gone.
    public static func isPlan(_ path: FilePath) -> Bool {
        guard let descriptor = try? FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking]) else {
            return false
        }
        defer { try? descriptor.close() }
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        let head = SealedBytes.Kind.plan.head
        let bytes = try? [UInt8](unsafeUninitializedCapacity: head.count) { buffer, count in
            count = try descriptor.read(fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
        }
        return bytes == head
    }

    /// Reads a plan.
    /// - Throws: `malformed` if a single byte of it is not as it was written, `untrusted` if others could have written to it.
    public init(contentsOf path: FilePath) throws(StoreError) {
        let path = Files.resolved(path)
        let bytes = try Files.readOnlyWrittenByOwner(path, limit: Self.largest)
        do throws(MalformedBytes) {
            try self.init(encoded: bytes)
        } catch {
            throw .malformed(path: path, reason: error.reason)
        }
    }

    /// Writes the plan to a file that only its owner can read, in place of a plan or of another file that is there.
    public func write(to path: FilePath) throws(StoreError) {
        let bytes = encoded()
        guard bytes.count <= Self.largest else {
            throw .malformed(path: path, reason: "the plan is too large for a file")
        }
        try Files.checkCanBeReplaced(path)
        do throws(StoreError) {
            try Files.replace(path, bytes)
        } catch .system(_, _, let errno) {
            // The name of the temporary file says nothing to anybody.
            throw .system(operation: "write", path: path, errno: errno)
        }
    }
}

extension Files {
    /// Refuses to put a file in the place of a directory, a device, a pipe or a link.
    fileprivate static func checkCanBeReplaced(_ path: FilePath) throws(StoreError) {
        guard let status = try status(of: path), status.st_mode & S_IFMT != S_IFREG else { return }
        throw .untrusted(path: path, reason: "it is not a regular file")
    }

    /// Reads a regular file that nobody else than its owner can have written to. What was looked at is what is read: a path may lead to
    /// another file a moment later.
    fileprivate static func readOnlyWrittenByOwner(_ path: FilePath, limit: Int) throws(StoreError) -> [UInt8] {
        do {
            // Whoever opens a pipe would wait for a writer.
            let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .noFollow, .nonBlocking])
            return try descriptor.closeAfter {
                var status = stat()
                guard fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
                guard status.st_mode & S_IFMT == S_IFREG else {
                    throw StoreError.untrusted(path: path, reason: "it is not a regular file")
                }
                try checkIsOnlyWrittenByOwner(status, path)
                return try read(descriptor, path, limit: limit)
            }
        } catch let error as StoreError {
            throw error
        } catch {
            throw .system(operation: "read", path: path, errno: error as? Errno ?? .ioError)
        }
    }

    /// The path without symbolic links; as it was where there is no such file.
    fileprivate static func resolved(_ path: FilePath) -> FilePath {
        guard let resolved = realpath(path.string, nil) else { return path }
        defer { free(resolved) }
        return FilePath(String(cString: resolved))
    }

    private static func status(of path: FilePath) throws(StoreError) -> stat? {
        var status = stat()
        guard lstat(path.string, &status) != 0 else { return status }
        let error = Errno(rawValue: errno)
        guard error != .noSuchFileOrDirectory else { return nil }
        throw .system(operation: "look at", path: path, errno: error)
    }
}
