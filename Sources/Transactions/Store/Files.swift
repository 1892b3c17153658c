import Faults
import Glibc
import SystemPackage

/// File operations that survive a power cut: what they have returned from is on the disk.
enum Files {
    private static func failure(_ operation: String, _ path: HeldPath, _ error: any Error) -> StoreError {
        error as? StoreError ?? .system(operation: operation, path: path.path, errno: error as? Errno ?? .ioError)
    }

    /// Does something to a name in a directory, which must be there.
    static func perform<Success: ~Copyable>(
        _ operation: String,
        _ path: HeldPath,
        _ body: (OpenDirectory, FilePath.Component) throws(Errno) -> Success
    ) throws(StoreError) -> Success {
        guard let (directory, name) = try place(path) else {
            throw failure(operation, path, Errno.noSuchFileOrDirectory)
        }
        do throws(Errno) {
            return try body(directory, name)
        } catch {
            throw failure(operation, path, error)
        }
    }

    /// The directory that a name is in; nil if there is none.
    private static func place(_ path: HeldPath) throws(StoreError) -> (OpenDirectory, FilePath.Component)? {
        guard let name = path.name, let directory = try path.parent?.directory() else { return nil }
        return (directory, name)
    }

    // MARK: Directories

    /// Makes a directory that only its owner can enter unless it exists; for a state directory also the ones above it.
    /// - Parameter isDurable: Whether it has to outlive a power cut.
    static func makeDirectory(_ path: HeldPath, isDurable: Bool = true) throws(StoreError) {
        guard path.parent != nil else { return try path.makeBase() }
        try perform("make", path) { (directory, name) throws(Errno) in
            do throws(Errno) {
                try directory.makeDirectory(name)
                if isDurable { try directory.synchronize() }
            } catch {
                guard error == .fileExists else { throw error }
            }
        }
    }

    /// Refuses a directory that others could have written to; what is not there nobody has written to. Nothing is changed.
    static func checkIsPrivate(_ path: HeldPath) throws(StoreError) {
        try path.directory()?.checkIsPrivate()
    }

    /// The names in a directory; none where it does not exist.
    static func names(in path: HeldPath) throws(StoreError) -> [String] {
        guard let directory = try path.directory() else { return [] }
        do throws(Errno) {
            return try directory.names().map(\.string)
        } catch {
            throw failure("list", path, error)
        }
    }

    /// Puts the names in a directory on the disk.
    static func synchronizeDirectory(_ path: HeldPath) throws(StoreError) {
        do {
            guard let directory = try path.directory() else { throw Errno.noSuchFileOrDirectory }
            try directory.synchronize()
        } catch {
            throw failure("write", path, error)
        }
    }

    /// Puts a file, or the names in a directory, on the disk.
    static func synchronize(_ descriptor: Int32) throws(Errno) {
        let fault = FaultPoint.writeError()
        guard fault == 0 else { throw Errno(rawValue: fault) }
        while fsync(descriptor) != 0 {
            let error = Errno(rawValue: errno)
            guard error == .interrupted else { throw error }
        }
    }

    // MARK: Files

    /// Writes a file that must not exist yet and puts its content on the disk; its name follows with `synchronizeDirectory`.
    /// - Parameter isDurable: Whether the content has to outlive a power cut.
    static func create(_ path: HeldPath, _ bytes: [UInt8], isDurable: Bool = true) throws(StoreError) {
        try perform("write", path) { (directory, name) throws(Errno) in
            try create(name, in: directory, bytes, isDurable: isDurable)
        }
    }

