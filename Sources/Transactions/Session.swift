public import KernelObjects
public import KernelState
public import Reconciliation
import SystemPackage

/// Changes of the kernel of one network namespace, and the directory that remembers them.
public struct Session: ~Copyable {
    /// Where changes are remembered.
    public let store: StateStore

    var transaction: Transaction<SystemKernel>
    let recovered: (Recovery) -> Void

    /// Routes that had to give way and could not be brought back by the last change.
    public var forgottenRoutes: [ForgottenRoute] { transaction.forgotten }

    /// Begins a session.
    /// - Parameters:
    ///   - connection: The way to the kernel.
    ///   - store: Where changes are remembered.
    ///   - program: Version of the program, for the record.
    ///   - startsWatchdogs: Whether changes may be made that are rolled back unless they are confirmed: this program is then started as
    ///     `weir watchdog`.
    ///   - recovered: Is told what became of a change that had been interrupted, whenever one was found.
    public init(
        _ connection: consuming KernelConnection,
        store: StateStore,
        program: String,
        startsWatchdogs: Bool = true,
        recovered: @escaping (Recovery) -> Void = { _ in }
    ) throws(KernelStateError) {
        self.store = store
        self.recovered = recovered
        let kernel = try SystemKernel(connection)
        let arm = startsWatchdogs ? Self.arming(store, kernel) : nil
        transaction = Transaction(kernel: kernel, store: store, program: program, arm: arm)
    }

    /// Finds out what would be done, and has the kernel check it. Nothing is changed, in the kernel or on the disk.
    public mutating func preview(
        _ desired: DesiredState,
        adoption: RouteAdoption = .none
    ) throws(TransactionError) -> Preview {
        try transaction.preview(desired, adoption: adoption)
    }

    /// Whether a rule file is in effect, found out without understanding it; `false` means that it is not known.
    /// - Parameters:
    ///   - path: The rule file, as it was named when it was applied.
    ///   - isForChange: Whether something would be changed otherwise: nobody else may be about to change something then.
    ///   - read: Reads a file that it consists of; nil if it cannot be read.
    public mutating func isInEffect(_ path: String, isForChange: Bool, read: (String) -> [UInt8]?) -> Bool {
        transaction.isInEffect(path, isForChange: isForChange, read: read)
    }

    /// Finds out how the kernel differs from what it was last given; nil if it was given nothing.
    public mutating func previewOfCurrent() throws(TransactionError) -> (generation: Generation, preview: Preview)? {
        let current = try storing { () throws(StoreError) in try store.current() }
        guard let current else { return nil }
        let snapshot = try storing { () throws(StoreError) in try store.snapshotAfter(current.number) }
        return (current, try transaction.preview(snapshot.desired, adoption: .none))
    }

    /// A watchdog of a change in this network namespace that the state directory knows nothing of.
    public func strayWatchdog() throws(StoreError) -> StrayWatchdog? {
        try transaction.kernel.strayWatchdog(of: store, isExpected: false)
    }

    /// Finishes a change that was interrupted, if there is one, in the only right direction: what had been made and verified is kept, anything
    /// else is rolled back. Every command that changes something does the same first.
    /// - Throws: `unrecovered` where something is left that could not be rolled back.
    public mutating func recover(lockTimeout: Duration = .zero) throws(TransactionError) {
        try recover(lockTimeout: lockTimeout, recovered)
    }

    mutating func recover(lockTimeout: Duration, _ report: (Recovery) -> Void) throws(TransactionError) {
        try storing { () throws(StoreError) in try store.prepare() }
        let lock = try storing { () throws(StoreError) in try store.lock(timeout: lockTimeout) }
        try transaction.recover(report)
        _ = consume lock
    }

    /// Puts away every file of the state directory that is damaged, and unfinished changes of other network namespaces of this boot that
    /// nobody watches over, so that the rest can be used again: nothing of it is believed, and it stays for people to look at.
    /// - Returns: Where the files and directories went.
    public func setAsideDamage(lockTimeout: Duration = .zero) throws(StoreError) -> [String] {
        try store.setAsideDamage(lockTimeout: lockTimeout, from: transaction.kernel.instance)
    }

