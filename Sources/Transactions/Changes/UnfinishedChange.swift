/// A change that is being made, that was interrupted, that was rolled back, or that could not be.
public struct UnfinishedChange: Sendable {
    /// What it is to bring about.
    public let generation: Generation
    /// How far it has come.
    public let records: [JournalRecord]
    /// Whether not all of the journal can be read.
    public let hasDamagedJournal: Bool

    /// Whether a process watches over it, and rolls it back where that is to be done.
    public let isWatched: Bool

    /// The process that makes it.
    public var owner: ProcessIdentity? { records.owner }

    /// Whether that process still runs.
    public var isUnderWay: Bool {
        owner?.isAlive ?? false
    }

    /// Whether a process lives that will finish it.
    public var willBeSettled: Bool { isUnderWay || isWatched }

    /// What is left of it, in lines for people; nil if it was not found out that it cannot be rolled back.
    public var residue: [String]? {
        var residue: [String]?
        for case .residue(let lines) in records { residue = lines }
        return residue
    }

    /// Why it was rolled back, or was to be; nil if that is not known.
    public var reason: String? {
        var reason: String?
        for case .rollback(let text) in records { reason = text }
        return reason
    }

    /// Whether it is made and waits to be confirmed, unless that has been decided about.
    public var isAwaitingConfirmation: Bool {
        deadline != nil && reason == nil
    }

    /// Whether the kernel was found to have all of it, and nothing else was decided since.
    var isVerified: Bool {
        guard let place = records.lastIndex(of: .verified), !hasDamagedJournal else { return false }
        return !records[place...].contains { if case .rollback = $0 { true } else { false } }
    }

    /// Reads it; nil if there is none, where the kernel was not touched yet, or where the generation has its place already.
    init?(_ directory: ChangeDirectory) throws(StoreError) {
        guard let journal = try JournalContents(directory.journalPath),
            let file = try directory.generation()
        else { return nil }
        generation = file.generation
        records = journal.records
        hasDamagedJournal = journal.isDamaged
        let needsConfirmation = journal.records.contains { if case .begun(_, .some) = $0 { true } else { false } }
        isWatched = needsConfirmation ? try directory.isWatched() : false
    }
}

extension StateStore {
    /// The changes that are not finished, the oldest first. Nothing is changed, and no lock is needed.
    public func unfinishedChanges() throws(StoreError) -> [UnfinishedChange] {
        var changes: [UnfinishedChange] = []
        for directory in try changesUnderWay() {
            if let change = try UnfinishedChange(directory) { changes.append(change) }
        }
        return changes
    }

    /// The last changes that failed or were interrupted, and of which nothing is left in the kernel; the oldest first.
    public func failures() throws(StoreError) -> [UnfinishedChange] {
        var changes: [UnfinishedChange] = []
        for number in try numbersOfFailures() {
            let directory = ChangeDirectory(number, in: self, at: failuresDirectory)
            if let change = try UnfinishedChange(directory) { changes.append(change) }
        }
        return changes
    }

    /// Their directories, the oldest first.
    func changesUnderWay() throws(StoreError) -> [ChangeDirectory] {
        try numbers(in: transactionsDirectory).map { ChangeDirectory($0, in: self) }
    }

    /// Puts away what could not be rolled back: the kernel has been found to be as desired since.
    func setAsideChangesUnderWay() throws(StoreError) {
        for directory in try changesUnderWay() { try directory.setAside() }
    }
}
