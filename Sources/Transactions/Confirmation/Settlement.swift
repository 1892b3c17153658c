/// What became of a change that needed a confirmation.
public enum Settlement: Sendable {
    /// It stays: it was confirmed, now or earlier.
    case confirmed(number: Int)
    /// It was taken back, now or earlier, and the kernel was read and found to be as before; why, in a few words.
    case takenBack(number: Int, reason: String)
    /// It was to be taken back and not all could be; what is left, in lines for people.
    case residue(number: Int, lines: [String])

    /// What became of a change that was just rolled back; nil if that is not so, or another change was.
    init?(_ recovery: Recovery, of number: Int) {
        guard recovery.generation.number == number, case .takenBack = recovery.ending else { return nil }
        self = .takenBack(number: number, reason: recovery.decision?.reason ?? "it was interrupted")
    }

    /// The number of the change.
    public var number: Int {
        switch self {
        case .confirmed(let number), .takenBack(let number, _), .residue(let number, _): number
        }
    }
}

extension StateStore {
    /// What became of a change; nothing where it is not over, or there is none of this number.
    public func settlement(of number: Int) throws(StoreError) -> Settlement? {
        if try generationNumbers().contains(number) { return .confirmed(number: number) }
        let failed = ChangeDirectory(number, in: self, at: failuresDirectory)
        if let change = try UnfinishedChange(failed) {
            return .takenBack(number: number, reason: change.reason ?? "it was interrupted")
        }
        guard let change = try UnfinishedChange(ChangeDirectory(number, in: self)), let lines = change.residue else {
            return nil
        }
        return .residue(number: number, lines: lines)
    }

    /// What became of changes that had to be confirmed and were rolled back, or could not be, since another one was over; nothing if that is
    /// nil. Those are among them that waited for a moment only.
    func settlements(after number: Int?) throws(StoreError) -> [Settlement] {
        guard let number else { return [] }
        var settlements: [Settlement] = []
        for directory in try changesThatFailed() where directory.number > number {
            guard try UnfinishedChange(directory)?.deadline != nil,
                let settlement = try settlement(of: directory.number)
            else { continue }
            settlements.append(settlement)
        }
        return settlements
    }

    /// The number of the last change that is over, while none is under way but the one that waits to be confirmed.
    func lastNumberOver(_ stand: StoreStand) throws(StoreError) -> Int {
        if case .awaited(let number) = stand.basis { return number - 1 }
        return max(try changesThatFailed().last?.number ?? 0, try generationNumbers().last ?? 0)
    }

    /// Those that were rolled back, or are to be, the oldest first.
    private func changesThatFailed() throws(StoreError) -> [ChangeDirectory] {
        let failed = try numbersOfFailures().map { ChangeDirectory($0, in: self, at: failuresDirectory) }
        return (failed + (try changesUnderWay())).sorted { $0.number < $1.number }
    }

    /// The number of the last change that is over or under way; nothing where there was none.
    public func lastNumber() throws(StoreError) -> Int? {
        let next = try nextNumber()
        return next > 1 ? next - 1 : nil
    }
}
