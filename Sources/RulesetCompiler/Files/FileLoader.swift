public import SystemPackage

/// Gives the compiler the bytes of rule files and lists.
public protocol FileLoader {
    /// Reads a file: at most `limit` bytes of it, so that no file fills the memory.
    func read(_ path: FilePath, limit: Int) throws(FileError) -> LoadedFile

    /// The names of what is in a directory, in any order, without `.` and `..`.
    func names(in directory: FilePath) throws(FileError) -> [String]
}

/// The bytes of a file, and what tells it from others.
public struct LoadedFile: Sendable {
    /// The bytes.
    public let bytes: [UInt8]
    /// Equal for two paths that lead to the same file.
    public let identity: FileIdentity

    /// Creates the pair.
    public init(bytes: [UInt8], identity: FileIdentity) {
        self.bytes = bytes
        self.identity = identity
    }
}

/// What a file is, whatever path leads to it.
public enum FileIdentity: Sendable, Hashable {
    /// A file of the system: its device and inode number.
    case inode(device: UInt64, number: UInt64)
    /// A file that is known by its name alone.
    case name(String)
}

/// A file that could not be read.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file.
    public let path: FilePath
    /// What the system said.
    public let errno: Errno

    /// Creates the error.
    public init(path: FilePath, errno: Errno) {
        self.path = path
        self.errno = errno
    }

    public var description: String {
        "'\(path)': \(errno)"
    }
}
