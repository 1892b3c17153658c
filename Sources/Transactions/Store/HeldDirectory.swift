import Glibc
import Synchronization
import SystemPackage

/// A directory that is opened by its path once, by whoever needs it first, and held from then on.
///
/// The path is walked from the root, one name at a time: no symbolic link is followed, and each directory on the way has to be one in which
/// nobody else could exchange the next. Nothing is ever looked up by the path again.
final class HeldDirectory: Sendable {
    /// Its path from the root.
    let path: FilePath
    private let opened: Mutex<OpenDirectory?>

    /// Names a directory, which need not exist.
    init(_ path: FilePath) {
        self.path = Self.fromRoot(path)
        opened = Mutex(nil)
    }

    /// Holds a directory that is open.
    init(_ directory: OpenDirectory) {
        path = directory.path
        opened = Mutex(directory)
    }

    /// The path from the root, without `.` and `..`: as no link is followed, these mean what they look like. As it was if there is no
    /// current directory.
    private static func fromRoot(_ path: FilePath) -> FilePath {
        guard path.isRelative else { return path.lexicallyNormalized() }
        guard let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        return FilePath(platformString: current).pushing(path).lexicallyNormalized()
    }

    /// The directory; nil if there is none yet.
    func directory() throws(StoreError) -> OpenDirectory? {
        try opened.withLock { (opened) throws(StoreError) in
            if opened == nil { opened = try walk(isMaking: false) }
            return opened
        }
    }

    /// Lets go of the directory: the next one who needs it opens what the path then leads to.
    func release() {
        opened.withLock { $0 = nil }
    }

    /// The directory, which is made, with those above it, if there is none.
    func make() throws(StoreError) -> OpenDirectory {
        try opened.withLock { (opened) throws(StoreError) in
            if let opened { return opened }
            guard let made = try walk(isMaking: true) else {
                throw .system(operation: "make", path: path, errno: .noSuchFileOrDirectory)
            }
            opened = made
            return made
        }
    }

    // MARK: The way from the root

    private func walk(isMaking: Bool) throws(StoreError) -> OpenDirectory? {
        guard path.isAbsolute else {
            throw .system(operation: "open", path: path, errno: .noSuchFileOrDirectory)
        }
        let root = "/".withCString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard root >= 0 else { throw .system(operation: "open", path: "/", errno: Errno(rawValue: errno)) }
        var directory = OpenDirectory(root, path: "/")
        var rest = path.components[...]
        while let name = rest.popFirst() {
            try checkIsSafe(directory)
            if isMaking { try make(name, in: directory, isLast: rest.isEmpty) }
            guard let next = try step(to: name, from: directory, isLast: rest.isEmpty) else { return nil }
            directory = next
        }
        try directory.checkIsPrivate()
        return directory
    }

    /// Refuses a directory on the way in which others could put something else in the place of the next one.
    private func checkIsSafe(_ directory: OpenDirectory) throws(StoreError) {
        var status = stat()
        guard fstat(directory.descriptor, &status) == 0 else {
            throw .system(operation: "look at", path: directory.path, errno: Errno(rawValue: errno))
        }
        try Ownership.check(status, directory.path, above: path)
    }

    /// Those above may be of use to others; it itself is its owner's alone.
    private func make(_ name: FilePath.Component, in directory: OpenDirectory, isLast: Bool) throws(StoreError) {
        do throws(Errno) {
            try directory.makeDirectory(name, mode: isLast ? 0o700 : 0o755)
            try directory.inner(".").synchronize()
        } catch {
            // On a read-only file system one that is there is all that is needed.
            if error == .fileExists { return }
            if error == .readOnlyFileSystem, (try? directory.status(of: name)) != nil { return }
            throw .system(operation: "make", path: directory.path.appending(name), errno: error)
        }
    }

    private func step(
        to name: FilePath.Component,
        from directory: OpenDirectory,
        isLast: Bool
    ) throws(StoreError) -> OpenDirectory? {
        let next = directory.path.appending(name)
        do throws(Errno) {
            return try directory.inner(name, isOnlyPassed: !isLast)
        } catch {
            switch error {
            case .noSuchFileOrDirectory: return nil
            case .notDirectory, .tooManySymbolicLinkLevels:
                throw .untrusted(path: next, reason: reason(name, directory))
            default: throw .system(operation: "open", path: next, errno: error)
            }
        }
    }

    /// Why a name on the way is no directory.
    private func reason(_ name: FilePath.Component, _ directory: OpenDirectory) -> String {
        guard let status = try? directory.status(of: name), status.st_mode & S_IFMT == S_IFLNK else {
            return "it is not a directory"
        }
        guard let real = path.withPlatformString({ realpath($0, nil) }) else { return "it is a symbolic link" }
        defer { free(real) }
        return "it is a symbolic link; name the directory that it leads to: \(FilePath(platformString: real))"
    }
}
