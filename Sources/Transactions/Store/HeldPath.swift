import SystemPackage

/// A name below a directory that is held open. All that is done to it is done relative to that directory's descriptor, one name at a time,
/// without following symbolic links.
struct HeldPath: Sendable {
    private let base: HeldDirectory
    /// What follows the path of the base.
    private let rest: FilePath

    private init(_ base: HeldDirectory, _ rest: FilePath) {
        self.base = base
        self.rest = rest
    }

    /// Names a directory by its path: it is opened when it is first needed, and refused unless nobody else can write to it or exchange it.
    init(_ directory: FilePath) {
        self.init(HeldDirectory(directory), "")
    }

    /// A name in a directory that is open.
    init(_ name: FilePath.Component, in directory: OpenDirectory) {
        self.init(HeldDirectory(directory), FilePath("").appending(name))
    }

    /// Its path from the root, for messages: what it leads to by now may be something else.
    var path: FilePath { base.path.pushing(rest) }

    var string: String { path.string }

    /// The last name.
    var name: FilePath.Component? { path.lastComponent }

    func appending(_ name: String) -> HeldPath {
        HeldPath(base, rest.appending(name))
    }

    func appending(_ name: FilePath.Component) -> HeldPath {
        HeldPath(base, rest.appending(name))
    }

    // MARK: Opening

    /// The directory of this name; nil if there is none.
    func directory() throws(StoreError) -> OpenDirectory? {
        guard var directory = try base.directory() else { return nil }
        for name in rest.components {
            guard let next = try directory.directory(name) else { return nil }
            directory = next
        }
        return directory
    }

    /// Makes the directory that is held, and those above it, unless it exists.
    func makeBase() throws(StoreError) {
        _ = try base.make()
    }

    /// Lets go of the directory that is held.
    func release() {
        base.release()
    }

    /// What it is in; nil for the directory that is held, which is in none that is.
    var parent: HeldPath? {
        rest.isEmpty ? nil : HeldPath(base, rest.removingLastComponent())
    }
}

extension HeldPath: CustomStringConvertible, Equatable {
    var description: String { path.description }

    static func == (left: Self, right: Self) -> Bool {
        left.path == right.path
    }
}
