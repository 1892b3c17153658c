/// A change that was made, and that will be rolled back unless it is confirmed.
public struct AwaitedConfirmation: Sendable {
    /// What it brought about. Its number is what the change is called.
    public let generation: Generation
    /// When it will be rolled back.
    public let deadline: BootInstant
    /// What has to work before it may be confirmed.
    public let probes: [ConfirmationProbe]
    /// Whether a watchdog lives; if not, the next command that changes something starts one.
    public let isWatched: Bool

    /// Its number.
    public var number: Int { generation.number }

    /// Nil if the change does not wait, or not any more.
    init?(_ change: UnfinishedChange, in directory: ChangeDirectory) throws(StoreError) {
        guard change.window != nil, !change.hasDamagedJournal, let deadline = change.deadline,
            try Decision(in: directory.path) == nil
        else { return nil }
        generation = change.generation
        self.deadline = deadline
        probes = try directory.probes()
        isWatched = change.isWatched
    }
}

extension UnfinishedChange {
    /// How long it waits for a confirmation once it is made, in nanoseconds; nil if it needs none.
    public var window: UInt64? {
        for case .begun(_, let window) in records { return window }
        return nil
    }

    /// When it will be rolled back; nil if it has not come so far, or needs no confirmation.
    public var deadline: BootInstant? { records.deadline }
}

extension [JournalRecord] {
    /// When the change will be rolled back; nil if it has not come so far, or needs no confirmation.
    var deadline: BootInstant? {
        var deadline: BootInstant?
        for record in self {
            switch record {
            case .pending(let moment), .extended(let moment): deadline = BootInstant(nanoseconds: moment)
            default: continue
            }
        }
        return deadline
    }

    /// The process that makes the change.
    var owner: ProcessIdentity? {
        for case .begun(let owner, _) in self { return owner }
        return nil
    }
}

extension StateStore {
    /// The change that waits to be confirmed. Nothing is changed, and no lock is needed.
    public func awaitedConfirmation() throws(StoreError) -> AwaitedConfirmation? {
        for directory in try changesUnderWay().reversed() {
            guard let change = try UnfinishedChange(directory) else { continue }
            if let awaited = try AwaitedConfirmation(change, in: directory) { return awaited }
        }
        return nil
    }
}
