public import KernelState
public import Reconciliation

/// Why a change was not made. Only after `residue` is the host not as it was before.
public enum TransactionError: Error, Sendable {
    /// The state directory cannot be used, or another process holds it. Nothing was changed.
    case store(StoreError)
    /// The kernel cannot be read. Nothing was changed.
    case kernel(KernelStateError)
    /// Something is somebody else's. Nothing was changed.
    case conflicts([Conflict])
    /// The kernel refuses this. Nothing was changed.
    case refused([KernelComplaint])
    /// The kernel has changed since the change was shown. Nothing was changed.
    case stale
    /// The change failed. What had been done was undone, and the kernel was read and found to be as before.
    case undone(FailureCause)
    /// The change failed, and the kernel is not as before.
    case residue(FailureCause, Residue)
}

/// Why a change failed after it had been planned.
public enum FailureCause: Error, Sendable {
    /// The kernel refused this.
    case refused([KernelComplaint])
    /// The kernel could not be spoken to.
    case kernel(KernelStateError)
    /// The kernel took everything and is yet not as desired: these changes would still be needed.
    case notAsDesired(ChangeSet)
    /// Somebody else changed the same things meanwhile.
    case stale
    /// The generation could not be written.
    case store(StoreError)
}

/// What is left of a change that could not be undone.
public struct Residue: Sendable {
    /// What would still have to be done so that all is as before; nothing where the kernel could not be read.
    public var remaining: ChangeSet?
    /// What somebody else has taken meanwhile.
    public var conflicts: [Conflict]
    /// What the kernel refused of the undoing.
    public var complaints: [KernelComplaint]
    /// Where the snapshot of the state before is.
    public var snapshotPath: String
}
