import Glibc
import SystemPackage

/// The contents of a file; nil if it cannot be read.
public func readFile(_ path: String) -> [UInt8]? {
    guard let descriptor = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else {
        return nil
    }
    return try? descriptor.closeAfter {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = try chunk.withUnsafeMutableBytes { try descriptor.read(into: $0) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }
}

/// Writes a file, and the directories above it.
public func writeFile(_ bytes: [UInt8], to path: String) throws {
    makeDirectories(FilePath(path).removingLastComponent())
    let descriptor = try FileDescriptor.open(
        FilePath(path),
        .writeOnly,
        options: [.create, .truncate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead]
    )
    try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
}

/// The names in a directory, sorted; none if it cannot be read.
public func directoryContents(_ path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// Hands a new empty directory to the closure and removes it with its contents afterwards.
/// - Parameter isInMemory: Whether it is on no disk, so that nothing waits for one.
public func withTemporaryDirectory<Value>(
    isInMemory: Bool = false,
    _ body: (String) throws -> Value
) throws -> Value {
    let directory = try TemporaryDirectory(isInMemory: isInMemory)
    defer { directory.remove() }
    return try body(directory.path)
}

/// Hands a new empty directory to an asynchronous closure and removes it with its contents afterwards.
public func withTemporaryDirectory<Value>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (String) async throws -> Value
) async throws -> Value {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    return try await body(directory.path)
}

private struct TemporaryDirectory {
    let path: String

    init(isInMemory: Bool = false) throws {
        let base = isInMemory ? "/dev/shm" : environmentVariable("TMPDIR") ?? "/tmp"
        var template = Array("\(base)/weir-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw FileFailure(operation: "make a directory in \(base)", errno: errno)
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func remove() {
        removeTree(path)
    }
}

/// Removes a file, or a directory with what is in it; does not follow symbolic links.
private func removeTree(_ path: String) {
    guard Glibc.remove(path) != 0 else { return }
    for name in directoryContents(path) { removeTree("\(path)/\(name)") }
    _ = Glibc.remove(path)
}

private func makeDirectories(_ path: FilePath) {
    guard access(path.string, F_OK) != 0 else { return }
    makeDirectories(path.removingLastComponent())
    mkdir(path.string, 0o755)
}

func environmentVariable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}
