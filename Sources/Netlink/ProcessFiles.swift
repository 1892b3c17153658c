import Glibc
public import SystemPackage

/// What `/proc/PID` says of a process besides its state; it may end at any time.
public struct ProcessFiles: Hashable, Sendable {
    /// Its number.
    public let process: Int32

    /// Names a process.
    public init(of process: Int32) {
        self.process = process
    }

    /// The numbers of all processes that can be seen.
    public static func all() throws(Errno) -> [ProcessFiles] {
        try directoryNames("/proc").compactMap { Int32($0).map(ProcessFiles.init) }
    }

    private func path(_ name: String) -> String {
        "/proc/\(process)/\(name)"
    }

    /// Its name (`comm`); nil if it has ended.
    public var name: String? {
        content("comm").map { String(decoding: $0.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self) }
    }

    /// What it shows as its command line, words separated by blanks: servers write there what they are at (setproctitle(3)).
    public var title: String {
        let bytes = (content("cmdline") ?? []).map { $0 == 0 ? UInt8(ascii: " ") : $0 }
        let text = String(decoding: bytes, as: UTF8.self)
        return String(text.reversed().drop { $0 == " " }.reversed())
    }

    /// The effective user (`Uid:` in `status`); nil if it has ended.
    public var user: UInt32? {
        guard let bytes = content("status") else { return nil }
        for line in bytes.split(separator: UInt8(ascii: "\n")) where line.starts(with: "Uid:".utf8) {
            let words = String(decoding: line, as: UTF8.self).split(whereSeparator: { $0 == "\t" || $0 == " " })
            return words.count > 2 ? UInt32(words[2]) : nil
        }
        return nil
    }

    /// How many descriptors are looked at.
    private static let mostDescriptors = 4096

    /// The inodes of the sockets that it holds; nil if it does not let itself be looked into, none if it has ended.
    public var sockets: Set<UInt32>? {
        let descriptors: [String]
        do throws(Errno) {
            descriptors = try directoryNames(FilePath(path("fd")), limit: Self.mostDescriptors)
        } catch {
            return error == .noSuchFileOrDirectory || error == .noSuchProcess ? [] : nil
        }
        var inodes: Set<UInt32> = []
        for descriptor in descriptors {
            guard let target = target(path("fd/\(descriptor)")), target.hasPrefix("socket:["),
                let inode = UInt32(target.dropFirst("socket:[".count).dropLast())
            else { continue }
            inodes.insert(inode)
        }
        return inodes
    }

    private func target(_ link: String) -> String? {
        var bytes = [CChar](repeating: 0, count: 64)
        let count = readlink(link, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }

    /// The beginning of a file; nil if the process has ended meanwhile. A host may have many
    /// processes, so this costs system calls and nothing else.
    private func content(_ name: String) -> [UInt8]? {
        let descriptor = open(path(name), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        return count < 0 ? nil : Array(bytes[..<count])
    }
}
