import CLinux
import Glibc
import SystemPackage

/// The signals that ask the program to end, as something to wait for: whatever is under way is finished first.
struct TerminationSignals: ~Copyable {
    /// Readable when one has come.
    let descriptor: Int32

    /// From now on the signals do nothing by themselves.
    init() throws(WatchdogError) {
        descriptor = linux_termination_descriptor()
        guard descriptor >= 0 else { throw .system(operation: "make a signalfd", errno: Errno(rawValue: errno)) }
    }

    deinit {
        close(descriptor)
    }

    /// Whether one has come.
    var haveCome: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) > 0
    }
}
