/// What the state directory says that the kernel should have, and whether a change of it is being made. No lock is needed to know: every
/// change is written down before the kernel is touched.
struct StoreStand: Equatable {
    /// Where it stands what the kernel should have.
    enum Basis: Hashable {
        /// Nothing was ever applied.
        case nothing
        /// In the present generation.
        case generation(Int)
        /// In a change that waits to be confirmed.
        case awaited(Int)
    }

    /// Where it stands what the kernel should have.
    let basis: Basis
    /// The change that is being made or rolled back by a process that lives, or that was interrupted and may be finished at any moment.
    /// What the kernel has meanwhile is neither the one nor the other.
    let unsettled: UnfinishedChange?

    /// How far the changes have come that are not finished: their numbers and how much their journals say.
    private let progress: [[Int]]

    init(_ store: StateStore) throws(StoreError) {
        let awaited = try store.awaitedConfirmation()?.number
        let changes = try store.unfinishedChanges()
        unsettled = changes.last { $0.generation.number != awaited && !$0.isGivenUp }
        progress = changes.map { [$0.generation.number, $0.records.count] }
        if let awaited {
            basis = .awaited(awaited)
        } else {
            basis = try store.generationNumbers().last.map { .generation($0) } ?? .nothing
        }
    }

    static func == (left: Self, right: Self) -> Bool {
        left.basis == right.basis && left.progress == right.progress
            && left.unsettled?.generation.number == right.unsettled?.generation.number
    }
}

extension UnfinishedChange {
    /// Whether it was tried to take it back, in vain, and nobody is trying now: then the kernel is judged as if it were not there.
    fileprivate var isGivenUp: Bool {
        if case .residue = records.last { true } else { false }
    }
}
