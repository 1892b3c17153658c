import CLinux
import Glibc
public import SystemPackage

/// How a process that is a watchdog stands in the system.
public struct WatchdogLife {
    private let isService: Bool

    /// Makes this process one that nothing but SIGKILL ends before its time: it heeds no signal, no limit of whoever started it holds, its
    /// memory is not paged out, and the kernel ends others first when memory is short. What is not permitted is left out.
    /// - Parameter isService: Whether systemd has started it.
    public init(isService: Bool) {
        self.isService = isService
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        linux_lift_limits()
        let score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)
        if score >= 0 {
            _ = write(score, "-1000", 5)
            close(score)
        }
        _ = linux_lock_memory()
    }

    /// Where the network namespace is that the watchdog works in.
    public var namespacePath: FilePath {
        isService ? "/proc/thread-self/ns/net" : FilePath("/proc/self/fd/\(WatchdogProcess.namespaceDescriptor)")
    }

    /// Tells whoever waits for it that the watchdog is ready.
    public func sayReady() {
        if isService { notify("READY=1") } else { answer(WatchdogProcess.ready) }
    }

    /// Tells whoever waits for it why the watchdog cannot do its work.
    public func sayFailure(_ reason: String) {
        if isService { notify("STATUS=\(reason)") } else { answer("\(reason)\n") }
    }

    private func answer(_ text: String) {
        var text = text
        text.withUTF8 { _ = write(WatchdogProcess.readyDescriptor, $0.baseAddress, $0.count) }
        close(WatchdogProcess.readyDescriptor)
    }

    /// Tells systemd something (sd_notify(3)).
    private func notify(_ text: String) {
        guard let variable = getenv("NOTIFY_SOCKET") else { return }
        var path = Array(String(cString: variable).utf8)
        // The name of an abstract socket begins with a NUL byte.
        if path.first == UInt8(ascii: "@") { path[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            guard path.count < bytes.count else { return false }
            bytes.copyBytes(from: path)
            return true
        }
        let socket = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard fits, socket >= 0 else { return }
        defer { close(socket) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        var text = text
        withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                text.withUTF8 {
                    _ = sendto(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL), address, length)
                }
            }
        }
    }
}
