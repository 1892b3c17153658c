import Glibc
import SystemPackage

/// Watches over one change: rolls it back if it is not confirmed in time, or if the process that makes it ends before it is made.
///
/// All that it needs is in its memory and in descriptors that it opened when it was started: the state directory tells it what was decided
/// and until when the change waits, if it can, and is not needed to roll back. What cannot be read was not confirmed. A watchdog holds a
/// lock as long as it lives; one that is killed can be started again as long as the state directory can be read.
public struct Watchdog: ~Copyable {
    private let directory: ChangeDirectory
    private let change: RememberedChange
    private let record: HeldRecord
    private let lock: StoreLock
    private let events: DirectoryWatch
    private let timer: BootTimer

    /// Begins to watch over a change.
    /// - Parameters:
    ///   - number: Its number.
    ///   - session: With the network namespace of the change.
    public init(over number: Int, with session: borrowing Session) throws(TransactionError) {
        let directory = ChangeDirectory(number, in: session.store)
        let held = try storing { () throws(StoreError) -> OpenDirectory in
            guard let held = try directory.path.directory() else {
                throw .system(operation: "watch", path: directory.path.path, errno: .noSuchFileOrDirectory)
            }
            return held
        }
        let events = try watching { () throws(WatchdogError) in try DirectoryWatch(held) }
        let timer = try watching { () throws(WatchdogError) in try BootTimer() }
        // Whoever finds out whether there is a watchdog shares the lock for a moment.
        let lock = try storing { () throws(StoreError) in
            try StoreLock(directory.watchdogPath, timeout: Self.lockPatience)
        }
        let record = try storing { () throws(StoreError) in try HeldRecord(directory, in: session.store) }
        let change = try storing { () throws(StoreError) in try RememberedChange(directory) }
        guard change.generation.origin == session.origin else {
            throw .store(
                .malformed(path: directory.generationPath.path, reason: "it is of another network namespace or boot")
            )
        }
        try storing { () throws(StoreError) in try Self.noteArmed(directory) }
        self.directory = directory
        self.change = change
        self.record = record
        self.lock = lock
        self.events = events
        self.timer = timer
    }

    /// The first watchdog notes itself while the process that makes the change waits for it; a later one would write where others do.
    private static func noteArmed(_ directory: ChangeDirectory) throws(StoreError) {
        guard let journal = try JournalContents(directory.journalPath), !journal.isDamaged else {
            throw .malformed(path: directory.journalPath.path, reason: "it cannot be read")
        }
        let isFirst = !journal.records.contains { if case .armed = $0 { true } else { false } }
        if isFirst { try Journal(directory.journalPath).append(.armed(watchdog: .current)) }
    }

    /// Watches until the change is over.
    public consuming func watch(with session: inout Session) {
        let limit = BootInstant.now.advanced(byNanoseconds: Self.longestChange)
        var progress = RollbackProgress()
        var records: [JournalRecord] = []
        while true {
            events.drain()
            switch record.standing(&records) {
            case .isOver: return
            case .waits(let deadline): wait(until: deadline, orEndOf: nil)
            case .beingMade(let owner):
                // The change cannot be finished by anyone while the process that makes it holds the lock.
                if limit.hasPassed { ProcessWatch(owner)?.kill() }
                let moment = limit.hasPassed ? BootInstant.now.advanced(byNanoseconds: Self.pause) : limit
                wait(until: moment, orEndOf: owner)
            case .isConfirmed where leavesItToTheDecider(&progress), .isDue where leavesItToTheDecider(&progress):
                continue
            case .isConfirmed:
                // It is on the disk that it stays: whoever confirmed it, or the next command, gives it its place.
                if publish(&session) || progress.pace.attempts > Self.mostAttemptsToPublish { return }
                progress.pace.rest()
            case .isDue:
                if rollBack(&session, &records, &progress) { return }
                progress.pace.rest()
            }
        }
    }

    /// How long to wait for those who look whether there is a watchdog; less than whoever starts one waits for it.
    private static let lockPatience: Duration = .seconds(10)
    /// How long a change may take to be made and verified, in nanoseconds.
    private static let longestChange: UInt64 = 120_000_000_000
    /// How long to wait for what cannot be waited for otherwise, in nanoseconds.
    private static let pause: UInt64 = 1_000_000_000
    private static let mostAttemptsToPublish = 60
    /// How often whoever has decided is given time to finish the change, and how much, in microseconds.
    private static let mostLooks = 150
    private static let pauseBetweenLooks: UInt32 = 20_000

