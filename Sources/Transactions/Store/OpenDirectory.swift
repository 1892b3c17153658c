import CLinux
import Faults
import Glibc
import Netlink
import SystemPackage

/// A directory that is held open. What is in it is found from its descriptor, wherever its path leads to by now, and no symbolic link is
/// followed: whoever renames a directory, or puts a link in its place, changes nothing about what is read, written or removed.
final class OpenDirectory: Sendable {
    /// Can be read, so that its names can be listed and put on the disk.
    let descriptor: Int32
    /// What it was called when it was opened, for messages.
    let path: FilePath

    /// Takes a descriptor over.
    init(_ descriptor: Int32, path: FilePath) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens a directory that may be anybody's, by a path that may have symbolic links.
    convenience init(anywhere path: FilePath) throws(StoreError) {
        let descriptor = path.withPlatformString { Glibc.open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else {
            throw .system(operation: "open", path: path, errno: Errno(rawValue: errno))
        }
        self.init(descriptor, path: path)
    }

    deinit {
        close(descriptor)
    }

    /// Refuses a directory that others can write to by now.
    func checkIsPrivate() throws(StoreError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .system(operation: "look at", path: path, errno: Errno(rawValue: errno))
        }
        try Ownership.check(status, path)
    }

    // MARK: Names

    /// A directory in this one; nil if there is none. One that others can write to is refused, and so is anything else of that name.
    func directory(_ name: FilePath.Component) throws(StoreError) -> OpenDirectory? {
        let directory: OpenDirectory
        do throws(Errno) {
            directory = try inner(name)
        } catch {
            if error == .noSuchFileOrDirectory { return nil }
            if error == .notDirectory || error == .tooManySymbolicLinkLevels {
                throw .untrusted(path: path.appending(name), reason: "it is not a directory")
            }
            throw .system(operation: "open", path: path.appending(name), errno: error)
        }
        try directory.checkIsPrivate()
        return directory
    }

    /// A directory in this one, whoever owns it.
    /// - Parameter isOnlyPassed: Whether it need not be readable: nothing but what is in it is opened then.
    func inner(_ name: FilePath.Component, isOnlyPassed: Bool = false) throws(Errno) -> OpenDirectory {
        let flags = (isOnlyPassed ? Int32(LINUX_PATH_ONLY) : O_RDONLY) | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let descriptor = name.withPlatformString { openat(self.descriptor, $0, flags) }
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        return OpenDirectory(descriptor, path: path.appending(name))
    }

    /// Makes a directory that only its owner can enter.
    func makeDirectory(_ name: FilePath.Component, mode: mode_t = 0o700) throws(Errno) {
        guard name.withPlatformString({ mkdirat(descriptor, $0, mode) }) == 0 else { throw Errno(rawValue: errno) }
    }

    /// The names in it, in any order.
    func names() throws(Errno) -> [FilePath.Component] {
        try directoryNames(descriptor)
    }

    /// What is known about a name; nil if there is none.
    func status(of name: FilePath.Component) throws(Errno) -> stat? {
        var status = stat()
        guard name.withPlatformString({ fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) }) != 0 else {
            return status
        }
        let error = Errno(rawValue: errno)
        guard error == .noSuchFileOrDirectory else { throw error }
        return nil
    }

    /// Puts its names on the disk.
    func synchronize() throws(Errno) {
        try Files.synchronize(descriptor)
    }

    // MARK: Files

    /// Opens a file, with 0600 if that makes it; a symbolic link is refused.
    func open(_ name: FilePath.Component, _ flags: Int32) throws(Errno) -> FileDescriptor {
        let descriptor = name.withPlatformString {
            openat(self.descriptor, $0, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        }
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        return FileDescriptor(rawValue: descriptor)
    }

    /// Gives a file or directory another name, here or in another directory.
    func rename(
        _ name: FilePath.Component,
        to target: FilePath.Component,
        in directory: OpenDirectory
    ) throws(Errno) {
        let status = name.withPlatformString { name in
            target.withPlatformString { renameat(descriptor, name, directory.descriptor, $0) }
        }
        guard status == 0 else { throw Errno(rawValue: errno) }
    }

    /// Gives a file a second name, here or in another directory.
    func link(_ name: FilePath.Component, as target: FilePath.Component, in directory: OpenDirectory) throws(Errno) {
        let status = name.withPlatformString { name in
            target.withPlatformString { linkat(descriptor, name, directory.descriptor, $0, 0) }
        }
        guard status == 0 else { throw Errno(rawValue: errno) }
    }

    /// Removes a name of a file.
    func remove(_ name: FilePath.Component) throws(Errno) {
        guard name.withPlatformString({ unlinkat(descriptor, $0, 0) }) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Removes a directory that is empty.
    func removeEmptyDirectory(_ name: FilePath.Component) throws(Errno) {
        guard name.withPlatformString({ unlinkat(descriptor, $0, AT_REMOVEDIR) }) == 0 else {
            throw Errno(rawValue: errno)
        }
    }
}
