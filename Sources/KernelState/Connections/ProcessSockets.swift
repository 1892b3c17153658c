import Glibc
import Netlink
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
    public init(ofProcessesNamed isWanted: (String) -> Bool) throws(KernelStateError) {
        let processes: [String]
        do throws(Errno) {
            processes = try directoryNames("/proc")
        } catch {
            throw KernelStateError(.readSockets, .system, errno: error, message: "/proc")
        }
        for process in processes {
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
            // It may have ended meanwhile; the first process has no parent.
            guard let parent = ProcessStatus(of: process)?.parent, parent != 0 else { return }
            process = "\(parent)"
            if let name = Self.name(ofProcess: process), isWanted(name) { addSockets(ofProcess: process) }
        }
    }

    private mutating func addSockets(ofProcess process: String) {
        let directory = FilePath("/proc").appending(process).appending("fd")
        let descriptors: [String]
        do throws(Errno) {
            descriptors = try directoryNames(directory, limit: Self.mostDescriptors)
        } catch {
            // One that has ended has no sockets.
            if error != .noSuchFileOrDirectory, error != .noSuchProcess { hiddenProcesses += 1 }
            return
        }
        for descriptor in descriptors {
            guard let target = Self.target(ofLink: directory.appending(descriptor).string),
                target.hasPrefix("socket:["), let inode = UInt32(target.dropFirst("socket:[".count).dropLast())
            else { continue }
            inodes.insert(inode)
        }
    }

    private static func name(ofProcess process: String) -> String? {
        content(of: "/proc/\(process)/comm").map { String($0.prefix { $0 != "\n" }) }
    }

    private static func target(ofLink path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: 64)
        let count = readlink(path, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
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
