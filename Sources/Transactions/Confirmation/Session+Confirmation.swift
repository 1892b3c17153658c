import KernelObjects
import Reconciliation

extension Session {
    /// Starts a watchdog in the network namespace of a kernel: it gets the descriptor, so that the name of the namespace may be taken away.
    static func arming(
        _ store: StateStore,
        _ kernel: borrowing SystemKernel
    ) -> (Int) throws(WatchdogError) -> Void {
        let namespace = kernel.namespaceDescriptor
        let isFirstNamespace = kernel.isInFirstNamespace
        return { (number) throws(WatchdogError) in
            let process = WatchdogProcess(store: store.directory, number: number)
            try process.start(inNamespace: namespace, isFirstNamespace: isFirstNamespace)
        }
    }

    /// Which kernel and network namespace this is about.
    var origin: KernelInstance { transaction.kernel.instance }

    /// Confirms the change that waits to be confirmed.
    /// - Parameter number: Which one is meant; without it the one that waits, or else the last one that there was.
    /// - Returns: What became of it, now or earlier; nil if there is no such change.
    public mutating func confirm(
        _ number: Int?,
        lockTimeout: Duration = .zero
    ) throws(TransactionError) -> Settlement? {
        try settle(number, .confirm, lockTimeout)
    }

    /// Takes the change back that waits to be confirmed.
    /// - Parameter number: Which one is meant; without it the one that waits, or else the last one that there was.
    /// - Returns: What became of it, now or earlier; nil if there is no such change.
    public mutating func cancel(
        _ number: Int?,
        lockTimeout: Duration = .zero
    ) throws(TransactionError) -> Settlement? {
        try settle(number, .rollback(reason: Decision.cancellation), lockTimeout)
    }

    private mutating func settle(
        _ number: Int?,
        _ wish: Decision,
        _ lockTimeout: Duration
    ) throws(TransactionError) -> Settlement? {
        try storing { () throws(StoreError) in try store.prepare() }
        let lock = try storing { () throws(StoreError) in try store.lock(timeout: lockTimeout) }
        let settlement = try transaction.settle(number, wish, recovered)
        _ = consume lock
        return settlement
    }

    /// Lets the change that waits to be confirmed do so until some time from now, if it would not wait so long anyway.
    /// - Parameters:
    ///   - number: Which one is meant.
    ///   - window: How long, in nanoseconds of CLOCK_BOOTTIME.
    ///   - lockTimeout: How long to wait for another process that is changing things.
    /// - Returns: The change as it waits now; nil if it does not wait, or not any more.
    public mutating func extend(
        _ number: Int,
        to window: UInt64,
        lockTimeout: Duration = .zero
    ) throws(TransactionError) -> AwaitedConfirmation? {
        try storing { () throws(StoreError) in try store.prepare() }
        let lock = try storing { () throws(StoreError) in try store.lock(timeout: lockTimeout) }
        let awaited = try transaction.extend(number, to: window)
        _ = consume lock
        return awaited
    }

    /// Finds out how the kernel differs from what a change that waits to be confirmed has made of it.
    public mutating func preview(of awaited: AwaitedConfirmation) throws(TransactionError) -> Preview {
        let snapshot = try storing { () throws(StoreError) in
            try ChangeDirectory(awaited.number, in: store).generation()?.snapshot(.after)
        }
        guard let snapshot else { throw .stale }
        return try transaction.preview(snapshot.desired, adoption: .none)
    }
}
