import Glibc
import SystemPackage
import Transactions

/// The state directory, and the clock by which it dates what it keeps.
extension Diagnosis {
    mutating func lookAtStore(_ store: StateStore) {
        do throws(StoreError) {
            try store.checkIsPrivate()
            let generations = try store.history()
            for generation in generations {
                _ = try store.snapshotBefore(generation.number)
                _ = try store.snapshotAfter(generation.number)
                _ = try store.text(of: generation)
            }
            if let current = try store.current() {
                lookAtClock(now: Int64(time(nil)), generation: current.number, madeAt: current.time)
            }
            let awaited = try store.awaitedConfirmation()
            if let awaited, !awaited.isWatched {
                find(
                    "unwatched-change",
                    "change \(awaited.number)",
                    "it waits to be confirmed, but its watchdog was killed: it is rolled back in time only if another weir command runs",
                    advice: "'weir confirm \(awaited.number)' or 'weir cancel \(awaited.number)'"
                )
            }
            for change in try store.unfinishedChanges() where !change.willBeSettled || change.residue != nil {
                guard change.generation.number != awaited?.number else { continue }
                find(
                    "unfinished-change",
                    "change \(change.generation.number)",
                    change.residue == nil ? "it was interrupted" : "it could not be rolled back",
                    advice: "'weir recover'"
                )
            }
        } catch {
            switch error {
            case .system(_, let path, .permissionDenied):
                missed("the state directory: \(path) cannot be read: permission denied")
            case .malformed(let path, _), .newerFormat(let path), .untrusted(let path, _), .system(_, let path, _):
                find(
                    "state-directory",
                    path.string,
                    "\(error), so neither 'apply' nor 'rollback' can be relied on",
                    advice: Self.advice(error, store)
                )
            case .locked, .noSuchGeneration, .noEarlierGeneration:
                find("state-directory", store.directory.string, "\(error)", advice: "'weir recover --discard-damaged'")
            }
        }
    }

    private static func advice(_ error: StoreError, _ store: StateStore) -> String {
        switch error {
        case .newerFormat: "use the newer version of Weir"
        case .untrusted(let path, _) where !path.starts(with: store.directory):
            "keep it where only root can write, on a path without symbolic links, and name that with --state-dir"
        case .untrusted: "look at what is there; then 'chown -R root:root' it, and 'chmod 0700' the directory"
        case .malformed: "'weir recover --discard-damaged' moves it aside; the kernel stays as it is"
        default: "check that the file system is mounted, intact and not full"
        }
    }

    /// Compares the clock with what it said when the present generation was made; both in seconds since 1970.
    mutating func lookAtClock(now: Int64, generation: Int, madeAt time: Int64) {
        let (difference, overflow) = time.subtractingReportingOverflow(now)
        guard time > now, overflow || difference > Self.tolerance else { return }
        find(
            "clock",
            "the system's clock",
            "it is earlier than the time of generation \(generation), so the history has wrong dates",
            advice: "set it: 'timedatectl set-ntp true', or an RTC that keeps time; deadlines do not depend on it"
        )
    }

    /// How many seconds clocks may differ.
    private static let tolerance: Int64 = 120
}