    private static func create(
        _ name: FilePath.Component,
        in directory: OpenDirectory,
        _ bytes: [UInt8],
        isDurable: Bool
    ) throws(Errno) {
        let descriptor = try directory.open(name, O_WRONLY | O_CREAT | O_EXCL)
        do {
            // An error in closing is an error in writing.
            try descriptor.closeAfter {
                _ = try bytes.withUnsafeBytes { try descriptor.writeAll($0) }
                if isDurable { try synchronize(descriptor.rawValue) }
            }
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    /// Writes a file so that at any time either the old or the new content is there as a whole.
    static func replace(_ path: HeldPath, _ bytes: [UInt8], isDurable: Bool = true) throws(StoreError) {
        try perform("write", path) { (directory, name) throws(Errno) in
            guard let temporary = FilePath.Component(".\(name)-\(getpid())") else { throw .invalidArgument }
            try removeIfThere(temporary, in: directory)
            try create(temporary, in: directory, bytes, isDurable: isDurable)
            try directory.rename(temporary, to: name, in: directory)
            if isDurable { try directory.synchronize() }
        }
    }

    /// Gives a file or directory another name in the same file system. That the new name is there is on the disk afterwards.
    static func rename(_ path: HeldPath, to target: HeldPath, isDurable: Bool = true) throws(StoreError) {
        guard let (newDirectory, newName) = try place(target) else {
            throw failure("rename", path, Errno.noSuchFileOrDirectory)
        }
        try perform("rename", path) { (directory, name) throws(Errno) in
            try directory.rename(name, to: newName, in: newDirectory)
            if isDurable { try newDirectory.synchronize() }
        }
    }

    /// Gives a file a second name, unless that name is taken.
    /// - Returns: Whether it was free.
    static func link(_ path: HeldPath, as target: HeldPath) throws(StoreError) -> Bool {
        guard let (newDirectory, newName) = try place(target) else {
            throw failure("link", target, Errno.noSuchFileOrDirectory)
        }
        return try perform("link", path) { (directory, name) throws(Errno) in
            do throws(Errno) {
                try directory.link(name, as: newName, in: newDirectory)
                return true
            } catch {
                guard error == .fileExists else { throw error }
                return false
            }
        }
    }

    /// Whether there is a file or directory.
    static func exists(_ path: HeldPath) throws(StoreError) -> Bool {
        try status(of: path) != nil
    }

    /// The size of a file in bytes; 0 where there is none.
    static func size(of path: HeldPath) throws(StoreError) -> Int {
        Int(try status(of: path)?.st_size ?? 0)
    }

    /// What is known about a name; nil if there is none. A symbolic link is not followed.
    static func status(of path: HeldPath) throws(StoreError) -> stat? {
        guard let (directory, name) = try place(path) else { return nil }
        do throws(Errno) {
            return try directory.status(of: name)
        } catch {
            throw failure("look at", path, error)
        }
    }

    // MARK: Removal

    /// Removes a file, if there is one.
    static func remove(_ path: HeldPath) throws(StoreError) {
        guard let (directory, name) = try place(path) else { return }
        do throws(Errno) {
            try removeIfThere(name, in: directory)
        } catch {
            throw failure("remove", path, error)
        }
    }

    private static func removeIfThere(_ name: FilePath.Component, in directory: OpenDirectory) throws(Errno) {
        do throws(Errno) {
            try directory.remove(name)
        } catch {
            guard error == .noSuchFileOrDirectory else { throw error }
        }
    }

    /// Removes a directory with what is in it, if there is one; `depth` bounds how deep. A symbolic link in it is removed, and not followed.
    static func removeDirectory(_ path: HeldPath, depth: Int = 3) throws(StoreError) {
        guard let (directory, name) = try place(path) else { return }
        do throws(Errno) {
            try removeDirectory(name, in: directory, depth: depth)
        } catch {
            throw failure("remove", path, error)
        }
    }

    private static func removeDirectory(
        _ name: FilePath.Component,
        in directory: OpenDirectory,
        depth: Int
    ) throws(Errno) {
        do throws(Errno) {
            let inner = try directory.inner(name)
            for child in try inner.names() {
                do throws(Errno) {
                    try removeIfThere(child, in: inner)
                } catch {
                    guard error == .isDirectory, depth > 0 else { throw error }
                    try removeDirectory(child, in: inner, depth: depth - 1)
                }
            }
            try directory.removeEmptyDirectory(name)
        } catch {
            guard error == .noSuchFileOrDirectory else { throw error }
        }
    }
}
