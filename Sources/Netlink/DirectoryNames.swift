import Glibc
public import SystemPackage

/// The names in a directory, in any order, without `.` and `..`. A list that cannot be read to its end is an error.
/// - Parameter limit: How many are enough.
public func directoryNames(_ path: FilePath, limit: Int = .max) throws(Errno) -> [String] {
    guard let directory = opendir(path.string) else { throw Errno(rawValue: errno) }
    defer { closedir(directory) }
    var names: [String] = []
    while names.count < limit {
        errno = 0
        guard let entry = readdir(directory) else {
            guard errno == 0 else { throw Errno(rawValue: errno) }
            break
        }
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names
}
