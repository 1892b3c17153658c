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
            let descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
            return try descriptor.closeAfter {
                let (identity, size) = try description(of: descriptor)
                let bytes = try readAll(descriptor, limit: limit, expecting: size)
                return LoadedFile(bytes: bytes, identity: identity)
            }
        } catch {
            throw FileError(path: path, errno: error as? Errno ?? .ioError)
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

    private func description(of descriptor: FileDescriptor) throws(Errno) -> (FileIdentity, size: Int) {
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else {
            throw Errno(rawValue: errno)
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw .isDirectory
        }
        return (.inode(device: UInt64(status.st_dev), number: UInt64(status.st_ino)), Int(status.st_size))
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
