/// What became of a change that a process had begun and not finished.
public struct Recovery: Sendable {
    /// How it was finished.
    public enum Ending: Sendable {
        /// It had been made and verified: its generation was recorded. The kernel was read and is as the change wanted it.
        case completed
        /// It was rolled back: the kernel was read and is as before.
        case takenBack
        /// It was made before the last boot, or in a network namespace that is gone: nothing of it is left.
        case elsewhere
        /// It could not be rolled back wholly.
        case residue(Residue)
    }

    /// What the change was to bring about.
    public let generation: Generation
    /// How it was finished.
    public let ending: Ending
    /// Of a change that needs a confirmation, what was decided about it.
    public let decision: Decision?
    /// Whether it had been tried before, without success.
    public let isRepeated: Bool
    /// Whether its journal was damaged, so that it was not known how far it had come.
    public let hadDamagedJournal: Bool
    /// Why it could not be written down that the change was rolled back; nil if it was. The kernel is as it is said here.
    public var unrecorded: StoreError?

    /// Whether something of the change is left in the kernel.
    var hasResidue: Bool {
        if case .residue = ending { true } else { false }
    }
}
