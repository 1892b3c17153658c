import CLinux
import Glibc
import SystemPackage

/// A process, told from a later one that got its number.
struct ProcessIdentity: Hashable, Sendable {
    /// The kernel's number of it.
    let number: Int32
    /// When it was started, in the kernel's clock ticks since the machine was.
    let startTime: UInt64

    init(number: Int32, startTime: UInt64) {
        self.number = number
        self.startTime = startTime
    }

    /// The process that there is of this number.
    init?(number: Int32) {
        // proc_pid_stat(5): the name, in parentheses, may hold anything; the start time is the 20th field behind it.
        guard let bytes = try? Files.readStream(FilePath("/proc/\(number)/stat"), limit: 4096),
            let end = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = bytes[end...].dropFirst(2).split(separator: UInt8(ascii: " "))
        guard fields.count > 19, let startTime = UInt64(String(decoding: fields[19], as: UTF8.self)) else { return nil }
        self.init(number: number, startTime: startTime)
    }

    /// This process.
    static var own: ProcessIdentity? { ProcessIdentity(number: getpid()) }
}

/// A process that may be waited for without being its parent.
struct ProcessWatch: ~Copyable {
    /// Readable when the process has ended.
    let descriptor: Int32

    /// Nothing where the process has ended.
    init?(_ process: ProcessIdentity) {
        let descriptor = linux_process_descriptor(process.number)
        guard descriptor >= 0 else { return nil }
        // The number may have been given away before the descriptor was opened, not since.
        guard ProcessIdentity(number: process.number) == process else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Ends the process as nothing can keep it from.
    func kill() {
        _ = linux_signal_process(descriptor, SIGKILL)
    }
}
