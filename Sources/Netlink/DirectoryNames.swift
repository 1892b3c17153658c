import Glibc
public import SystemPackage

/// The names in a directory, in any order, without `.` and `..`. A list that cannot be read to its end is an error.
/// - Parameter limit: How many are enough.
public func directoryNames(_ path: FilePath, limit: Int = .max) throws(Errno) -> [String] {
    guard let directory = path.withPlatformString({ opendir($0) }) else { throw Errno(rawValue: errno) }
    return try names(in: directory, limit: limit) { String(cString: $0) }
}

/// The names in a directory that is open and can be read, in any order, without `.` and `..`.
public func directoryNames(_ descriptor: Int32) throws(Errno) -> [FilePath.Component] {
    // A descriptor of its own: where a list has been read to belongs to the descriptor.
    let own = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard own >= 0 else { throw Errno(rawValue: errno) }
    guard let directory = fdopendir(own) else {
        let error = Errno(rawValue: errno)
        close(own)
        throw error
    }
    return try names(in: directory, limit: .max) { FilePath.Component(platformString: $0) }
}

private func names<Name>(
    in directory: OpaquePointer,
    limit: Int,
    _ name: (UnsafePointer<CChar>) -> Name?
) throws(Errno) -> [Name] {
    defer { closedir(directory) }
    var names: [Name] = []
    while names.count < limit {
        errno = 0
        guard let entry = readdir(directory) else {
            guard errno == 0 else { throw Errno(rawValue: errno) }
            break
        }
        let found = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters -> Name? in
                guard let start = characters.baseAddress, strcmp(start, ".") != 0, strcmp(start, "..") != 0 else {
                    return nil
                }
                return name(start)
            }
        }
        if let found { names.append(found) }
    }
    return names
}
