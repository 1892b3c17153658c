import KernelObjects
import KernelState
import Reconciliation

extension Transaction where System: ~Copyable {
    /// Finishes what another process has left unfinished; the lock must be held.
    /// - Parameters:
    ///   - rejection: Which change is to be rolled back though it might wait still.
    ///   - report: Is told what became of it.
    mutating func recover(
        rejecting rejection: Rejection? = nil,
        _ report: (Recovery) -> Void
    ) throws(TransactionError) {
        let directories = try storing { () throws(StoreError) in try store.changesUnderWay() }
        let watchdog = try storing { () throws(StoreError) in
            try kernel.strayWatchdog(of: store, isExpected: false)
        }
        // What it is about to roll back is no state to begin anything with.
        if let watchdog {
            throw .stray(watchdog)
        }
        // What came last goes first.
        var obstacle: TransactionError?
        for directory in directories.reversed() {
            do throws(TransactionError) {
                guard let recovery = try recover(directory, rejection?.number == directory.number ? rejection : nil)
                else { continue }
                report(recovery)
                if recovery.hasResidue, !recovery.isRepeated { throw .unrecovered(recovery) }
            } catch .elsewhere(let change, let awaited) {
                // It keeps nobody from finishing what is to be finished here.
                obstacle = .elsewhere(change, awaited)
            }
        }
        if let obstacle { throw obstacle }
    }

    private mutating func recover(
        _ directory: ChangeDirectory,
        _ rejection: Rejection?
    ) throws(TransactionError) -> Recovery? {
        let change = try storing { () throws(StoreError) in try self.change(in: directory) }
        guard let change else { return nil }
        var decision: Decision?
        func recovery(_ ending: Recovery.Ending, unrecorded: StoreError? = nil) -> Recovery {
            Recovery(
                generation: change.generation,
                ending: ending,
                decision: decision,
                isRepeated: change.residue != nil,
                hadDamagedJournal: change.hasDamagedJournal,
                unrecorded: unrecorded
            )
        }
        guard change.generation.origin == kernel.instance else {
            // Once it is on the disk that a change was confirmed it stays so, whatever became of the process that was told to.
            if try storing({ () throws(StoreError) in try wasConfirmed(directory) }) {
                decision = .confirm
                try storing { () throws(StoreError) in try keep(directory) }
                return recovery(.completed)
            }
            let isOfThisBoot = change.generation.origin.boot == kernel.instance.boot
            // Whoever watches over it holds its namespace open.
            if isOfThisBoot, change.isWatched || kernel.mayHaveNamespace(of: change.generation.origin) {
                throw .elsewhere(
                    change,
                    try storing { () throws(StoreError) in try AwaitedConfirmation(change, in: directory) }
                )
            }
            if change.isAwaitingConfirmation {
                decision = .rollback(
                    reason: isOfThisBoot
                        ? "its network namespace is gone" : "it was not confirmed before the next boot"
                )
            }
            try storing { () throws(StoreError) in
                let reason = decision?.reason ?? "it was interrupted"
                try Journal(directory.journalPath).append(.rollback(reason: reason))
                try directory.setAside()
            }
            return recovery(.elsewhere)
        }
        if change.window != nil {
            decision = try self.decision(about: change, in: directory, rejection)
            if decision == .confirm {
                try storing { () throws(StoreError) in try keep(directory) }
                return recovery(.completed)
            }
        }
        let remembered = try storing { () throws(StoreError) in try RememberedChange(directory) }
        if change.isVerified, change.window == nil {
            let now = try look(remembered.request, displaced: remembered.before.displaced, knowing: nil)
            if now.changes.isEmpty, now.difference.conflicts.isEmpty {
                try storing { () throws(StoreError) in try directory.conclude(change.generation.action) }
                return recovery(.completed)
            }
        }
        let reason = decision?.reason ?? "it was interrupted"
        // The kernel matters more than the record: what cannot be written down the next command finds, and writes down.
        try? directory.note(.rollback(reason: reason))
        let residue = rollBack(remembered, in: directory)
        do throws(StoreError) {
            try directory.noteEnd(residue, of: change.generation.action)
        } catch {
            return recovery(residue.map { .residue($0) } ?? .takenBack, unrecorded: error)
        }
        return recovery(residue.map { .residue($0) } ?? .takenBack)
    }

    /// The change in a directory. Where it has not touched the kernel, or is over, the directory is removed.
    private func change(in directory: ChangeDirectory) throws(StoreError) -> UnfinishedChange? {
        if let change = try UnfinishedChange(directory) { return change }
        let hasBegun = try JournalContents(directory.journalPath) != nil
        if hasBegun, !(try store.generationNumbers().contains(directory.number)) {
            throw .malformed(path: directory.generationPath.path, reason: "it is missing")
        }
        try directory.discard()
        return nil
    }

    /// Whether a change was confirmed; a decision that cannot be read is none.
    private func wasConfirmed(_ directory: ChangeDirectory) throws(StoreError) -> Bool {
        do throws(StoreError) {
            return try Decision(in: directory.path) == .confirm
        } catch .malformed {
            return false
        }
    }
}
