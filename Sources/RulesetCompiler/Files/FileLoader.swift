public import SystemPackage

/// Gives the compiler the bytes of rule files and lists.
public protocol FileLoader {
    /// Reads a file that a person named, which may be a pipe or a device: at most `limit` bytes of it, so that no file fills the memory.
    func read(_ path: FilePath, limit: Int) throws(FileError) -> LoadedFile

    /// What a file is that another file names; nothing of it is read. Only regular files are taken: others may never end, or never begin.
    func identity(ofNamed path: FilePath) throws(FileError) -> FileIdentity

    /// Reads a file that another file names, if it is a regular one.
    func read(named path: FilePath, limit: Int) throws(FileError) -> LoadedFile

    /// The names of what is in a directory, in any order, without `.` and `..`.
    func names(in directory: FilePath) throws(FileError) -> [String]
}

/// The bytes of a file, and what tells it from others.
public struct LoadedFile: Sendable {
    /// The bytes.
    public let bytes: [UInt8]
    /// Equal for two paths that lead to the same file.
    public let identity: FileIdentity
    /// Whether messages may show something of it: not to somebody who may not read the file.
    public let isShown: Bool

    /// Puts it together.
    public init(bytes: [UInt8], identity: FileIdentity, isShown: Bool = true) {
        self.bytes = bytes
        self.identity = identity
        self.isShown = isShown
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
    /// What the system said, or comes nearest to the reason.
    public let errno: Errno
    /// Why, in words.
    public let reason: String

    /// Creates the error; without a reason of its own it is what the system says.
    public init(path: FilePath, errno: Errno, reason: String? = nil) {
        self.path = path
        self.errno = errno
        self.reason = reason ?? "\(errno)"
    }

    /// The error of a pipe, a device or a socket where a regular file is needed.
    static func notRegular(_ path: FilePath) -> FileError {
        FileError(path: path, errno: .invalidArgument, reason: "it is not a regular file")
    }

    public var description: String {
        "'\(path)': \(reason)"
    }
}