    /// Whether to look again before anything is done. Whoever decides holds the lock and finishes the change; a watchdog that took the lock
    /// next, only to see that the change is over, would turn the command away that follows.
    private func leavesItToTheDecider(_ progress: inout RollbackProgress) -> Bool {
        guard progress.looks < Self.mostLooks, record.isDecided else { return false }
        progress.looks += 1
        usleep(Self.pauseBetweenLooks)
        return true
    }

    /// Has a change that was confirmed get its place.
    private func publish(_ session: inout Session) -> Bool {
        do throws(TransactionError) {
            try session.recover(lockTimeout: .seconds(5))
            return true
        } catch {
            return false
        }
    }

    /// Rolls the change back, then writes down that it did, if it can.
    /// - Returns: Whether nothing is left to be done.
    private func rollBack(
        _ session: inout Session,
        _ records: inout [JournalRecord],
        _ progress: inout RollbackProgress
    ) -> Bool {
        let lock: StoreLock?
        do throws(StoreError) {
            lock = try record.takeLock(timeout: .seconds(5))
        } catch {
            // Whoever is stopped, or needs the lock so long while a change waits, would keep the host as it is.
            session.store.endHolderOfLock(isPatient: progress.pace.attempts < 12)
            return false
        }
        // Under the lock nobody else decides.
        var isOver = false
        if case .isDue(let reason) = record.standing(&records) { isOver = rollBack(&session, reason, &progress) }
        _ = consume lock
        return isOver
    }

    private func rollBack(_ session: inout Session, _ reason: String, _ progress: inout RollbackProgress) -> Bool {
        if !progress.isRolledBack {
            progress.residue = session.transaction.rollBack(change, in: directory)
            progress.isRolledBack = progress.residue == nil
            if progress.isRolledBack { StrayWatchdog.noteRollback() }
        }
        // What is left is written down once, however often it is tried.
        guard progress.isRolledBack || progress.hasChanged else { return false }
        let failure = writeDown(reason, progress.residue)
        if progress.isNews(failure) {
            session.recovered(
                Recovery(
                    generation: change.generation,
                    ending: progress.residue.map { .residue($0) } ?? .takenBack,
                    decision: .rollback(reason: reason),
                    isRepeated: progress.hasTold,
                    hadDamagedJournal: false,
                    unrecorded: failure
                )
            )
            progress.hasTold = true
        }
        guard progress.isRolledBack else { return false }
        // Where the directory is not any more nothing can be written, later either.
        return failure == nil || !record.isInPlace
    }

    private func writeDown(_ reason: String, _ residue: Residue?) -> StoreError? {
        do throws(StoreError) {
            guard record.isTrusted else {
                throw .untrusted(path: directory.path.path, reason: "others could have written to it")
            }
            try directory.recordRollback(reason, residue, of: change.generation.action)
            return nil
        } catch {
            return error
        }
    }

    private func wait(until moment: BootInstant, orEndOf owner: ProcessIdentity?) {
        // Without the timer the moment would pass: then it is looked at every second.
        let isTimed = (try? timer.set(to: moment)) != nil
        var entries = [events.descriptor, timer.descriptor].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let patience: Int32 = isTimed ? -1 : 1000
        guard let owner else {
            poll(&entries, nfds_t(entries.count), patience)
            return
        }
        guard let process = ProcessWatch(owner) else { return }
        entries.append(pollfd(fd: process.descriptor, events: Int16(POLLIN), revents: 0))
        poll(&entries, nfds_t(entries.count), patience)
    }
}

/// How far a rollback has come.
private struct RollbackProgress {
    var pace = RetryPace()
    /// How often whoever has decided was given time to finish the change.
    var looks = 0
    /// Whether the kernel was read and found to be as before.
    var isRolledBack = false
    /// What could not be rolled back at the last attempt.
    var residue: Residue?
    /// Whether anything was told.
    var hasTold = false
    private var lastResidue: [String]?
    private var lastFailure: StoreError?

    /// Whether other things are left than after the attempt before.
    var hasChanged: Bool { residue?.summary != lastResidue }

    /// Whether an attempt has ended otherwise than the one before.
    mutating func isNews(_ failure: StoreError?) -> Bool {
        defer { (lastResidue, lastFailure) = (residue?.summary, failure) }
        return !hasTold || hasChanged || failure != lastFailure
    }
}

/// Runs something that a watchdog cannot do without.
private func watching<Success: ~Copyable>(
    _ body: () throws(WatchdogError) -> Success
) throws(TransactionError) -> Success {
    do throws(WatchdogError) {
        return try body()
    } catch {
        throw .unwatched(error)
    }
}
