import Faults
import SystemPackage

/// The directory of a change that is under way: `txn/NUMBER`.
///
/// All that is needed to finish the change or to take it back is on the disk before the kernel is touched. In the end the generation gets
/// its place among the others with one renaming, which is what makes the change.
struct ChangeDirectory {
    /// The number of the generation that it will be.
    let number: Int
    /// Where it is.
    let path: HeldPath
    private let store: StateStore

    /// - Parameter directory: Where the directories are; without it that of changes under way.
    init(_ number: Int, in store: StateStore, at directory: HeldPath? = nil) {
        self.number = number
        self.store = store
        path = (directory ?? store.transactionsDirectory).appending("\(number)")
    }

    /// Makes the directory for the next change. The lock must be held.
    static func next(in store: StateStore) throws(StoreError) -> ChangeDirectory {
        let directory = ChangeDirectory(try store.nextNumber(), in: store)
        try Files.makeDirectory(directory.path, isDurable: false)
        return directory
    }

    /// The generation as it will be.
    var generationPath: HeldPath { path.appending("generation") }

    /// How far the change has come. It is there as soon as the generation is on the disk, and before the kernel is touched.
    var journalPath: HeldPath { path.appending("journal") }

    /// Writes the generation as it will be.
    func write(_ generation: Generation, before: Snapshot, after: Snapshot, text: RulesetText) throws(StoreError) {
        try GenerationFile.write(generation, before: before, after: after, text: text, to: generationPath, in: store)
    }

    /// Reads the generation as it would be; nil if it has its place among the others already, or was not written yet.
    func generation() throws(StoreError) -> GenerationFile? {
        try GenerationFile(generationPath, in: store)
    }

    /// Gives the generation its place: what the kernel has is now what it is to have.
    ///
    /// If it is not certain to stay there, as the disk does not take it, it loses the place again: the change failed.
    func publish() throws(StoreError) {
        let target = store.generationPath(number)
        FaultPoint.pass("before publishing")
        try Files.rename(generationPath, to: target, isDurable: false)
        do throws(StoreError) {
            try Files.synchronizeDirectory(store.generationsDirectory)
        } catch {
            // One that keeps its place is made: whoever reads the directory finds it there.
            guard (try? Files.rename(target, to: generationPath, isDurable: false)) == nil else { throw error }
        }
        FaultPoint.pass("behind publishing")
        // What is left is found to be over by the next change.
        try? discard()
    }

    /// Ends a change that was made and verified: its generation gets its place, unless it only brought the present one back.
    func conclude(_ action: Generation.Action) throws(StoreError) {
        if action == .heal { try discard() } else { try publish() }
    }

    /// Adds something to the journal.
    func note(_ record: JournalRecord) throws(StoreError) {
        try Journal(journalPath).append(record)
    }

    /// Writes down that the change was rolled back, or what is left of it.
    func recordRollback(
        _ reason: String,
        _ residue: Residue?,
        of action: Generation.Action
    ) throws(StoreError) {
        try note(.rollback(reason: reason))
        try noteEnd(residue, of: action)
    }

    /// Writes down how a rollback ended.
    func noteEnd(_ residue: Residue?, of action: Generation.Action) throws(StoreError) {
        guard let residue else {
            try note(.rolledBack)
            // What was only to be put back is tried again anyway, and told of by whoever tries.
            if action == .heal { try discard() } else { try setAside() }
            return
        }
        try note(.residue(residue.summary))
    }

    /// Forgets the change: the kernel is as before.
    func discard() throws(StoreError) {
        try Files.removeDirectory(path)
    }

    /// Keeps the change for people to look at: it is over, and the kernel is as before or the change of no effect.
    func setAside() throws(StoreError) {
        try Files.makeDirectory(store.failuresDirectory, isDurable: false)
        try Files.rename(path, to: store.failuresDirectory.appending("\(number)"), isDurable: false)
    }
}
