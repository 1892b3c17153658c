import Glibc
import Netlink

/// A process of the running boot: its number and when it started, since numbers are used again.
public struct ProcessIdentity: Sendable, Hashable, Codable {
    /// The process's number.
    public var process: Int32
    /// When it started: clock ticks since the boot (field 22 of proc_pid_stat(5)).
    public var start: UInt64

    /// The process with a number; nil if there is none.
    public init?(process: Int32) {
        guard let status = ProcessStatus(of: "\(process)"), status.state != "Z" else { return nil }
        self.process = process
        start = status.start
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
