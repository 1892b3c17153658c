import Faults
import Glibc
import Netlink
import SystemPackage

/// File operations that survive a power cut: what they have returned from is on the disk.
enum Files {
    private static var lastError: Errno { Errno(rawValue: errno) }

    private static func failure(_ operation: String, _ path: FilePath, _ error: any Error) -> StoreError {
        .system(operation: operation, path: path, errno: error as? Errno ?? .ioError)
    }

    // MARK: Directories

    /// Makes a directory that only its owner can enter, and the ones above it, unless they exist.
    /// - Parameter isDurable: Whether it has to outlive a power cut.
    static func makeDirectory(_ path: FilePath, isDurable: Bool = true) throws(StoreError) {
        if mkdir(path.string, 0o700) == 0 {
            if isDurable { try synchronizeDirectory(path.removingLastComponent()) }
            return
        }
        switch lastError {
        case .fileExists: return
        case .noSuchFileOrDirectory where path.removingLastComponent() != path:
            let parent = path.removingLastComponent()
            try makeParent(parent)
            guard mkdir(path.string, 0o700) == 0 || lastError == .fileExists else {
                throw failure("make", path, lastError)
            }
            try synchronizeDirectory(parent)
        case let error: throw failure("make", path, error)
        }
    }

    private static func makeParent(_ path: FilePath) throws(StoreError) {
        guard !path.isEmpty, mkdir(path.string, 0o755) != 0, lastError != .fileExists else { return }
        guard lastError == .noSuchFileOrDirectory, path.removingLastComponent() != path else {
            throw failure("make", path, lastError)
        }
        try makeParent(path.removingLastComponent())
        guard mkdir(path.string, 0o755) == 0 || lastError == .fileExists else {
            throw failure("make", path, lastError)
        }
    }

    /// Refuses a directory that others could have written to; what is not there nobody has written to. Nothing is changed.
    static func checkIsPrivate(_ path: FilePath) throws(StoreError) {
        var status = stat()
        guard lstat(path.string, &status) == 0 else {
            if lastError == .noSuchFileOrDirectory { return }
            throw failure("look at", path, lastError)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .untrusted(path: path, reason: "it is not a directory") }
        try checkIsOnlyWrittenByOwner(status, path)
    }

