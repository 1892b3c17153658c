import Glibc
public import SystemPackage

extension PlanFile {
    /// The largest file that is read or written, in bytes.
    private static let largest = 192 << 20

    /// Whether a file is a plan, by its first bytes; whether it is whole is another matter. Only regular files are asked: what is read
    /// from a pipe is gone.
    public static func isPlan(_ path: FilePath) -> Bool {
        guard let descriptor = try? open(path) else { return false }
        defer { try? descriptor.close() }
        return (try? hasHead(descriptor)) ?? false
    }

    /// Reads a plan; nil if the file is, by its first bytes, none. What was looked at is what is read, as the file is opened once: a path may
    /// lead to another one a moment later.
    /// - Throws: `malformed` if a single byte of it is not as it was written, `untrusted` if others could have written to it.
    public init?(contentsOf path: FilePath) throws(StoreError) {
        // What cannot be opened is no plan: whoever reads it as something else says why.
        guard let descriptor = try? Self.open(path) else { return nil }
        let bytes: [UInt8]?
        do {
            bytes = try descriptor.closeAfter {
                guard try Self.hasHead(descriptor) else { return nil }
                try Ownership.check(try Self.status(of: descriptor), path)
                return try Files.read(descriptor, path, limit: Self.largest)
            }
        } catch {
            throw error as? StoreError
                ?? .system(operation: "read", path: path, errno: error as? Errno ?? .ioError)
        }
        guard let bytes else { return nil }
        do throws(MalformedBytes) {
            try self.init(encoded: bytes)
        } catch {
            throw .malformed(path: path, reason: error.reason)
        }
    }

    /// Whoever opens a pipe would wait for a writer.
    private static func open(_ path: FilePath) throws -> FileDescriptor {
        try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
    }

    private static func status(of descriptor: FileDescriptor) throws(Errno) -> stat {
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        return status
    }

    private static func hasHead(_ descriptor: FileDescriptor) throws -> Bool {
        guard try status(of: descriptor).st_mode & S_IFMT == S_IFREG else { return false }
        let head = SealedBytes.Kind.plan.head
        let bytes = try [UInt8](unsafeUninitializedCapacity: head.count) { buffer, count in
            count = try descriptor.read(fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
        }
        return bytes == head
    }

    /// Writes the plan to a file that only its owner can read, in place of a plan or of another file that is there.
    public func write(to path: FilePath) throws(StoreError) {
        let bytes = encoded()
        guard bytes.count <= Self.largest else {
            throw .malformed(path: path, reason: "the plan is too large for a file")
        }
        guard let name = path.lastComponent else {
            throw .system(operation: "write", path: path, errno: .isDirectory)
        }
        let parent = path.removingLastComponent()
        do throws(StoreError) {
            let directory = try OpenDirectory(anywhere: parent.isEmpty ? "." : parent)
            let file = HeldPath(name, in: directory)
            // A directory, a device, a pipe or a link keeps its place.
            if let status = try Files.status(of: file), status.st_mode & S_IFMT != S_IFREG {
                throw StoreError.untrusted(path: path, reason: "it is not a regular file")
            }
            try Files.replace(file, bytes)
        } catch .system(_, _, let errno) {
            // The names of the temporary file and of the directory say nothing to anybody.
            throw .system(operation: "write", path: path, errno: errno)
        }
    }
}
