import Glibc
import SystemPackage

/// The sockets of processes, by inode, as `/proc` shows them.
public struct ProcessSockets: Sendable {
    /// The inodes of all sockets that the processes hold.
    public private(set) var inodes: Set<UInt32> = []
    /// How many of the processes did not let themselves be looked into.
    public private(set) var hiddenProcesses = 0

    /// How far a process is followed back.
    private static let mostAncestors = 64
    /// How many descriptors of one process are looked at.
    private static let mostDescriptors = 4096

    /// Looks for processes by their names (`/proc/PID/comm`).
    public init(ofProcessesNamed isWanted: (String) -> Bool) {
        for process in Self.entries(of: "/proc", limit: .max) {
            guard process.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let name = Self.name(ofProcess: process), isWanted(name)
            else { continue }
            addSockets(ofProcess: process)
        }
    }

    /// Looks for them among the processes that this one was started by.
    public init(ofAncestorsNamed isWanted: (String) -> Bool) {
        var process = "self"
        for _ in 0..<Self.mostAncestors {
            guard let parent = Self.parent(ofProcess: process), parent != "0" else { return }
            if let name = Self.name(ofProcess: parent), isWanted(name) { addSockets(ofProcess: parent) }
            process = parent
        }
    }

    private mutating func addSockets(ofProcess process: String) {
        let directory = "/proc/\(process)/fd"
        guard access(directory, R_OK) == 0 else {
            hiddenProcesses += 1
            return
        }
        for descriptor in Self.entries(of: directory, limit: Self.mostDescriptors) {
            guard let target = Self.target(ofLink: "\(directory)/\(descriptor)"), target.hasPrefix("socket:["),
                let inode = UInt32(target.dropFirst("socket:[".count).dropLast())
            else { continue }
            inodes.insert(inode)
        }
    }

    private static func name(ofProcess process: String) -> String? {
        content(of: "/proc/\(process)/comm").map { String($0.prefix { $0 != "\n" }) }
    }

    private static func entries(of directory: String, limit: Int) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while names.count < limit, let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    private static func target(ofLink path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: 64)
        let count = readlink(path, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }

    /// The process that started another one (`PPid`, the second word behind the name in `/proc/PID/stat`).
    private static func parent(ofProcess process: String) -> String? {
        // The name stands in parentheses and may have any character.
        guard let text = content(of: "/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        let words = text[text.index(after: end)...].split(separator: " ")
        return words.count > 1 ? String(words[1]) : nil
    }

    private static func content(of path: String) -> String? {
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            defer { try? file.close() }
            var bytes = [UInt8](repeating: 0, count: 1024)
            let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
            return String(decoding: bytes[..<count], as: UTF8.self)
        } catch {
            // It has ended meanwhile.
            return nil
        }
    }
}
