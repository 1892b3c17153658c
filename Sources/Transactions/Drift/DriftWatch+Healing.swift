import KernelObjects
import KernelState
import Reconciliation

extension DriftWatch {
    /// Puts back what others have changed, as far as that is possible now, as a change like any other: with the lock, the journal, and a
    /// look at the kernel afterwards. It makes no generation: the present one is what there is again.
    mutating func heal() throws(TransactionError) {
        guard let base, let last else { return }
        if let obstacle = base.obstacleToHealing {
            // Until Weir itself changes something this stays so.
            healing?.rest()
            tell(obstacle)
            return
        }
        let start = ProcessorTime.used
        let conflicts = last.preview.difference.conflicts
        if !conflicts.isEmpty { tell(.conflicts(conflicts)) }
        while let impossible = healing?.impossible(last.preview) {
            if let untold = healing?.takeUntold(impossible, of: last.preview), !untold.isEmpty {
                report(.deferred(untold))
            }
            var leftOut = LeftOut(conflicts)
            leftOut.routes.formUnion(impossible.map(\.key))
            do throws(TransactionError) {
                try putBack(base, last, leavingOut: leftOut)
                return
            } catch {
                switch error {
                case .refused(let complaints), .undone(.refused(let complaints)):
                    // A gateway is not there: the rest can be put back.
                    if healing?.noteRefusals(complaints) == true { continue }
                    tell(.failed(error))
                case .store(.locked), .stale, .undone(.stale), .awaitingConfirmation:
                    // Weir is making a change, or another program was faster: the next comparison tells.
                    healing?.noteContention(costing: start.nanosecondsSince)
                    return
                case .residue, .unrecovered, .unwatched, .unfit:
                    throw error
                default:
                    tell(.failed(error))
                }
                healing?.noteFailure()
                return
            }
        }
    }

    private mutating func putBack(
        _ base: DriftBase,
        _ sight: Sight,
        leavingOut leftOut: LeftOut
    ) throws(TransactionError) {
        guard !base.repair(of: sight.preview.observed, leavingOut: leftOut).changes.isEmpty,
            let guards = healing?.guards
        else {
            healing?.rest()
            return
        }
        let request = base.request(leavingOut: leftOut)
        let store = session.store
        var objections: [String] = []
        var shown: Preview?
        let outcome = try session.transaction.change(
            lockTimeout: .zero,
            recovered: session.recovered,
            to: { _ throws(StoreError) in request },
            approve: { preview in
                // The lock is held: from here on no other Weir changes what should be there.
                guard (try? StoreStand(store))?.basis == base.basis else { return false }
                objections = guards(preview)
                shown = preview
                return objections.isEmpty
            }
        )
        guard case .changed = outcome, let shown else {
            if objections.isEmpty {
                // It is in order already, or something else should be there: the next look tells.
                healing?.rest()
            } else {
                healing?.noteFailure()
                tell(.guarded(objections))
            }
            return
        }
        healing?.noteSuccess()
        report(.healed(shown))
        lookBehind(base, leavingOut: leftOut)
    }

    /// Tells of an obstacle, unless it was the last thing that was told of one.
    private mutating func tell(_ obstacle: HealObstacle) {
        if healing?.takeNote(of: obstacle) == true { report(.notHealed(obstacle)) }
    }
}
