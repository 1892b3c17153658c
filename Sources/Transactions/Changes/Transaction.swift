import Glibc
import KernelObjects
import KernelState
import Reconciliation

/// Brings the kernel from what it has to what is desired, or leaves it as it was.
///
/// The order: finish what was interrupted, read, compare, show, write the whole generation to the disk, change, read again and compare,
/// publish the generation. If something fails after the first change, all is undone by comparing before, planned and now.
struct Transaction<System: Kernel & ~Copyable>: ~Copyable {
    var kernel: System
    let store: StateStore
    /// Version of the program, for the record.
    let program: String
    /// Starts a process that watches over the change with a number, and waits until it is ready.
    let arm: ((Int) throws(WatchdogError) -> Void)?
    /// Routes that had to give way and could not be brought back.
    private(set) var forgotten: [ForgottenRoute] = []

    init(
        kernel: consuming System,
        store: StateStore,
        program: String,
        arm: ((Int) throws(WatchdogError) -> Void)? = nil
    ) {
        self.kernel = kernel
        self.store = store
        self.program = program
        self.arm = arm
    }

    /// Brings about what is requested, under the lock.
    /// - Parameters:
    ///   - recovered: Is told what became of a change that was interrupted.
    ///   - request: Is asked under the lock what is to be brought about.
    ///   - approve: Is shown what would be done, and says whether to do it. It may take its time: what is done then is what was shown, or
    ///     nothing.
    mutating func change(
        lockTimeout: Duration,
        recovered: (Recovery) -> Void = { _ in },
        to request: (StateStore) throws(StoreError) -> ChangeRequest,
        approve: (Preview) -> Bool
    ) throws(TransactionError) -> Outcome {
        try storing { () throws(StoreError) in try store.prepare() }
        let lock = try storing { () throws(StoreError) in try store.lock(timeout: lockTimeout) }
        try recover(recovered)
        let request = try storing { () throws(StoreError) in try request(store) }
        let displaced = try storing { () throws(StoreError) in try self.displaced().without(request.leftOut) }
        guard let plan = try plan(request, displaced: displaced, approve: approve) else {
            return .declined
        }
        forgotten = plan.difference.forgotten.compactMap { ForgottenRoute($0, among: plan.observed.links) }
        guard !plan.changes.isEmpty else {
            noteVerified(plan.observed.generation, request)
            return .unchanged
        }
        let outcome = try carryOut(plan, request, displaced: displaced)
        _ = consume lock
        return outcome
    }

    /// Reads and compares, and shows what would be done; nil if that is not wanted.
    private mutating func plan(
        _ request: ChangeRequest,
        displaced: Displaced,
        approve: (Preview) -> Bool
    ) throws(TransactionError) -> Preview? {
        let plan = try look(request, displaced: displaced, knowing: known(request))
        try request.check(plan)
        guard plan.difference.conflicts.isEmpty else { throw .conflicts(plan.difference.conflicts) }
        guard !plan.changes.isEmpty else { return plan }
        let clock = ContinuousClock()
        let start = clock.now
        guard approve(plan) else { return nil }
        guard clock.now - start > .milliseconds(100) else { return plan }
        // A person was asked: meanwhile anything may have happened. That nothing happened to nf_tables its generation tells.
        let known = KnownFirewall(generation: plan.observed.generation, plan.observed.firewall)
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
        let directory = try storing { () throws(StoreError) in try prepare(plan, request, displaced: displaced) }
        // A person who loses patience in the middle of it gets the whole change, then the end of the program.
        let signals = HeldSignals()
        defer { signals.release() }
        let journal = try storing { () throws(StoreError) in try begin(directory, request.confirmation) }
        if request.confirmation != nil { try watch(directory) }
        var progress = Progress()
        do throws(FailureCause) {
            try make(plan, request, displaced: displaced, journal: journal, progress: &progress)
            let generation = try verify(
                plan,
                request,
                displaced: displaced.without(progress.forgotten),
                committed: progress.committedGeneration
            )
            forgotten += progress.forgotten
            try noting { () throws(StoreError) in
                try journal.append(.verified)
                if let terms = request.confirmation {
                    try wait(terms.window, journal)
                } else {
                    try directory.conclude(request.action)
                }
            }
            if request.confirmation != nil {
                noteVerified(generation, request)
                return .awaitingConfirmation(plan.changes, try waiting(directory))
            }
            // The change is made and kept; that old ones cannot be put away does not unmake it.
            try? store.setAsideChangesUnderWay()
            try? store.removeOldGenerations()
            noteVerified(generation, request)
            return .changed(plan.changes, generation: directory.number)
        } catch {
            guard progress.hasChanged else {
                try? directory.discard()
                throw error.asErrorWithoutChange
            }
            throw undo(plan, request, displaced: displaced, cause: error, progress, directory)
        }
    }

