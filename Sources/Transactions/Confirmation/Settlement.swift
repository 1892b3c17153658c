/// What became of a change that needed a confirmation.
public enum Settlement: Sendable {
    /// It stays: it was confirmed, now or earlier.
    case confirmed(number: Int)
    /// It was rolled back, now or earlier, and the kernel was read and found to be as before; why, in a few words.
    case takenBack(number: Int, reason: String)
    /// It was to be rolled back and not all could be; what is left, in lines for people.
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
    /// What became of a change; nil if it is not over, or there is none of this number.
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

    /// What became of changes that had to be confirmed and were rolled back, or could not be, since another one failed: also of those that
    /// waited for a moment only.
    /// - Parameter number: The number of the last one that failed before; nil if those that did are of no interest.
    /// - Returns: And the number of the last one that has failed by now.
    func settlements(after number: Int?) throws(StoreError) -> (settlements: [Settlement], last: Int) {
        let failed = try numbersOfFailures()
        let given = try unfinishedChanges().filter { $0.residue != nil }.map(\.generation.number)
        let numbers = (failed + given).sorted()
        var settlements: [Settlement] = []
        for ended in numbers where number.map({ ended > $0 }) ?? false {
            let directory = ChangeDirectory(ended, in: self, at: failed.contains(ended) ? failuresDirectory : nil)
            guard try UnfinishedChange(directory)?.deadline != nil, let settlement = try settlement(of: ended) else {
                continue
            }
            settlements.append(settlement)
        }
        return (settlements, numbers.last ?? 0)
    }

    /// The number of the last change that is over or under way; nil if there was none.
    public func lastNumber() throws(StoreError) -> Int? {
        let next = try nextNumber()
        return next > 1 ? next - 1 : nil
    }
}
