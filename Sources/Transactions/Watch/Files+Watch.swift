import Glibc
import SystemPackage

extension Files {
    /// Reads a file of the kernel's, which has no size, up to a limit.
    static func readStream(_ path: FilePath, limit: Int) throws(Errno) -> [UInt8] {
        do {
            let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try descriptor.closeAfter {
                try [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                    while count < limit {
                        let rest = UnsafeMutableRawBufferPointer(
                            rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]
                        )
                        let length = try descriptor.read(into: rest)
                        if length == 0 { break }
                        count += length
                    }
                }
            }
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    /// Gives a file a second name, unless that name is taken.
    /// - Returns: Whether it was free.
    static func link(_ path: FilePath, as target: FilePath) throws(StoreError) -> Bool {
        if Glibc.link(path.string, target.string) == 0 { return true }
        let error = Errno(rawValue: errno)
        if error == .fileExists { return false }
        throw .system(operation: "link", path: target, errno: error)
    }

    /// The path from the root, without symbolic links.
    static func absolute(_ path: FilePath) throws(StoreError) -> FilePath {
        guard let resolved = realpath(path.string, nil) else {
            throw .system(operation: "find", path: path, errno: Errno(rawValue: errno))
        }
        defer { free(resolved) }
        return FilePath(String(cString: resolved))
    }
}
