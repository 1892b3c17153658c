import CLinux
import Glibc
public import SystemPackage

/// The files below a directory, which is taken for the root of all files: no path and no symbolic link leads out of it.
public final class FileTree: Sendable {
    private let root: Int32

    /// Opens the directory.
    public init(root: FilePath) throws(Errno) {
        let descriptor = root.withPlatformString { Glibc.open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        self.root = descriptor
    }

    deinit {
        close(root)
    }

    /// The names in a directory, in any order, without `.` and `..`.
    public func names(in directory: FilePath) throws(Errno) -> [String] {
        let descriptor = try open(directory, O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        return try directoryNames(descriptor).map(\.string)
    }

    /// The first `limit` bytes of a regular file. Others are refused: a pipe never begins, some devices never end, and to open one may do
    /// something.
    public func bytes(of file: FilePath, limit: Int) throws(Errno) -> [UInt8] {
        // A path alone does nothing to a device.
        let place = FileDescriptor(rawValue: try open(file, Int32(LINUX_PATH_ONLY)))
        do {
            try place.closeAfter { try requireRegular(place) }
            let opened = FileDescriptor(rawValue: try open(file, O_RDONLY | O_NONBLOCK))
            return try opened.closeAfter {
                // Another file may have got the name since.
                try requireRegular(opened)
                return try [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                    while count < limit {
                        let rest = UnsafeMutableRawBufferPointer(
                            rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]
                        )
                        let length = try opened.read(into: rest)
                        if length == 0 { break }
                        count += length
                    }
                }
            }
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    private func requireRegular(_ descriptor: FileDescriptor) throws(Errno) {
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .invalidArgument }
    }

    private func open(_ path: FilePath, _ flags: Int32) throws(Errno) -> Int32 {
        var descriptor: Int32 = -1
        // Where anything is renamed or mounted meanwhile, the kernel may not know whether `..` led out, and says EAGAIN.
        for _ in 0..<1000 where descriptor < 0 {
            descriptor = path.withPlatformString { linux_open_in_root(root, $0, flags) }
            if descriptor < 0, errno != EAGAIN { break }
        }
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        return descriptor
    }
}
