import Glibc
import SystemPackage

/// A process of the running boot: its number and when it started, since numbers are used again.
public struct ProcessIdentity: Sendable, Hashable, Codable {
    /// The process's number.
    public var process: Int32
    /// When it started: clock ticks since the boot (field 22 of proc_pid_stat(5)).
    public var start: UInt64

    /// The process with a number; nothing where there is none.
    public init?(process: Int32) {
        let path = FilePath("/proc/\(process)/stat")
        guard let descriptor = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return nil }
        let bytes = try? descriptor.closeAfter {
            try [UInt8](unsafeUninitializedCapacity: 1024) { buffer, count in
                count = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
        // The name in parentheses may have spaces and parentheses.
        guard let bytes, let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 19, fields[0] != [UInt8(ascii: "Z")],
            let start = UInt64(String(decoding: fields[19], as: UTF8.self))
        else { return nil }
        self.process = process
        self.start = start
    }

    private init() {
        process = getpid()
        start = 0
    }

    /// This process.
    public static let current = ProcessIdentity(process: getpid()) ?? ProcessIdentity()

    /// Whether the process runs.
    public var isAlive: Bool {
        ProcessIdentity(process: process) == self
    }
}