    /// Refuses what somebody else than its owner can write to, or that somebody owns who is neither this user nor root.
    static func checkIsOnlyWrittenByOwner(_ status: stat, _ path: FilePath) throws(StoreError) {
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw .untrusted(path: path, reason: "somebody else owns it")
        }
        guard status.st_mode & 0o022 == 0 else { throw .untrusted(path: path, reason: "others can write to it") }
    }

    /// The names in a directory; none where it does not exist.
    static func names(in path: FilePath) throws(StoreError) -> [String] {
        do throws(Errno) {
            return try directoryNames(path)
        } catch {
            if error == .noSuchFileOrDirectory { return [] }
            throw failure("list", path, error)
        }
    }

    /// Puts the names in a directory on the disk.
    static func synchronizeDirectory(_ path: FilePath) throws(StoreError) {
        let path = path.isEmpty ? FilePath(".") : path
        do {
            let directory = try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec])
            try directory.closeAfter { try synchronize(directory) }
        } catch {
            throw failure("write", path, error)
        }
    }

    private static func synchronize(_ descriptor: FileDescriptor) throws(Errno) {
        let fault = FaultPoint.writeError()
        guard fault == 0 else { throw Errno(rawValue: fault) }
        while fsync(descriptor.rawValue) != 0 {
            guard lastError == .interrupted else { throw lastError }
        }
    }

    // MARK: Files

    /// Writes a file that must not exist yet and puts its content on the disk; its name follows with `synchronizeDirectory`.
    /// - Parameter isDurable: Whether the content has to outlive a power cut.
    static func create(_ path: FilePath, _ bytes: [UInt8], isDurable: Bool = true) throws(StoreError) {
        do {
            let descriptor = try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .exclusiveCreate, .closeOnExec, .noFollow],
                permissions: .ownerReadWrite
            )
            // An error in closing is an error in writing.
            try descriptor.closeAfter {
                _ = try bytes.withUnsafeBytes { try descriptor.writeAll($0) }
                if isDurable { try synchronize(descriptor) }
            }
        } catch {
            throw failure("write", path, error)
        }
    }

    /// Writes a file so that at any time either the old or the new content is there as a whole.
    static func replace(_ path: FilePath, _ bytes: [UInt8], isDurable: Bool = true) throws(StoreError) {
        let temporary = temporaryPath(for: path)
        try remove(temporary)
        try create(temporary, bytes, isDurable: isDurable)
        try rename(temporary, to: path, isDurable: isDurable)
    }

    private static func temporaryPath(for path: FilePath) -> FilePath {
        path.removingLastComponent().appending(".\(path.lastComponent?.string ?? "")-\(getpid())")
    }

    /// Gives a file or directory another name in the same file system. That the new name is there is on the disk afterwards.
    static func rename(_ path: FilePath, to target: FilePath, isDurable: Bool = true) throws(StoreError) {
        guard Glibc.rename(path.string, target.string) == 0 else { throw failure("rename", path, lastError) }
        if isDurable { try synchronizeDirectory(target.removingLastComponent()) }
    }

    /// Reads a file of at most `limit` bytes; nothing where there is none.
    static func read(_ path: FilePath, limit: Int) throws(StoreError) -> [UInt8]? {
        try read(path) { descriptor in try read(descriptor, path, limit: limit) }
    }

    /// Reads all of an open file of at most `limit` bytes.
    static func read(_ descriptor: FileDescriptor, _ path: FilePath, limit: Int) throws -> [UInt8] {
        let size = Int(try descriptor.seek(offset: 0, from: .end))
        guard size <= limit else { throw StoreError.malformed(path: path, reason: "it is too large") }
        return try bytes(of: descriptor, at: 0, count: size)
    }

    /// Reads a part of a file, all of which must be there; nothing where there is no file.
    static func read(_ path: FilePath, at offset: Int, count: Int) throws(StoreError) -> [UInt8]? {
        try read(path) { descriptor in
            guard try descriptor.seek(offset: 0, from: .end) >= offset + count else {
                throw StoreError.malformed(path: path, reason: "it ends too soon")
            }
            return try bytes(of: descriptor, at: offset, count: count)
        }
    }

    private static func read(
        _ path: FilePath,
        _ body: (FileDescriptor) throws -> [UInt8]
    ) throws(StoreError) -> [UInt8]? {
        do {
            let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .noFollow])
            return try descriptor.closeAfter { try body(descriptor) }
        } catch Errno.noSuchFileOrDirectory {
            return nil
        } catch let error as StoreError {
            throw error
        } catch {
            throw failure("read", path, error)
        }
    }

    private static func bytes(of descriptor: FileDescriptor, at offset: Int, count size: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let rest = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[count..<size]
                )
                let length = try descriptor.read(fromAbsoluteOffset: Int64(offset + count), into: rest)
                if length == 0 { break }
                count += length
            }
        }
    }

    /// Whether there is a file or directory.
    static func exists(_ path: FilePath) throws(StoreError) -> Bool {
        var status = stat()
        guard lstat(path.string, &status) != 0 else { return true }
        guard lastError == .noSuchFileOrDirectory else { throw failure("look at", path, lastError) }
        return false
    }

    /// The size of a file in bytes; 0 where there is none.
    static func size(of path: FilePath) throws(StoreError) -> Int {
        var status = stat()
        guard lstat(path.string, &status) == 0 else {
            if lastError == .noSuchFileOrDirectory { return 0 }
            throw failure("look at", path, lastError)
        }
        return Int(status.st_size)
    }

    // MARK: Removal

    /// Removes a file, if there is one.
    static func remove(_ path: FilePath) throws(StoreError) {
        guard unlink(path.string) != 0, lastError != .noSuchFileOrDirectory else { return }
        throw failure("remove", path, lastError)
    }

    /// Removes a directory with what is in it, if there is one; `depth` bounds how deep.
    static func removeDirectory(_ path: FilePath, depth: Int = 3) throws(StoreError) {
        for name in try names(in: path) {
            let child = path.appending(name)
            if unlink(child.string) == 0 { continue }
            guard lastError == .isDirectory, depth > 0 else { throw failure("remove", child, lastError) }
            try removeDirectory(child, depth: depth - 1)
        }
        guard rmdir(path.string) == 0 || lastError == .noSuchFileOrDirectory else {
            throw failure("remove", path, lastError)
        }
    }
}
