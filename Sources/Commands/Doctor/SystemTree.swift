import Netlink
import RulesetCompiler
import SystemPackage

/// The configuration files of a system, below a directory. What is there may be anybody's: no link leads out of it, and only regular files
/// are read.
struct SystemTree {
    private let root: FilePath
    private let files: FileTree
    /// What could not be looked at, and why.
    private(set) var hidden: [String] = []

    /// No such file is nearly as large.
    private static let largest = 1 << 20

    /// Where nothing can be listed, nothing could be found.
    init(root: FilePath) throws(FileError) {
        self.root = root
        do throws(Errno) {
            files = try FileTree(root: root)
            _ = try files.names(in: "/")
        } catch {
            throw FileError(path: root, errno: error)
        }
    }

    /// What came of looking at a file.
    enum Content {
        case none
        case lines([String])
        case hidden(String)
    }

    /// The lines of a file.
    func lines(_ path: String) -> Content {
        do throws(Errno) {
            let bytes = try files.bytes(of: FilePath(path), limit: Self.largest + 1)
            guard bytes.count <= Self.largest else { return .hidden("\(path) is too large") }
            let text = String(decoding: bytes, as: UTF8.self)
            return .lines(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        } catch {
            switch error {
            case .noSuchFileOrDirectory, .notDirectory: return .none
            case .invalidArgument: return .hidden("'\(root.pushing(FilePath(path)))': it is not a regular file")
            default: return .hidden(reason(path, error))
            }
        }
    }

    /// The names in a directory, in the order of their bytes; none where there is no such directory.
    mutating func names(_ path: String) -> [String] {
        do throws(Errno) {
            return try files.names(in: FilePath(path)).sorted()
        } catch {
            switch error {
            case .noSuchFileOrDirectory, .notDirectory: break
            default: hidden.append(reason(path, error))
            }
            return []
        }
    }

    private func reason(_ path: String, _ error: Errno) -> String {
        "'\(root.pushing(FilePath(path)))': \(error)"
    }

    /// Whether there is such a file, directory or link, wherever the link leads.
    mutating func has(_ path: String) -> Bool {
        let full = FilePath(path)
        guard let name = full.lastComponent?.string else { return false }
        return names(full.removingLastComponent().string).contains(name)
    }

    /// Whether systemd starts a unit at boot: some target or other unit wants it.
    mutating func isEnabled(_ unit: String) -> Bool {
        for directory in ["etc/systemd/system", "run/systemd/system", "usr/lib/systemd/system", "lib/systemd/system"] {
            for name in names(directory) where name.hasSuffix(".wants") || name.hasSuffix(".requires") {
                if names("\(directory)/\(name)").contains(unit) { return true }
            }
        }
        return false
    }
}

extension SystemTree {
    /// The settings of one section of a configuration in systemd's format: the main file, then the drop-ins of all directories by name;
    /// what comes later counts. A drop-in hides one of the same name in a later directory (systemd.unit(5)).
    mutating func settings(_ section: String, of name: String, _ diagnosis: inout Diagnosis) -> [String: String] {
        let directories = ["etc/systemd", "run/systemd", "usr/local/lib/systemd", "usr/lib/systemd"]
        var files: [String] = directories.map { "\($0)/\(name)" }.first { has($0) }.map { [$0] } ?? []
        var dropIns: [String: String] = [:]
        for directory in directories {
            for file in names("\(directory)/\(name).d") where file.hasSuffix(".conf") && dropIns[file] == nil {
                dropIns[file] = "\(directory)/\(name).d/\(file)"
            }
        }
        files += dropIns.keys.sorted().compactMap { dropIns[$0] }
        var settings: [String: String] = [:]
        for file in files {
            switch lines(file) {
            case .none: break
            case .hidden(let reason): diagnosis.missed(reason)
            case .lines(let lines): Self.read(lines, section, into: &settings)
            }
        }
        return settings
    }

    private static func read(_ lines: [String], _ section: String, into settings: inout [String: String]) {
        var isInside = false
        for line in lines {
            let line = line.trimmed
            if line.hasPrefix("[") {
                isInside = line == "[\(section)]"
            } else if isInside, !line.hasPrefix("#"), !line.hasPrefix(";"), let equals = line.firstIndex(of: "=") {
                let value = String(line[line.index(after: equals)...]).trimmed
                settings[String(line[..<equals]).trimmed] = value
            }
        }
    }
}

extension String {
    /// The text without spaces and tabs around it.
    var trimmed: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
