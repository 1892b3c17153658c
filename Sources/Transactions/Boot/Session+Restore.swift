import Glibc
public import KernelObjects
public import KernelState
import Reconciliation

extension Session {
    /// Brings back the newest confirmed generation that can be brought back: after a boot, or after another program changed it.
    /// - Parameters:
    ///   - scope: Which part of it.
    ///   - emergency: What is loaded where the kernel has no table of Weir's and none can be brought back; nil if the host is then
    ///     left as it is.
    ///   - lockTimeout: How long to wait for another process that is changing things.
    public mutating func restore(
        _ scope: RestoreScope = .all,
        orLoad emergency: DesiredState? = nil,
        lockTimeout: Duration = .zero
    ) throws(TransactionError) -> Restored {
        try transaction.restore(
            RestoreRequest(scope: scope, emergency: emergency),
            lockTimeout: lockTimeout,
            recovered: recovered
        )
    }

    /// Begins to listen to what changes in the kernel.
    public func monitor() throws(KernelStateError) -> KernelMonitor {
        try transaction.kernel.monitor()
    }

    /// Goes on until nothing waits any more: whenever interfaces or addresses come, it tries again. The lock is held only meanwhile.
    /// - Parameters:
    ///   - restored: What was brought back last.
    ///   - monitor: Has listened since before that.
    ///   - report: Is told whenever something more was made.
    /// - Returns: What was brought back in the end.
    public mutating func restoreDeferred(
        of restored: Restored,
        as monitor: inout KernelMonitor,
        report: (Restored) -> Void
    ) throws(TransactionError) -> Restored {
        var restored = restored
        // Nothing is announced when a change is confirmed or rolled back, nor when a setting appears.
        var isRetry = false
        while !restored.deferred.isEmpty {
            let settings = restored.deferredSettings
            let pause = isRetry || !settings.isEmpty ? Self.retryMilliseconds : -1
            let news = try asking { () throws(KernelStateError) in try monitor.wait(milliseconds: pause) }
            if news.isEmpty, !isRetry {
                // Whoever holds the lock only to look keeps others from working.
                let isThere = try asking { () throws(KernelStateError) in
                    try transaction.kernel.hasAny(ofSysctls: settings)
                }
                guard isThere else { continue }
            }
            // Interfaces and addresses seldom come alone. Routes of others may come all the time, and are seldom what is waited for.
            let isLikely = !news.parts.isDisjoint(with: [.links, .addresses])
            usleep(isLikely ? Self.gatheringMicroseconds : Self.restMicroseconds)
            _ = try asking { () throws(KernelStateError) in try monitor.takeNews() }
            do throws(TransactionError) {
                let next = try restore(.routing, lockTimeout: .seconds(5))
                isRetry = false
                if !next.made.isEmpty || next.generation?.number != restored.generation?.number { report(next) }
                restored = next
            } catch {
                guard error.passes else { throw error }
                isRetry = true
            }
        }
        return restored
    }

    private static let retryMilliseconds: Int32 = 2000
    private static let gatheringMicroseconds: UInt32 = 50_000
    private static let restMicroseconds: UInt32 = 1_000_000
}

extension Restored {
    fileprivate var deferredSettings: [String] {
        deferred.compactMap { if case .sysctl(let setting) = $0.subject { setting.name } else { nil } }
    }
}

extension TransactionError {
    /// Whether trying again some time later is of use.
    fileprivate var passes: Bool {
        switch self {
        case .store(.locked), .awaitingConfirmation: true
        default: isTransient
        }
    }
}
