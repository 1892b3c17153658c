import Glibc
public import SystemPackage

/// Reads files of the system; the path `-` is standard input.
public struct SystemFileLoader: FileLoader, Sendable {
    /// Creates a loader.
    public init() {}

    public func read(_ path: FilePath, limit: Int) throws(FileError) -> LoadedFile {
        do {
            guard path != "-" else {
                let bytes = try readAll(.standardInput, limit: limit, expecting: 0)
                return LoadedFile(bytes: bytes, identity: .name("-"))
            }
            return try read(path, options: .closeOnExec, limit: limit) { _ in }
        } catch {
            throw FileError(path: path, errno: error as? Errno ?? .ioError)
        }
    }

    public func identity(ofNamed path: FilePath) throws(FileError) -> FileIdentity {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else {
            throw FileError(path: path, errno: Errno(rawValue: errno))
        }
        try requireRegular(status, path)
        return FileIdentity(status)
    }

    public func read(named path: FilePath, limit: Int) throws(FileError) -> LoadedFile {
        do {
            // Another file may have taken the place of the one that was looked at: opening it must not wait either.
            return try read(path, options: [.closeOnExec, .nonBlocking], limit: limit) { status in
                try requireRegular(status, path)
            }
        } catch {
            throw error as? FileError ?? FileError(path: path, errno: error as? Errno ?? .ioError)
        }
    }

    private func read(
        _ path: FilePath,
        options: FileDescriptor.OpenOptions,
        limit: Int,
        check: (stat) throws -> Void
    ) throws -> LoadedFile {
        // What he could open himself is what is read: looking first and opening then would be about two files.
        let own = Invoker.current.map { $0.open(path, options: options) }
        let descriptor = try (own ?? nil) ?? FileDescriptor.open(path, .readOnly, options: options)
        return try descriptor.closeAfter {
            var status = stat()
            guard fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
            guard status.st_mode & S_IFMT != S_IFDIR else { throw Errno.isDirectory }
            try check(status)
            let bytes = try readAll(descriptor, limit: limit, expecting: Int(status.st_size))
            return LoadedFile(bytes: bytes, identity: FileIdentity(status), isShown: own.map { $0 != nil } ?? true)
        }
    }

    private func requireRegular(_ status: stat, _ path: FilePath) throws(FileError) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: return
        case S_IFDIR: throw FileError(path: path, errno: .isDirectory)
        default: throw .notRegular(path)
        }
    }

    public func names(in directory: FilePath) throws(FileError) -> [String] {
        guard let stream = directory.withPlatformString({ opendir($0) }) else {
            throw FileError(path: directory, errno: Errno(rawValue: errno))
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." {
                names.append(name)
            }
        }
        guard errno == 0 else {
            throw FileError(path: directory, errno: Errno(rawValue: errno))
        }
        return names
    }

    /// Reads to the end.
    /// - Parameter size: How much there probably is, so that it need not be moved about; pipes and files that grow have more.
    private func readAll(_ descriptor: FileDescriptor, limit: Int, expecting size: Int) throws -> [UInt8] {
        let chunk = 256 << 10
        var bytes: [UInt8] = []
        while bytes.count < limit {
            let wanted = bytes.isEmpty ? size : bytes.count > size ? bytes.count : 0
            let room = min(limit - bytes.count, max(chunk, wanted))
            let more = try [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                count = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            if more.isEmpty { break }
            if bytes.isEmpty {
                bytes = more
            } else {
                bytes += more
            }
        }
        return bytes
    }
}

extension FileIdentity {
    fileprivate init(_ status: stat) {
        self = .inode(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
    }
}
