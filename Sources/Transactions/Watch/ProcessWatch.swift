import CLinux
import Glibc

/// A process whose end can be waited for by others than its parent.
struct ProcessWatch: ~Copyable {
    /// Readable when the process has ended.
    let descriptor: Int32

    /// Nil if the process has ended.
    init?(_ process: ProcessIdentity) {
        let descriptor = linux_process_descriptor(process.process)
        guard descriptor >= 0 else { return nil }
        // The number may have been given away before the descriptor was opened, not since.
        guard process.isAlive else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Ends the process in the way that nothing can keep it from.
    func kill() {
        _ = linux_signal_process(descriptor, SIGKILL)
    }
}
