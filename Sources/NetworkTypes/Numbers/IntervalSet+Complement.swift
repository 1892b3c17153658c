extension IntervalSet {
    /// The values that the set does not hold.
    public var complement: IntervalSet {
        var gaps: [Interval<Bound>] = []
        var start: Bound? = Bound.least
        for interval in intervals {
            guard let first = start else { break }
            if let last = interval.lower.predecessor, let gap = Interval(first, last) { gaps.append(gap) }
            start = interval.upper.successor
        }
        if let first = start, let gap = Interval(first, Bound.greatest) { gaps.append(gap) }
        return IntervalSet(gaps)
    }

    /// The values that either set holds.
    public func union(_ other: IntervalSet) -> IntervalSet {
        IntervalSet(intervals + other.intervals)
    }
}
