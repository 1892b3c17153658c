import Glibc
import KernelObjects
import KernelState
import Reconciliation

/// Brings the kernel from what it has to what is desired, or leaves it as it was.
///
/// The order: read, compare, show, write what the kernel has to the disk, change, read again and compare, publish the generation. Whatever
/// fails behind the first change is undone by comparing before, planned and now.
struct Transaction<System: Kernel & ~Copyable>: ~Copyable {
    var kernel: System
    let store: StateStore
    /// Version of the program, for the record.
    let program: String

    init(kernel: consuming System, store: StateStore, program: String) {
        self.kernel = kernel
        self.store = store
        self.program = program
    }

    /// Brings about what is requested, under the lock.
    /// - Parameters:
    ///   - request: Is asked under the lock what is to be brought about.
    ///   - approve: Is shown what would be done, and says whether to do it. It may take its time: what is done then is what was shown, or
    ///     nothing.
    mutating func change(
        lockTimeout: Duration,
        to request: (StateStore) throws(StoreError) -> ChangeRequest,
        approve: (Preview) -> Bool
    ) throws(TransactionError) -> Outcome {
        try storing { () throws(StoreError) in try store.prepare() }
        let lock = try storing { () throws(StoreError) in try store.lock(timeout: lockTimeout) }
        let request = try storing { () throws(StoreError) in try request(store) }
        let displaced = try storing { () throws(StoreError) in try self.displaced() }
        guard let plan = try plan(request, displaced: displaced, approve: approve) else {
            return .declined
        }
        guard !plan.changes.isEmpty else {
            noteVerified(plan.observed.generation, request)
            return .unchanged
        }
        let outcome = try carryOut(plan, request, displaced: displaced)
        _ = consume lock
        return outcome
    }

    /// Reads and compares, and shows what would be done; nothing where that is not wanted.
    private mutating func plan(
        _ request: ChangeRequest,
        displaced: Displaced,
        approve: (Preview) -> Bool
    ) throws(TransactionError) -> Preview? {
        let plan = try look(request, displaced: displaced, knowing: known(request))
        guard plan.difference.conflicts.isEmpty else { throw .conflicts(plan.difference.conflicts) }
        guard !plan.changes.isEmpty else { return plan }
        let clock = ContinuousClock()
        let start = clock.now
        guard approve(plan) else { return nil }
        guard clock.now - start > .milliseconds(100) else { return plan }
        // A person was asked: meanwhile anything may have happened. That nothing happened to nf_tables its generation tells.
        let known = KnownFirewall(generation: plan.observed.generation, firewall: plan.observed.firewall)
        let again = try look(request, displaced: displaced, knowing: known)
        guard again.difference.conflicts.isEmpty, again.changes.isSame(as: plan.changes) else { throw .stale }
        return again
    }

    private mutating func carryOut(
        _ plan: Preview,
        _ request: ChangeRequest,
        displaced: Displaced
    ) throws(TransactionError) -> Outcome {
        if plan.changes.hasMoreThanFirewall {
            // Better to know before routes are changed that have to be changed back.
            let complaints = try complaints(about: plan)
            guard complaints.isEmpty else { throw .refused(complaints) }
        }
        let before = plan.snapshotBefore(origin: kernel.instance, displaced: displaced)
        let pending = try storing { () throws(StoreError) in try PendingChange(in: store, before: before) }
        var progress = Progress()
        do throws(FailureCause) {
            try make(plan, request, displaced: displaced, progress: &progress)
            let generation = try verify(request, displaced: displaced)
            try publish(pending, plan, request, displaced: displaced, generation: generation)
            noteVerified(generation, request)
            return .changed(plan.changes, generation: pending.number)
        } catch {
            guard progress.hasChanged else {
                try? pending.discard()
                throw error.asErrorWithoutChange
            }
            throw undo(plan, request, displaced: displaced, cause: error, progress, pending)
        }
    }

    private func publish(
        _ pending: PendingChange,
        _ plan: Preview,
        _ request: ChangeRequest,
        displaced: Displaced,
        generation: UInt32
    ) throws(FailureCause) {
        let record = Generation(
            number: pending.number,
            action: request.action,
            restored: request.restored,
            time: Int64(time(nil)),
            program: program,
            origin: kernel.instance,
            counts: .init(plan.changes.summary)
        )
        let after = Snapshot(
            origin: kernel.instance,
            generation: generation,
            firewall: plan.desired.firewall,
            firewallDigest: request.firewallDigest,
            routes: plan.desired.routes,
            routingRules: plan.desired.routingRules,
            sysctls: plan.desired.sysctls,
            displaced: displaced.applying(plan.changes, desired: plan.desired)
        )
        do throws(StoreError) {
            try pending.publish(record, after: after, text: request.text)
            // The change is made and kept; that old ones cannot be removed does not unmake it.
            try? store.removeOldGenerations()
        } catch {
            throw .store(error)
        }
    }

    /// Notes what nf_tables was found to have; that it cannot be noted costs time, no more.
    private func noteVerified(_ generation: UInt32, _ request: ChangeRequest) {
        let note = VerifiedFirewall(origin: kernel.instance, generation: generation, digest: request.firewallDigest)
        guard note != VerifiedFirewall(in: store) else { return }
        try? note.write(to: store)
    }
}

extension FailureCause {
    /// The error for a change that failed before anything was changed.
    fileprivate var asErrorWithoutChange: TransactionError {
        switch self {
        case .refused(let complaints): .refused(complaints)
        case .kernel(let failure): .kernel(failure)
        case .store(let error): .store(error)
        case .stale, .notAsDesired: .stale
        }
    }
}

extension ChangeSet {
    /// Whether something is changed that is not part of the nf_tables batch.
    fileprivate var hasMoreThanFirewall: Bool {
        !routes.isEmpty || !routingRules.isEmpty || !sysctls.isEmpty
    }
}

extension Preview {
    /// What the kernel has of what is Weir's or is about to be touched.
    fileprivate func snapshotBefore(origin: KernelInstance, displaced: Displaced) -> Snapshot {
        let adopted = changes.routes.lazy.filter(\.isAdoption).compactMap(\.observed)
        return Snapshot(
            origin: origin,
            generation: observed.generation,
            firewall: observed.firewall,
            firewallDigest: observed.firewall?.digest,
            routes: observed.routes.filter { $0.routeProtocol == weirProtocol } + adopted,
            routingRules: observed.routingRules.filter { $0.ruleProtocol == weirProtocol },
            sysctls: observed.sysctls,
            displaced: displaced
        )
    }
}