    /// Begins the journal; after it the kernel may be touched.
    private func begin(_ directory: ChangeDirectory, _ terms: ConfirmationTerms?) throws(StoreError) -> Journal {
        do throws(StoreError) {
            if let terms {
                // What could not be decided about would be rolled back whatever anybody says.
                try Decision.rehearse(in: directory.path)
                try directory.write(terms.probes)
            }
            let journal = try Journal(directory.journalPath)
            try journal.append(.begun(owner: .current, window: terms?.window))
            return journal
        } catch {
            try? directory.discard()
            throw error
        }
    }

    /// Writes down what is about to be done, and all that is needed to take it back.
    private func prepare(
        _ plan: Preview,
        _ request: ChangeRequest,
        displaced: Displaced
    ) throws(StoreError) -> ChangeDirectory {
        let directory = try ChangeDirectory.next(in: store)
        let record = Generation(
            number: directory.number,
            predecessor: try store.generationNumbers().last ?? Generation.cleanState,
            action: request.action,
            restored: request.restored,
            time: Int64(time(nil)),
            program: program,
            origin: kernel.instance,
            counts: .init(plan.changes.summary),
            text: request.text
        )
        let after = Snapshot(
            origin: kernel.instance,
            generation: plan.observed.generation,
            firewall: plan.desired.firewall,
            firewallDigest: request.firewallDigest,
            routes: plan.desired.routes,
            routingRules: plan.desired.routingRules,
            sysctls: plan.desired.sysctls,
            displaced: displaced.applying(plan.changes, desired: plan.desired, observed: plan.observed.sysctls)
        )
        do throws(StoreError) {
            let before = plan.snapshotBefore(origin: kernel.instance, displaced: displaced)
            try directory.write(record, before: before, after: after, text: request.text)
        } catch {
            try? directory.discard()
            throw error
        }
        return directory
    }

    /// Notes what nf_tables was found to have; if it cannot be noted, that only costs time.
    func noteVerified(_ generation: UInt32, _ request: ChangeRequest) {
        let note = VerifiedFirewall(origin: kernel.instance, generation: generation, request.fingerprint)
        if note != VerifiedFirewall(in: store) { try? note.write(to: store) }
        let text = TextInEffect(request, origin: kernel.instance, generation: generation, program: program)
        try? text?.write(of: request.text.sources, to: store)
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
        // What others have in places that the change may touch tells later what it has done there.
        let touched = changes.routes.map(\.key) + displaced.routes.map(\.key)
        let keys = Set(touched + observed.routesLost(by: changes.sysctls).map(\.key))
        var snapshot = Snapshot(
            origin: origin,
            generation: observed.generation,
            firewall: observed.firewall,
            firewallDigest: observed.firewall?.digest,
            routes: observed.routes.filter { $0.routeProtocol == weirProtocol || keys.contains($0.key) },
            routingRules: observed.routingRules.filter { $0.ruleProtocol == weirProtocol },
            sysctls: observed.sysctls,
            displaced: displaced
        )
        snapshot.addresses = observed.addressesLost(by: changes.sysctls)
        return snapshot
    }
}
