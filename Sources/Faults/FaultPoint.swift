#if WEIR_FAULTS
    import Glibc
#endif

/// Places where a test may let the program fail, in debug builds only; in others nothing of it is left.
///
/// `WEIR_FAULT=kill@7` kills the process with SIGKILL at the seventh point that it passes, `WEIR_FAULT=EIO@2` makes the second durable write
/// fail with that error. `WEIR_FAULT_TRACE` names each point that is passed on standard error, `WEIR_FAULT_SINGLE` sends each rtnetlink
/// message alone, so that there are points between them, `WEIR_FAULT_RECEIVE` is the size of the sockets' receive queues,
/// `WEIR_FAULT_KERNEL` is the release that the kernel is taken to have,
/// `WEIR_FAULT_SETS=atomic` or `interleaved` says how the kernel commits changes of a set's members, whatever it really does.
public enum FaultPoint {
    /// Is where the process may be killed.
    @inlinable
    @inline(__always)
    public static func pass(_ name: @autoclosure () -> String) {
        #if WEIR_FAULTS
            Faults.shared.pass(name())
        #endif
    }

    /// The error that a durable write is to fail with; 0 for none.
    @inlinable
    @inline(__always)
    public static func writeError() -> Int32 {
        #if WEIR_FAULTS
            Faults.shared.writeError()
        #else
            0
        #endif
    }

    /// Whether each rtnetlink message is sent alone.
    @inlinable
    @inline(__always)
    public static var sendsSingly: Bool {
        #if WEIR_FAULTS
            Faults.shared.sendsSingly
        #else
            false
        #endif
    }

    /// The size of the receive queues; nothing for the usual one.
    @inlinable
    @inline(__always)
    public static var receiveLimit: Int32? {
        #if WEIR_FAULTS
            Faults.shared.receiveLimit
        #else
            nil
        #endif
    }

    /// Whether the kernel is taken for one that commits changes of a set's members at once; nil if it is asked.
    @inlinable
    @inline(__always)
    public static var commitsSetsAtOnce: Bool? {
        #if WEIR_FAULTS
            Faults.shared.commitsSetsAtOnce
        #else
            nil
        #endif
    }

    /// The release that the kernel is taken to have; nil if it is asked.
    @inlinable
    @inline(__always)
    public static var kernelRelease: String? {
        #if WEIR_FAULTS
            Faults.shared.kernelRelease
        #else
            nil
        #endif
    }
}

#if WEIR_FAULTS
    /// What the environment asks for. One thread makes changes, so nothing is locked.
    @usableFromInline
    final class Faults: @unchecked Sendable {
        @usableFromInline static let shared = Faults()

        private let kind: Substring
        private let place: Int
        private let isTraced: Bool
        @usableFromInline let sendsSingly: Bool
        @usableFromInline let receiveLimit: Int32?
        @usableFromInline let commitsSetsAtOnce: Bool?
        @usableFromInline let kernelRelease: String?
        private var points = 0
        private var writes = 0

        private init() {
            let parts = Self.variable("WEIR_FAULT")?.split(separator: "@") ?? []
            kind = parts.first ?? ""
            place = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
            isTraced = Self.variable("WEIR_FAULT_TRACE") != nil
            sendsSingly = Self.variable("WEIR_FAULT_SINGLE") != nil
            commitsSetsAtOnce = Self.variable("WEIR_FAULT_SETS").map { $0 == "atomic" }
            kernelRelease = Self.variable("WEIR_FAULT_KERNEL")
            receiveLimit = Self.variable("WEIR_FAULT_RECEIVE").flatMap { Int32($0) }
        }

        private static func variable(_ name: String) -> String? {
            getenv(name).map { String(cString: $0) }
        }

        @usableFromInline
        func pass(_ name: @autoclosure () -> String) {
            points += 1
            if isTraced { trace("point \(points): \(name())\n") }
            if kind == "kill", points == place { kill(getpid(), SIGKILL) }
        }

        @usableFromInline
        func writeError() -> Int32 {
            writes += 1
            if isTraced { trace("write \(writes)\n") }
            guard writes == place else { return 0 }
            return switch kind {
            case "EIO": EIO
            case "ENOSPC": ENOSPC
            default: 0
            }
        }

        private func trace(_ line: String) {
            var line = "weir fault " + line
            line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
        }
    }
#endif
