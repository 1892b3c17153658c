public import SystemPackage

/// Files that exist only in memory, for tests and for text that comes from elsewhere.
public struct MemoryFileLoader: FileLoader, Sendable {
    /// The bytes by normalised path.
    public var files: [FilePath: [UInt8]]

    /// Takes the files by path.
    public init(_ files: [String: String] = [:]) {
        self.files = [:]
        for (path, text) in files {
            self.files[FilePath(path).lexicallyNormalized()] = Array(text.utf8)
        }
    }

    public func read(_ path: FilePath, limit: Int) throws(FileError) -> LoadedFile {
        let normalized = path.lexicallyNormalized()
        guard let bytes = files[normalized] else {
            throw FileError(path: path, errno: .noSuchFileOrDirectory)
        }
        return LoadedFile(bytes: Array(bytes.prefix(limit)), identity: .name(normalized.string))
    }

    public func identity(ofNamed path: FilePath) throws(FileError) -> FileIdentity {
        try read(path, limit: 0).identity
    }

    public func read(named path: FilePath, limit: Int) throws(FileError) -> LoadedFile {
        try read(path, limit: limit)
    }

    public func names(in directory: FilePath) throws(FileError) -> [String] {
        let directory = directory.lexicallyNormalized()
        let names = files.keys.compactMap { path -> String? in
            path.removingLastComponent() == directory || (directory == "." && path.components.count == 1)
                ? path.lastComponent?.string : nil
        }
        guard !names.isEmpty else {
            throw FileError(path: directory, errno: .noSuchFileOrDirectory)
        }
        return names
    }
}
