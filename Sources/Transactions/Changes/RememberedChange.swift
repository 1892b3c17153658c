import Reconciliation

/// All that is needed to roll a change back, in memory: whoever has it needs no disk.
struct RememberedChange {
    /// What the change is to bring about, for the record.
    let generation: Generation
    /// What the kernel had.
    let before: Snapshot
    /// What the kernel is to have.
    let after: Snapshot

    /// Reads it from the directory of the change.
    init(_ directory: ChangeDirectory) throws(StoreError) {
        guard let file = try directory.generation() else {
            throw .malformed(path: directory.generationPath.path, reason: "it is missing")
        }
        generation = file.generation
        before = try file.snapshot(.before)
        after = try file.snapshot(.after)
    }

    /// The change as it was asked for.
    var request: ChangeRequest {
        ChangeRequest(after.desired, action: generation.action)
    }

    /// What is to be rolled back: whatever the journal says or has lost, all of the change may have been made.
    var undoing: Undoing {
        let made = difference(
            desired: after.desired,
            observed: before.observed,
            displaced: before.displaced,
            adoption: .any
        ).changes
        return Undoing(before: before.observed, made: made)
    }
}
