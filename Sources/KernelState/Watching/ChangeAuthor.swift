import Glibc
import SystemPackage

/// The process that changed something, as far as the kernel tells.
public struct ChangeAuthor: Sendable, Hashable {
    /// Its number.
    public var process: Int32
    /// Its name, at most 15 bytes of its own choice; nothing where it had ended before anybody could look.
    public var name: String?

    /// Names a process.
    public init(process: Int32, name: String?) {
        self.process = process
        self.name = name
    }

    /// This process.
    public static let own = ChangeAuthor(process: getpid(), name: name(of: UInt32(getpid())))

    /// The largest process number that the kernel gives away (`PID_MAX_LIMIT`).
    private static let largestNumber: UInt32 = 1 << 22

    /// The process that a netlink socket belongs to. The kernel gives the first socket of a process that does not ask for an address
    /// the number of the process; further ones get numbers that no process has.
    init?(portID: UInt32) {
        guard (1...Self.largestNumber).contains(portID) else { return nil }
        self.init(process: Int32(portID), name: Self.name(of: portID))
    }

    /// The name that a process has now (`/proc/PID/comm`).
    private static func name(of process: UInt32) -> String? {
        let path = FilePath("/proc/\(process)/comm")
        guard let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return nil }
        defer { try? file.close() }
        let bytes = try? [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
            count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
        let name = String(decoding: bytes?.prefix { $0 != UInt8(ascii: "\n") } ?? [], as: UTF8.self)
        return name.isEmpty ? nil : name
    }
}
