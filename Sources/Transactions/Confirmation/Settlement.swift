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

    /// The number of the last change that is over or under way; nothing where there was none.
    public func lastNumber() throws(StoreError) -> Int? {
        let next = try nextNumber()
        return next > 1 ? next - 1 : nil
    }
}
