import KernelState

extension Transaction where System: ~Copyable {
    /// What is to become of a change that needs a confirmation and that no living process makes; the lock is held.
    ///
    /// One that waits goes on waiting: then `awaitingConfirmation` is thrown, and a watchdog is started where there is none. What waited too
    /// long, or was interrupted before it waited, is to be rolled back.
    /// - Parameter rejection: Why it is to be rolled back now, though it might wait still.
    mutating func decision(
        about change: UnfinishedChange,
        in directory: ChangeDirectory,
        _ rejection: Rejection?
    ) throws(TransactionError) -> Decision {
        do throws(StoreError) {
            if let decision = try Decision(in: directory.path) { return decision }
        } catch .malformed {
            // A user may be locked out: the old state is the safe side.
            return .rollback(reason: "its decision cannot be read")
        } catch {
            throw .store(error)
        }
        let reason: String
        if change.hasDamagedJournal {
            reason = "its journal is damaged"
        } else if let deadline = change.deadline {
            if let rejection {
                reason = rejection.reason
            } else if deadline.hasPassed {
                reason = Decision.lateness
            } else if isRolledBack(directory) {
                reason = Self.reasonOfSilentRollback
            } else {
                throw try .awaitingConfirmation(awaited(change, directory))
            }
        } else {
            reason = "it was interrupted"
        }
        let rollback = Decision.rollback(reason: reason)
        do throws(StoreError) {
            return try rollback.take(in: directory.path)
        } catch {
            // Under the lock nobody else decides, and the kernel matters more than the record.
            return rollback
        }
    }

    /// Why a change is rolled back that is not in the kernel any more: a rollback counts even if it could not be written down.
    private static var reasonOfSilentRollback: String { "it was rolled back before" }

    /// Whether it is known that nothing of the change in a directory is in the kernel.
    private mutating func isRolledBack(_ directory: ChangeDirectory) -> Bool {
        guard let change = try? RememberedChange(directory) else { return false }
        return (try? isRolledBack(change)) ?? false
    }

    private func awaited(
        _ change: UnfinishedChange,
        _ directory: ChangeDirectory
    ) throws(TransactionError) -> AwaitedConfirmation {
        func look() throws(TransactionError) -> AwaitedConfirmation {
            let awaited = try storing { () throws(StoreError) in try AwaitedConfirmation(change, in: directory) }
            guard let awaited else {
                throw .store(.malformed(path: directory.path.path, reason: "another process changes it"))
            }
            return awaited
        }
        let awaited = try look()
        guard !awaited.isWatched, let arm else { return awaited }
        try? arm(directory.number)
        return try look()
    }

    /// Starts the watchdog of a change that is not made yet; without a watchdog it is not made.
    func watch(_ directory: ChangeDirectory) throws(TransactionError) {
        do throws(WatchdogError) {
            guard let arm else { throw .notReady(reason: "there is none") }
            try arm(directory.number)
        } catch {
            try? directory.discard()
            throw .unwatched(error)
        }
    }

    /// Lets a change that was made and verified wait for its confirmation, from now on.
    func wait(_ window: UInt64, _ journal: borrowing Journal) throws(StoreError) {
        try journal.append(.pending(deadline: BootInstant.now.advanced(byNanoseconds: window).nanoseconds))
    }

    /// The change that has just begun to wait.
    func waiting(_ directory: ChangeDirectory) throws(FailureCause) -> AwaitedConfirmation {
        let awaited = try noting { () throws(StoreError) in
            try UnfinishedChange(directory).flatMap { (change) throws(StoreError) in
                try AwaitedConfirmation(change, in: directory)
            }
        }
        guard let awaited else {
            throw .store(.malformed(path: directory.journalPath.path, reason: "another process changes it"))
        }
        return awaited
    }

    /// Keeps a change that was confirmed.
    func keep(_ directory: ChangeDirectory) throws(StoreError) {
        try Journal(directory.journalPath).append(.confirmed)
        try directory.publish()
        // The change is kept; that old ones cannot be put away does not unmake it.
        try? store.setAsideChangesUnderWay()
        try? store.removeOldGenerations()
    }

    /// Whether a change is in the kernel that this is about: of one that was made in another namespace, or before the last boot, nobody
    /// can decide here.
    private func isHere(_ awaited: AwaitedConfirmation) -> Bool {
        awaited.generation.origin == kernel.instance
    }

