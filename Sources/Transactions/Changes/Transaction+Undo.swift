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
        _ request: ChangeRequest,
        displaced: Displaced,
        cause: FailureCause,
        _ progress: Progress,
        _ directory: ChangeDirectory,
        _ journal: borrowing Journal
    ) -> TransactionError {
        var made = plan.changes
        // What somebody else has done to the table meanwhile is not ours to undo.
        if !progress.hasCommittedFirewall { made.firewall = nil }
        let undoing = Undoing(before: plan.observed, made: made)
        let residue = takeBack(undoing, request, displaced: displaced, cause.summary, directory, journal)
        return residue.map { .residue(cause, $0) } ?? .undone(cause)
    }

    /// Brings back what was before a change, and records what became of it.
    /// - Returns: What is left; nothing where the kernel was read and found to be as before.
    mutating func takeBack(
        _ undoing: Undoing,
        _ request: ChangeRequest,
        displaced: Displaced,
        _ reason: String,
        _ directory: ChangeDirectory,
        _ journal: borrowing Journal
    ) -> Residue? {
        // The kernel matters more than the record: where that cannot be written the next command finds a change to be taken back.
        try? journal.append(.rollback(reason: reason))
        let residue = restore(undoing, request, displaced: displaced, path: directory.generationPath.path)
        if let residue {
            try? journal.append(.residue(residue.summary))
        } else {
            try? journal.append(.rolledBack)
            // What was only to be put back is tried again anyway, and told of by whoever tries.
            if request.action == .heal { try? directory.discard() } else { try? directory.setAside() }
        }
        return residue
    }

    /// Brings back what was before, in as many rounds as it takes.
    /// - Returns: What is left; nothing where the kernel was read and found to be as before.
    mutating func restore(
        _ undoing: Undoing,
        _ request: ChangeRequest,
        displaced: Displaced,
        path: FilePath
    ) -> Residue? {
        var undoing = undoing
        var residue = Residue(remaining: nil, conflicts: [], complaints: [], snapshotPath: path.string)
        var pauses = [0, 20_000, 100_000, 500_000] as ArraySlice<UInt32>
        var isMadeHere = false
        while let pause = pauses.first {
            usleep(pause)
            let now: ObservedState
            do throws(KernelStateError) {
                now = try kernel.read(for: request, displaced: displaced, knowing: nil)
            } catch {
                pauses.removeFirst()
                residue.remaining = nil
                continue
            }
            var rest = restoration(of: undoing.before, undoing: undoing.made, observed: now)
            if isMadeHere {
                // A newer kernel may say more of what it was just sent than this program knows of.
                var (before, present) = (undoing.before, now)
                before.firewall = before.firewall?.withoutAdditions
                present.firewall = present.firewall?.withoutAdditions
                let plain = restoration(of: before, undoing: undoing.made, observed: present)
                rest.changes.firewall = plain.changes.firewall
            }
            residue.remaining = rest.changes
            residue.conflicts = rest.conflicts + undoing.lost
            if rest.changes.isEmpty { return residue.conflicts.isEmpty ? nil : residue }
            residue.complaints = bringBack(rest.changes, generation: now.generation)
            isMadeHere = true
            // Where something of others cannot be made again the rest can: that needs no patience.
            if !undoing.giveUp(residue.complaints) { pauses.removeFirst() }
        }
        return residue
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

/// What is to be brought back, less what cannot be.
struct Undoing {
    /// What was before.
    private(set) var before: ObservedState
    /// What was made, or may have been.
    let made: ChangeSet
    /// What of others cannot be made again.
    private(set) var lost: [Conflict] = []

    init(before: ObservedState, made: ChangeSet) {
        self.before = before
        self.made = made
    }

    /// Gives up rules and sets that the kernel refuses to make: they were of others, and of a kind that it does not dump whole.
    /// - Returns: Whether anything was given up.
    mutating func giveUp(_ complaints: [KernelComplaint]) -> Bool {
        let count = lost.count
        for complaint in complaints {
            switch complaint.subject {
            case .firewall(.addRule(let entry, let chain, _)), .firewall(.replaceRule(_, let entry, let chain)):
                giveUp(entry.rule, of: chain)
            case .firewall(.addSet(let set)):
                guard let index = before.firewall?.sets.firstIndex(where: { $0.name == set.name }) else { continue }
                before.firewall?.sets.remove(at: index)
                lost.append(.lostForeignObject("set '\(set.name)'"))
            case .firewall(.addForeignObject(let object)):
                before.firewall?.foreignObjects.removeAll { $0 == object }
                lost.append(.lostForeignObject("object '\(object.name)'"))
            default: continue
            }
        }
        return lost.count > count
    }

    private mutating func giveUp(_ rule: RuleObject, of chain: String) {
        guard let place = before.firewall?.chains.firstIndex(where: { $0.name == chain }),
            let index = before.firewall?.chains[place].rules.firstIndex(where: { $0.rule == rule })
        else { return }
        before.firewall?.chains[place].rules.remove(at: index)
        lost.append(.lostForeignObject("rule \(index + 1) of chain '\(chain)'"))
    }
}
