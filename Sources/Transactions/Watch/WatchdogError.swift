public import SystemPackage

/// Why nobody would watch over a change that is to be undone unless it is confirmed.
public enum WatchdogError: Error, Hashable, Sendable {
    /// The operating system refused something.
    case system(operation: String, errno: Errno)
    /// The watchdog was started and did not become ready; what it said.
    case notReady(reason: String)
}

extension WatchdogError: CustomStringConvertible {
    /// One line without a full stop.
    public var description: String {
        switch self {
        case .system(let operation, let errno): "cannot \(operation): \(errno)"
        case .notReady(let reason): "the watchdog did not become ready: \(reason)"
        }
    }
}