    /// Decides about the change that waits, and does what was decided; the lock must be held.
    /// - Parameters:
    ///   - number: Which one is meant; without it the one that waits.
    ///   - report: Is told of a rollback that could not be written down, or of which something is left: the record has only how much.
    /// - Returns: What became of it; nil if there is no such change.
    mutating func settle(
        _ number: Int?,
        _ wish: Decision,
        _ report: (Recovery) -> Void = { _ in }
    ) throws(TransactionError) -> Settlement? {
        let awaited = try storing { () throws(StoreError) in try store.awaitedConfirmation() }
        if awaited == nil {
            let watchdog = try storing { () throws(StoreError) in
                try kernel.strayWatchdog(of: store, isExpected: true)
            }
            // Whoever gives no number means the change that waits, and not the one that was kept before it.
            if let watchdog, number == nil || number == watchdog.change { throw .stray(watchdog) }
        }
        var rejection: Rejection?
        var isConfirmed = false
        if let awaited, isHere(awaited), number == nil || number == awaited.number {
            rejection = try self.rejection(of: awaited, wish)
            if rejection == nil {
                try confirm(awaited)
                isConfirmed = true
            }
        }
        // Whatever is to be finished is: one that waits still is not the one that was meant.
        var ending: TransactionError?
        var recoveries: [Recovery] = []
        do throws(TransactionError) {
            try recover(rejecting: rejection) { recoveries.append($0) }
        } catch {
            ending = error
        }
        for recovery in recoveries where recovery.unrecorded != nil || recovery.hasResidue { report(recovery) }
        let meant = try storing { () throws(StoreError) -> Int? in
            if let number = number ?? awaited?.number { return number }
            return try store.lastNumber()
        }
        guard let meant else {
            if let ending { throw ending }
            return nil
        }
        if let settlement = try storing({ () throws(StoreError) in try store.settlement(of: meant) }) {
            return settlement
        }
        if let settlement = recoveries.lazy.compactMap({ Settlement($0, of: meant) }).first { return settlement }
        // The decision is on the disk, and stands: the next command gives the generation its place.
        if isConfirmed { return .confirmed(number: meant) }
        if let ending { throw ending }
        return nil
    }

    /// Why a change that waits is to be rolled back now; nil if it may stay.
    private mutating func rejection(
        of awaited: AwaitedConfirmation,
        _ wish: Decision
    ) throws(TransactionError) -> Rejection? {
        if awaited.deadline.hasPassed { return Rejection(number: awaited.number, reason: Decision.lateness) }
        if let reason = wish.reason { return Rejection(number: awaited.number, reason: reason) }
        let change = try storing { () throws(StoreError) in
            try RememberedChange(ChangeDirectory(awaited.number, in: store))
        }
        let isRolledBack = try asking { () throws(KernelStateError) -> Bool in try self.isRolledBack(change) }
        return isRolledBack ? Rejection(number: awaited.number, reason: Self.reasonOfSilentRollback) : nil
    }

    private func confirm(_ awaited: AwaitedConfirmation) throws(TransactionError) {
        do throws(StoreError) {
            _ = try Decision.confirm.take(in: ChangeDirectory(awaited.number, in: store).path)
        } catch {
            throw .unconfirmed(awaited, error)
        }
    }

    /// Lets the change that waits do so until some time from now, if it would not wait so long anyway; the lock must be held.
    /// - Returns: The change as it waits now; nil if it is not the one that waits.
    mutating func extend(_ number: Int, to window: UInt64) throws(TransactionError) -> AwaitedConfirmation? {
        let directory = ChangeDirectory(number, in: store)
        let awaited = try storing { () throws(StoreError) in try store.awaitedConfirmation() }
        guard let awaited, isHere(awaited), awaited.number == number, !awaited.deadline.hasPassed else {
            try recover { _ in }
            return nil
        }
        let deadline = max(awaited.deadline, BootInstant.now.advanced(byNanoseconds: window))
        try storing { () throws(StoreError) in
            try Journal(directory.journalPath).append(.extended(deadline: deadline.nanoseconds))
        }
        do throws(TransactionError) {
            try recover { _ in }
        } catch .awaitingConfirmation(let awaited) {
            return awaited
        }
        return nil
    }
}

/// That a change which waits to be confirmed is to be rolled back now.
struct Rejection {
    /// The number of the change.
    let number: Int
    /// Why, in a few words.
    let reason: String
}

extension Decision {
    /// Why the change is rolled back, if it is.
    var reason: String? {
        if case .rollback(let reason) = self { reason } else { nil }
    }

    /// Why a change is rolled back that nobody confirmed.
    static let lateness = "it was not confirmed in time"

    /// Why a change is rolled back that was cancelled.
    static let cancellation = "it was cancelled"
}
