import Glibc
import SystemPackage

/// Watches over one change: takes it back when it is not confirmed in time, or when the process that makes it ends before it is made.
///
/// What there is to know is in the directory of the change, and is read anew each time something happens there; so a watchdog may be killed
/// and started again at any time. It holds a lock as long as it lives.
public struct Watchdog: ~Copyable {
    private let directory: ChangeDirectory
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
        try storing { () throws(StoreError) in
            guard let file = try directory.generation(), file.generation.origin == session.origin else {
                throw .malformed(
                    path: directory.generationPath.path,
                    reason: "it is of another network namespace or boot"
                )
            }
            // What cannot be read could not be brought back either.
            _ = try file.snapshot(.before)
            _ = try file.snapshot(.after)
            try Self.noteArmed(directory)
        }
        self.directory = directory
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
        var patience = Patience()
        while true {
            events.drain()
            guard let change = try? UnfinishedChange(directory) else {
                // It is over, or cannot be read at the moment.
                if (try? Files.names(in: directory.path))?.isEmpty ?? false { return }
                guard patience.isLeft() else { return }
                continue
            }
            if isUndecided, !change.hasDamagedJournal {
                if let deadline = change.deadline, !deadline.hasPassed {
                    wait(until: deadline, orEndOf: nil)
                    continue
                }
                if change.deadline == nil, let owner = change.owner, owner.isAlive {
                    // The change cannot be finished by anyone while the process that makes it holds the lock.
                    if limit.hasPassed { ProcessWatch(owner)?.kill() }
                    wait(
                        until: limit.hasPassed ? BootInstant.now.advanced(byNanoseconds: Self.pause) : limit,
                        orEndOf: owner
                    )
                    continue
                }
            }
            guard finish(&session, patience) || patience.isLeft() else { return }
        }
    }

    /// How long to wait for those who look whether there is a watchdog; less than whoever starts one waits for it.
    private static let lockPatience: Duration = .seconds(10)
    /// How long a change may take to be made and verified, in nanoseconds.
    private static let longestChange: UInt64 = 120_000_000_000
    /// How long to wait for what cannot be waited for otherwise, in nanoseconds.
    private static let pause: UInt64 = 1_000_000_000

    private var isUndecided: Bool {
        do throws(StoreError) {
            return try Decision(in: directory.path) == nil
        } catch {
            return false
        }
    }

    /// Has the change confirmed or taken back, whatever was decided.
    /// - Returns: Whether something was achieved.
    private func finish(_ session: inout Session, _ patience: Patience) -> Bool {
        do throws(TransactionError) {
            try session.recover(lockTimeout: .seconds(5))
            return false
        } catch .awaitingConfirmation {
            return true
        } catch .store(.locked) {
            // Whoever is stopped, or needs the lock so long while a change waits, would keep the host as it is.
            session.store.endHolderOfLock(isPatient: patience.attempts < 12)
            return false
        } catch {
            return false
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

/// How often something that fails is tried again, with pauses between.
private struct Patience {
    private(set) var attempts = 0

    /// Waits a little; says whether there is any point in another attempt.
    mutating func isLeft() -> Bool {
        attempts += 1
        guard attempts < 60 else { return false }
        usleep(attempts < 5 ? 200_000 : 2_000_000)
        return true
    }
}
