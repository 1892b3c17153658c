public import KernelObjects
public import Reconciliation

/// What is looked after: a generation, or a change that waits to be confirmed.
public struct WatchedState: Sendable {
    /// The generation, or the one that the change will be; nil if nothing was ever applied.
    public let generation: Generation?
    /// The change, if it waits to be confirmed.
    public let awaited: AwaitedConfirmation?
    /// What should be there.
    public let desired: DesiredState
    /// The model as JSON, for the names of routing tables; nil if there is none.
    public let model: [UInt8]?
}

/// What is told by whoever watches.
public enum WatchEvent: Sendable {
    /// This is looked after from now on: at the beginning, and whenever Weir itself has changed something.
    case watching(WatchedState)
    /// A change that waited to be confirmed was rolled back, or could not be; why, in a few words.
    case settled(Settlement)
    /// Another program has changed what is Weir's.
    case changed(ForeignChanges)
    /// The kernel is again as it should be.
    case restored
    /// A change by Weir is not finished: until it is, nothing is compared.
    case unsettled(UnfinishedChange)
    /// Announcements were lost (`ENOBUFS`): everything was read again.
    case announcementsLost
    /// The kernel, or the state directory, cannot be read at the moment; it is tried again.
    case unreadable(TransactionError)
    /// What others had changed was put back, and the kernel was read and found to be as it should be.
    case healed(Preview)
    /// These routes are put back when their interfaces, or what they go through, are there again.
    case deferred([RouteObject])
    /// Something is not put back.
    case notHealed(HealObstacle)
    /// Nothing is put back any more: another program changes it as often as it is put back.
    case fought(ForeignChanges)
}

/// Why something is not put back.
public enum HealObstacle: Sendable {
    /// Nothing was ever applied.
    case nothingApplied
    /// It was applied before the last boot: what has to be known to roll it back is not known any more.
    case otherKernel
    /// A change waits to be confirmed.
    case awaitingConfirmation
    /// These have been taken by others.
    case conflicts([Conflict])
    /// Guards refuse it; what they say.
    case guarded([String])
    /// It was tried and failed.
    case failed(TransactionError)

    /// What tells it from another one, so that it is said once.
    var signature: String {
        switch self {
        case .nothingApplied: "nothing applied"
        case .otherKernel: "other kernel"
        case .awaitingConfirmation: "awaiting confirmation"
        case .conflicts(let conflicts): "conflicts \(LeftOut(conflicts))"
        case .guarded(let lines): "guarded \(lines)"
        case .failed(let error): "failed \(error)"
        }
    }
}

/// Why the watching ended.
public enum WatchEnding: Sendable {
    /// A signal asked for it.
    case asked
    /// Another program changes things as often as they are put back.
    case fought
}
