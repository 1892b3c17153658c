public import KernelState
public import Reconciliation

/// Why a change was not made. Only after `residue` is the host not as it was before.
public enum TransactionError: Error, Sendable {
    /// The state directory cannot be used, or another process holds it. Nothing was changed.
    case store(StoreError)
    /// The kernel cannot be read. Nothing was changed.
    case kernel(KernelStateError)
    /// Something is another program's. Nothing was changed.
    case conflicts([Conflict])
    /// The kernel refuses this. Nothing was changed.
    case refused([KernelComplaint])
    /// The kernel has changed since the change was shown. Nothing was changed.
    case stale
    /// A plan that was made earlier does not fit this kernel, or not any more. Nothing was changed.
    case unfit(PlanRefusal)
    /// The change failed. What had been done was undone, and the kernel was read and found to be as before.
    case undone(FailureCause)
    /// The change failed, and the kernel is not as before.
    case residue(FailureCause, Residue)
    /// An earlier change was interrupted and could not be rolled back; it was reported. The change that was asked for was not begun.
    case unrecovered(Recovery)
    /// An earlier change waits to be confirmed. The change that was asked for was not begun.
    case awaitingConfirmation(AwaitedConfirmation)
    /// A change of this network namespace waits that the state directory knows nothing of, and is about to be rolled back. The change that
    /// was asked for was not begun.
    case stray(StrayWatchdog)
    /// The change that waits was not confirmed, as that could not be written down: it will be rolled back unless it can be later.
    case unconfirmed(AwaitedConfirmation, StoreError)
    /// An earlier change of another network namespace is not finished, and only there can it be; what waits of it to be confirmed, if
    /// something does. The change that was asked for was not begun.
    case elsewhere(UnfinishedChange, AwaitedConfirmation?)
    /// The change was to be rolled back unless it is confirmed, and nobody would do that. Nothing was changed.
    case unwatched(WatchdogError)
}

/// Why a change failed after it had been planned.
public enum FailureCause: Error, Sendable {
    /// The kernel refused this.
    case refused([KernelComplaint])
    /// The kernel could not be spoken to.
    case kernel(KernelStateError)
    /// The kernel took everything and is yet not as desired: these changes would still be needed.
    case notAsDesired(ChangeSet)
    /// Another program changed the same things meanwhile.
    case stale
    /// The generation could not be written.
    case store(StoreError)
}

/// What is left of a change that could not be undone.
public struct Residue: Sendable {
    /// What would still have to be done so that all is as before; nil if the kernel could not be read.
    public var remaining: ChangeSet?
    /// What another program has taken meanwhile.
    public var conflicts: [Conflict]
    /// What the kernel refused of the undoing.
    public var complaints: [KernelComplaint]
    /// Where the state before is kept.
    public var snapshotPath: String
}

extension FailureCause {
    /// A few words for the record.
    var summary: String {
        switch self {
        case .refused: "the kernel refused it"
        case .kernel(let error): "\(error)"
        case .notAsDesired: "the kernel did not have what was asked for"
        case .stale: "another program changed the same objects"
        case .store(let error): "\(error)"
        }
    }
}

extension Residue {
    /// A few words about each thing, for the record.
    var summary: [String] {
        var lines: [String] = []
        if let rest = remaining?.summary {
            lines.append("\(rest.total) changes would be needed")
        } else {
            lines.append("the kernel could not be read")
        }
        lines += complaints.prefix(20).map { "the kernel refuses something: \($0.refusal)" }
        return lines + conflicts.prefix(20).map { "another program is in the way: \($0)" }
    }
}
