import Glibc
import KernelObjects
import KernelState
import Reconciliation

/// What is to be brought back after a boot.
struct RestoreRequest {
    var scope: RestoreScope
    /// What is loaded where the kernel has no table of Weir's and none can be brought back; nil if the host is then left as it is.
    var emergency: DesiredState?
}

extension Transaction where System: ~Copyable {
    /// Brings back the newest confirmed generation that can be brought back, from its snapshot.
    ///
    /// Nothing is rolled back: the direction is always the same, so that a process that is killed leaves only something to go on with. No
    /// generation comes into being. Damage of the store is put up with and told of, as a host without its firewall is worse.
    mutating func restore(
        _ request: RestoreRequest,
        lockTimeout: Duration,
        recovered: (Recovery) -> Void = { _ in }
    ) throws(TransactionError) -> Restored {
        var result = Restored()
        var lock: StoreLock?
        var isTrusted = true
        var isBeingChanged = false
        if try storing({ () throws(StoreError) in try store.exists() }) {
            do throws(StoreError) {
                try store.prepare()
                lock = try store.lock(timeout: lockTimeout)
            } catch .locked(let process) {
                let error = StoreError.locked(process: process)
                guard request.emergency != nil else { throw .store(error) }
                // With --fail-closed the host is closed even if another process holds the lock.
                result.damage.append(error)
                isBeingChanged = true
            } catch .untrusted(let path, let reason) {
                // Whoever can write there could have any rules brought back.
                result.damage.append(.untrusted(path: path, reason: reason))
                isTrusted = false
            } catch {
                // Where a file system is full or read-only, nobody else can change anything either.
                result.damage.append(error)
            }
            if isTrusted, !isBeingChanged {
                do throws(TransactionError) {
                    try recover(recovered)
                } catch .store(let error) {
                    note(error, in: &result)
                } catch .elsewhere {
                    // It stays as it is. What was confirmed can be brought back beside it, and a host without its firewall is worse.
                }
            }
        }
        // Whoever asks the program to end waits for the milliseconds that this takes.
        let signals = HeldSignals()
        defer { signals.release() }
        for candidate in isTrusted && !isBeingChanged ? candidates(request.scope, &result) : [] {
            if try bringBackPatiently(candidate, request, &result) { break }
        }
        if result.generation == nil, request.scope.hasFirewall, let emergency = request.emergency {
            try close(emergency, &result)
        }
        _ = consume lock
        return result
    }

    /// One thing that is wrong with the store is often met more than once.
    private func note(_ error: StoreError, in result: inout Restored) {
        if !result.damage.contains(error) { result.damage.append(error) }
    }

    // MARK: Generations

    /// A generation that may be brought back.
    private struct Candidate {
        let number: Int
        let newest: Int
        /// What Weir is known to have taken the place of in this boot; nil if that cannot be read.
        let displaced: Displaced?
    }

    /// The generations in the order in which they are tried.
    private func candidates(_ scope: RestoreScope, _ result: inout Restored) -> [Candidate] {
        var numbers: [Int] = []
        do throws(StoreError) {
            numbers = try store.generationNumbers()
        } catch {
            note(error, in: &result)
        }
        guard let newest = numbers.last else { return [] }
        var record: BootRecord?
        do throws(StoreError) {
            record = try BootRecord(in: store).flatMap { $0.origin == kernel.instance ? $0 : nil }
        } catch {
            note(error, in: &result)
        }
        // The routes are those of the generation that the firewall is of.
        if !scope.hasFirewall, let record, record.newest == newest { numbers.removeAll { $0 > record.generation } }
        let displaced = (try? self.displaced()) ?? record?.displaced
        return numbers.reversed().map { Candidate(number: $0, newest: newest, displaced: displaced) }
    }

    /// While a host starts, interfaces and addresses come all the time: what cannot be read or made for that is tried again.
    private mutating func bringBackPatiently(
        _ candidate: Candidate,
        _ request: RestoreRequest,
        _ result: inout Restored
    ) throws(TransactionError) -> Bool {
        for _ in 0..<Self.mostAttempts {
            do throws(TransactionError) {
                return try bringBack(candidate, request, &result)
            } catch {
                guard error.isTransient else { throw error }
                usleep(Self.pauseMicroseconds)
            }
        }
        return try bringBack(candidate, request, &result)
    }

