import Glibc
import SystemPackage

extension Files {
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