    /// Brings about what is desired, or changes nothing.
    /// - Parameters:
    ///   - desired: What is desired.
    ///   - text: What it was made from, for the record.
    ///   - adoption: Which routes of others give way.
    ///   - confirmation: What has to happen afterwards so that it stays; nil if it stays anyway.
    ///   - lockTimeout: How long to wait for another process that is changing things.
    ///   - approve: Is shown what would be done, under the lock, and says whether to do it. It may ask a person: if anything has changed
    ///     meanwhile nothing is done and the error is `stale`.
    public mutating func apply(
        _ desired: DesiredState,
        text: RulesetText = RulesetText(),
        adoption: RouteAdoption = .none,
        confirmation: ConfirmationTerms? = nil,
        lockTimeout: Duration = .zero,
        approve: (Preview) -> Bool = { _ in true }
    ) throws(TransactionError) -> Outcome {
        try transaction.change(
            lockTimeout: lockTimeout,
            recovered: recovered,
            to: { _ throws(StoreError) in
                .init(desired, action: .apply, text: text, adoption: adoption, confirmation: confirmation)
            },
            approve: approve
        )
    }

    /// A plan that can be applied later, of what was shown.
    /// - Parameters:
    ///   - preview: What was shown, by this session.
    ///   - adoption: Which routes of others give way, as it was said then.
    ///   - text: What it was made from, for the record.
    public func plan(_ preview: Preview, adoption: RouteAdoption, text: RulesetText) -> PlanFile {
        PlanFile(
            preview,
            origin: transaction.kernel.instance,
            program: transaction.program,
            adoption: adoption,
            text: text
        )
    }

    /// Applies a plan that was made earlier, exactly as it was shown, or changes nothing.
    /// - Throws: `unfit` where the plan is not for this kernel, namespace or program, or where what it touches or relies on has changed.
    public mutating func apply(
        _ plan: PlanFile,
        confirmation: ConfirmationTerms? = nil,
        lockTimeout: Duration = .zero,
        approve: (Preview) -> Bool = { _ in true }
    ) throws(TransactionError) -> Outcome {
        try plan.check(isFor: transaction.kernel.instance, program: transaction.program)
        return try transaction.change(
            lockTimeout: lockTimeout,
            recovered: recovered,
            to: { _ throws(StoreError) in ChangeRequest(plan, confirmation: confirmation) },
            approve: approve
        )
    }

    /// Brings back an earlier generation from its snapshot; neither the rule file nor a parser is needed.
    /// - Parameters:
    ///   - number: The generation, or `Generation.cleanState` for what was before the first; without it the one before the present state.
    ///   - confirmation: What has to happen afterwards so that it stays; nil if it stays anyway.
    ///   - lockTimeout: How long to wait for another process that is changing things.
    ///   - approve: As for `apply`.
    public mutating func rollback(
        to number: Int? = nil,
        confirmation: ConfirmationTerms? = nil,
        lockTimeout: Duration = .zero,
        approve: (Preview) -> Bool = { _ in true }
    ) throws(TransactionError) -> Outcome {
        try transaction.change(
            lockTimeout: lockTimeout,
            recovered: recovered,
            to: { store throws(StoreError) in
                var request = try ChangeRequest(rollbackTo: number, in: store)
                request.confirmation = confirmation
                return request
            },
            approve: approve
        )
    }

    /// Takes away everything of Weir's and brings back what had to give way to it.
    public mutating func revert(
        confirmation: ConfirmationTerms? = nil,
        lockTimeout: Duration = .zero,
        approve: (Preview) -> Bool = { _ in true }
    ) throws(TransactionError) -> Outcome {
        try transaction.change(
            lockTimeout: lockTimeout,
            recovered: recovered,
            to: { _ throws(StoreError) in .init(DesiredState(), action: .revert, confirmation: confirmation) },
            approve: approve
        )
    }
}
