import CLinux
import Glibc
import SystemPackage

/// A timer on CLOCK_BOOTTIME with a descriptor to wait for. A moment that passes while the process is stopped or the machine sleeps is
/// noticed as soon as either goes on.
struct BootTimer: ~Copyable {
    /// Readable when the moment has come.
    let descriptor: Int32

    init() throws(WatchdogError) {
        descriptor = linux_boot_timer()
        guard descriptor >= 0 else { throw .system(operation: "make a timer", errno: Errno(rawValue: errno)) }
    }

    deinit {
        close(descriptor)
    }

    /// Waits for another moment; for none without one.
    func set(to instant: BootInstant?) throws(WatchdogError) {
        // The kernel takes no time after its own largest one; 0 would switch the timer off.
        let nanoseconds = instant.map { min(max($0.nanoseconds, 1), UInt64(Int64.max)) } ?? 0
        guard linux_set_boot_timer(descriptor, nanoseconds) == 0 else {
            throw .system(operation: "set the timer", errno: Errno(rawValue: errno))
        }
    }
}
