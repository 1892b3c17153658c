/// A set of values as ascending intervals that do not overlap: one spelling for each meaning.
///
/// Overlapping intervals are merged. Adjacent ones are merged too once any interval holds more than one value, as nft
/// does for interval sets; a list of single values (`22, 23`) stays what its author wrote.
public struct IntervalSet<Bound: IntervalBound>: Sendable, Hashable {
    /// The intervals, ascending and disjoint.
    public let intervals: [Interval<Bound>]

    /// Creates the set of all values that any of the intervals holds.
    @inlinable
    public init(_ unordered: [Interval<Bound>]) {
        guard unordered.count > 1 else {
            intervals = unordered
            return
        }
        var isAscending = true
        var mergesAdjacent = false
        for index in unordered.indices {
            mergesAdjacent = mergesAdjacent || !unordered[index].isSingle
            isAscending = isAscending && (index == 0 || unordered[index - 1].lower <= unordered[index].lower)
        }
        let sorted = isAscending ? unordered : unordered.sorted { $0.lower < $1.lower }
        intervals = Self.merge(sorted, mergesAdjacent: mergesAdjacent)
    }

    /// Creates the set of the values of one interval.
    @inlinable
    public init(_ interval: Interval<Bound>) {
        intervals = [interval]
    }

    /// Creates the set of these values.
    @inlinable
    public init(_ values: some Sequence<Bound>) {
        self.init(values.map { Interval($0) })
    }

    @inlinable
    static func merge(_ sorted: [Interval<Bound>], mergesAdjacent: Bool) -> [Interval<Bound>] {
        var merged: [Interval<Bound>] = []
        merged.reserveCapacity(sorted.count)
        for interval in sorted {
            guard let last = merged.last else {
                merged.append(interval)
                continue
            }
            let touches =
                interval.lower <= last.upper || (mergesAdjacent && last.upper.successor == interval.lower)
            if !touches {
                merged.append(interval)
            } else if last.upper < interval.upper, let union = Interval(last.lower, interval.upper) {
                merged[merged.count - 1] = union
            }
        }
        return merged
    }

    /// The same values with adjacent intervals merged, single ones too.
    @inlinable
    public var joined: IntervalSet {
        IntervalSet(merged: Self.merge(intervals, mergesAdjacent: true))
    }

    @inlinable
    init(merged intervals: [Interval<Bound>]) {
        self.intervals = intervals
    }

    /// Whether the set holds nothing.
    @inlinable
    public var isEmpty: Bool {
        intervals.isEmpty
    }

    /// Whether every interval holds exactly one value.
    @inlinable
    public var isSingles: Bool {
        intervals.allSatisfy(\.isSingle)
    }

    /// Whether the set holds the value.
    @inlinable
    public func contains(_ value: Bound) -> Bool {
        var low = 0
        var high = intervals.count
        while low < high {
            let middle = (low + high) / 2
            if intervals[middle].upper < value {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < intervals.count && intervals[low].lower <= value
    }
}