    private static var mostAttempts: Int { 40 }
    private static var pauseMicroseconds: UInt32 { 250_000 }

    /// - Returns: Whether the kernel has the firewall of the generation, if that was asked for.
    private mutating func bringBack(
        _ candidate: Candidate,
        _ wish: RestoreRequest,
        _ result: inout Restored
    ) throws(TransactionError) -> Bool {
        let scope = wish.scope
        let file: GenerationFile
        let snapshot: Snapshot
        do throws(StoreError) {
            file = try store.file(of: candidate.number)
            snapshot = try file.snapshot(.after)
        } catch {
            result.skipped.append(.init(number: candidate.number, reason: .unreadable(error)))
            return false
        }
        let request = ChangeRequest(
            snapshot.desired,
            action: .rollback,
            restored: candidate.number,
            // What was adopted when it was applied may be adopted again.
            adoption: .keys(Set(snapshot.displaced.routes.map(\.key)))
        )
        var record = BootRecord(
            origin: kernel.instance,
            generation: candidate.number,
            newest: candidate.newest,
            displaced: candidate.displaced ?? (snapshot.origin == kernel.instance ? snapshot.displaced : Displaced())
        )
        if scope.hasFirewall, let emergency = wish.emergency, snapshot.firewall == nil {
            // With --fail-closed a state without rules is refused; the rest of the generation is brought back.
            guard candidate.number == candidate.newest else {
                result.skipped.append(.init(number: candidate.number, reason: .withoutFirewall))
                return false
            }
            try close(emergency, &result)
            result.generation = file.generation
            try bringBackRest(request, scope, &record, &result)
            result.missing.firewall = nil
            return true
        }
        if scope.hasFirewall {
            write(record, in: &result)
            if let complaints = try loadFirewall(request, displaced: record.displaced, &result) {
                result.skipped.append(.init(number: candidate.number, reason: .refused(complaints)))
                return false
            }
        }
        result.generation = file.generation
        try bringBackRest(request, scope, &record, &result)
        return true
    }

    /// Commits the table as one batch.
    /// - Returns: What the kernel refuses; nil if it has the table.
    private mutating func loadFirewall(
        _ request: ChangeRequest,
        displaced: Displaced,
        _ result: inout Restored
    ) throws(TransactionError) -> [KernelComplaint]? {
        let plan = try look(request, displaced: displaced, knowing: known(request))
        guard let firewall = plan.changes.firewall else { return nil }
        var progress = Progress()
        do throws(FailureCause) {
            try commitFirewall(plan, request, displaced: displaced, progress: &progress)
            result.made.firewall = firewall
            return nil
        } catch .refused(let complaints) {
            return complaints
        } catch .kernel(let error) {
            throw .kernel(error)
        } catch {
            throw .stale
        }
    }

    /// Loads the emergency rules, unless there are rules of Weir's.
    private mutating func close(_ emergency: DesiredState, _ result: inout Restored) throws(TransactionError) {
        let request = ChangeRequest(emergency, action: .apply)
        let plan = try look(request, displaced: Displaced(), knowing: nil)
        guard plan.observed.firewall == nil else { return }
        if let complaints = try loadFirewall(request, displaced: Displaced(), &result) {
            result.emergencyComplaints = complaints
        } else {
            result.isClosed = true
        }
    }

    /// Notes what was displaced. Rules and routes are brought back even if this fails.
    func write(_ record: BootRecord, in result: inout Restored) {
        do throws(StoreError) {
            try record.write(to: store)
        } catch {
            note(error, in: &result)
        }
    }
}

extension TransactionError {
    /// Whether another program has changed what was read meanwhile, and nothing else is wrong.
    var isTransient: Bool {
        switch self {
        case .stale: true
        case .kernel(let error): error.cause == .stale
        default: false
        }
    }
}
