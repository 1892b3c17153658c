import Glibc
import KernelObjects
import KernelState
import Reconciliation
import SystemPackage

extension Transaction where System: ~Copyable {
    /// Brings back what was before a change that failed, and finds out by reading whether that has worked.
    /// - Returns: The error to report: undone, or what is left.
    mutating func undo(
        _ plan: Preview,
        displaced: Displaced,
        cause: FailureCause,
        _ progress: Progress,
        _ pending: PendingChange
    ) -> TransactionError {
        var made = plan.changes
        // What somebody else has done to the table meanwhile is not ours to undo.
        if !progress.hasCommittedFirewall { made.firewall = nil }
        var residue = Residue(remaining: nil, conflicts: [], complaints: [], snapshotPath: pending.directory.string)
        for pause in [0, 20_000, 100_000, 500_000] as [UInt32] {
            usleep(pause)
            let now: ObservedState
            do throws(KernelStateError) {
                now = try kernel.read(for: plan.desired, displaced: displaced, knowing: nil)
            } catch {
                residue.remaining = nil
                continue
            }
            let rest = restoration(of: plan.observed, undoing: made, observed: now)
            residue.remaining = rest.changes
            residue.conflicts = rest.conflicts
            if rest.changes.isEmpty {
                guard rest.conflicts.isEmpty else { break }
                // What stays behind in the state directory is thrown away by the next change.
                try? pending.discard()
                return .undone(cause)
            }
            residue.complaints = bringBack(rest.changes, generation: now.generation)
        }
        return .residue(cause, residue)
    }

    /// Does what can be done: no failure keeps the next part from being tried.
    private mutating func bringBack(_ changes: ChangeSet, generation: UInt32) -> [KernelComplaint] {
        var complaints: [KernelComplaint] = []
        var progress = Progress()
        for phase in Phase.allCases {
            do throws(FailureCause) {
                if phase == .firewall {
                    guard let firewall = changes.firewall else { continue }
                    let outcome = try changing { () throws(KernelStateError) in
                        try kernel.commit(firewall, generation: generation)
                    }
                    if case .refused(let refused) = outcome { complaints += refused }
                } else {
                    try perform(phase, changes, progress: &progress)
                }
            } catch {
                if case .refused(let refused) = error { complaints += refused }
            }
        }
        return complaints
    }
}
