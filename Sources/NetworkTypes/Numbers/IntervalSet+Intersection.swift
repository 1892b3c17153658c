extension IntervalSet {
    /// The values that both sets hold.
    public func intersection(_ other: IntervalSet) -> IntervalSet {
        var common: [Interval<Bound>] = []
        var (left, right) = (0, 0)
        while left < intervals.count, right < other.intervals.count {
            let (mine, theirs) = (intervals[left], other.intervals[right])
            if let both = Interval(max(mine.lower, theirs.lower), min(mine.upper, theirs.upper)) {
                common.append(both)
            }
            if mine.upper < theirs.upper {
                left += 1
            } else {
                right += 1
            }
        }
        return IntervalSet(common)
    }

    /// Whether each value of the other set is in this one.
    public func isSuperset(of other: IntervalSet) -> Bool {
        // Adjacent single values are not merged, so a covered interval may lie across several of ours.
        var index = 0
        for interval in other.intervals {
            var next: Bound? = interval.lower
            while let value = next, value <= interval.upper {
                while index < intervals.count, intervals[index].upper < value { index += 1 }
                guard index < intervals.count, intervals[index].lower <= value else { return false }
                next = intervals[index].upper.successor
            }
        }
        return true
    }
}

extension AddressSet {
    /// The addresses that both sets hold.
    public func intersection(_ other: AddressSet) -> AddressSet {
        AddressSet(ipv4: ipv4.intersection(other.ipv4), ipv6: ipv6.intersection(other.ipv6))
    }
}
