import NetworkTypes

/// Marks: all that agree with one under its mask, without those that agree with others under theirs.
struct MarkRegion: Hashable {
    /// How many parts are looked at before marks that are left out are taken not to leave nothing.
    private static let mostParts = 1024

    /// What all marks agree with; nil if that is impossible.
    private var required: Mark?
    /// What the marks must not agree with.
    private var excluded: [Mark]

    /// The marks that agree with one, or all others.
    init(_ mark: Mark, isNegated: Bool) {
        required = isNegated ? .anything : mark
        excluded = isNegated ? [mark] : []
    }
}

extension MarkRegion: ValueRegion {
    var isEmpty: Bool {
        guard let required else { return true }
        var budget = Self.mostParts
        return Self.covers(excluded[...], required, &budget)
    }

    func intersection(_ other: MarkRegion) -> MarkRegion {
        var result = self
        result.required = required.flatMap { mine in other.required.flatMap { mine.intersection($0) } }
        result.excluded += other.excluded
        return result
    }

    func isSubset(of other: MarkRegion) -> Bool {
        guard let required else { return true }
        var budget = Self.mostParts
        guard let wider = other.required, Self.covers([wider] + excluded, required, &budget) else { return false }
        return other.excluded.allSatisfy { mark in
            var both = self
            both.required = required.intersection(mark)
            return both.isEmpty
        }
    }

    /// Whether every mark that agrees with `part` agrees with one of the others.
    private static func covers(_ marks: ArraySlice<Mark>, _ part: Mark, _ budget: inout Int) -> Bool {
        budget -= 1
        guard budget > 0, let first = marks.first else { return false }
        guard let common = part.intersection(first) else { return covers(marks.dropFirst(), part, &budget) }
        // What differs from the first mark in one more of its bits is left for the others.
        var part = part
        var free = common.mask & ~part.mask
        while free != 0 {
            let bit = free & ~(free - 1)
            free &= ~bit
            let other = Mark(masking: part.value | (~first.value & bit), with: part.mask | bit)
            guard covers(marks.dropFirst(), other, &budget) else { return false }
            part = Mark(masking: part.value | (first.value & bit), with: part.mask | bit)
        }
        return true
    }
}

extension Mark {
    /// What every mark agrees with.
    fileprivate static let anything = Mark(masking: 0, with: 0)

    /// What agrees with both; nil if they contradict each other.
    fileprivate func intersection(_ other: Mark) -> Mark? {
        guard (value ^ other.value) & mask & other.mask == 0 else { return nil }
        return Mark(masking: value | other.value, with: mask | other.mask)
    }
}
