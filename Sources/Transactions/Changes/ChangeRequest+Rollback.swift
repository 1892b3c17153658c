import KernelObjects
import Reconciliation

extension ChangeRequest {
    /// Asks for an earlier generation, or without a number for the one before the present state.
    init(rollbackTo number: Int?, in store: StateStore) throws(StoreError) {
        let number = if let number { number } else { try store.numberBeforeCurrent() }
        guard number != Generation.cleanState else {
            self.init(DesiredState(), action: .rollback, restored: number)
            return
        }
        let target = try store.generation(number)
        let snapshot = try store.snapshotAfter(number)
        self.init(
            snapshot.desired,
            action: .rollback,
            restored: target.state,
            text: try store.text(of: target),
            // What was adopted then may be adopted again.
            adoption: .keys(Set(snapshot.displaced.routes.map(\.key)))
        )
    }
}
