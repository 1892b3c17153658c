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
        _ directory: ChangeDirectory
    ) -> TransactionError {
        var made = plan.changes
        // What another program has done to the table meanwhile is not ours to undo.
        if !progress.hasCommittedFirewall { made.firewall = nil }
        let undoing = Undoing(before: plan.observed, made: made)
        // The kernel matters more than the record: if that cannot be written the next command finds a change to be rolled back.
        try? directory.note(.rollback(reason: cause.summary))
        let residue = restore(undoing, request, displaced: displaced, path: directory.generationPath.path)
        try? directory.noteEnd(residue, of: request.action)
        return residue.map { .residue(cause, $0) } ?? .undone(cause)
    }

    /// Brings back what was before a change, from memory alone.
    /// - Returns: What is left; nil if the kernel was read and found to be as before.
    mutating func rollBack(_ change: RememberedChange, in directory: ChangeDirectory) -> Residue? {
        restore(
            change.undoing,
            change.request,
            displaced: change.before.displaced,
            path: directory.generationPath.path
        )
    }

    /// Whether nothing of a change is in the kernel.
    mutating func isRolledBack(_ change: RememberedChange) throws(KernelStateError) -> Bool {
        let undoing = change.undoing
        let now = try kernel.read(for: change.request, displaced: change.before.displaced, knowing: nil)
        let rest = restoration(of: undoing.before, undoing: undoing.made, observed: now)
        return rest.changes.isEmpty && rest.conflicts.isEmpty
    }

    /// Brings back what was before, in as many rounds as it takes.
    /// - Returns: What is left; nil if the kernel was read and found to be as before.
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
            // What did not work for the table bit by bit may work as a whole, and the last round is there to look at that.
            let isThorough = pauses.count == 2
            let now: ObservedState
            do throws(KernelStateError) {
                now = try kernel.read(for: request, displaced: displaced, knowing: nil)
            } catch {
                residue.remaining = nil
                if isThorough {
                    restoreUnseen(undoing, request, displaced: displaced, &residue)
                    isMadeHere = true
                }
                pauses.removeFirst()
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
            if isThorough, rest.changes.firewall != nil {
                rest.changes.firewall = .remaking(undoing.before.firewall)
            }
            residue.complaints = bringBack(rest.changes, generation: now.generation)
            isMadeHere = true
            // What cannot be made again must not keep the rest from it: that needs no patience.
            if !undoing.giveUp(residue.complaints) { pauses.removeFirst() }
        }
        return residue
    }

    /// Brings back what was before though Weir's table cannot be read: it is made as a whole, and the rest as it is needed.
    private mutating func restoreUnseen(
        _ undoing: Undoing,
        _ request: ChangeRequest,
        displaced: Displaced,
        _ residue: inout Residue
    ) {
        var rest = Difference(changes: ChangeSet())
        if let now = try? kernel.readWithoutFirewall(sysctls: request.sysctlNames(displaced)) {
            rest = restoration(of: undoing.before, undoing: undoing.made, observed: now)
        }
        rest.changes.firewall = undoing.made.firewall == nil ? nil : .remaking(undoing.before.firewall)
        guard let generation = try? kernel.readGeneration() else {
            rest.changes.firewall = nil
            residue.complaints = bringBack(rest.changes, generation: 0)
            return
        }
        residue.complaints = bringBack(rest.changes, generation: generation)
    }

    /// Does what can be done: nothing that fails keeps anything else from being tried.
    private mutating func bringBack(_ changes: ChangeSet, generation: UInt32) -> [KernelComplaint] {
        var complaints: [KernelComplaint] = []
        for phase in Phase.allCases {
            // What cannot be sent is found to be missing afterwards.
            switch phase {
            case .firewall:
                guard let firewall = changes.firewall else { continue }
                let outcome = try? kernel.commit(firewall, generation: generation)
                if case .refused(let refused) = outcome { complaints += refused }
            case .restoreSysctls, .writeSysctls:
                for change in changes.sysctls(of: phase) { complaints += (try? kernel.apply(change)) ?? [] }
            case .setRoutes, .deleteRoutes:
                // Routes need them, and settings must not be in their way any more.
                if phase == .setRoutes { try? kernel.add(changes.addresses) }
                complaints += (try? kernel.applyEach(changes.routes(of: phase))) ?? []
            case .addRoutingRules, .deleteRoutingRules:
                complaints += (try? kernel.applyEach(changes.routingRules(of: phase))) ?? []
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
