/// A set of values as ascending intervals that do not overlap: one spelling for each meaning.
///
/// Overlapping intervals are merged. Adjacent ones are merged too once any interval holds more than one value, as nft
/// does for interval sets; a list of single values (`22, 23`) stays what its author wrote.
public struct IntervalSet<Bound: IntervalBound>: Sendable, Hashable {
    /// The intervals, ascending and disjoint.
    public let intervals: [Interval<Bound>]

    /// Creates the set of all values that any of the intervals holds.
    public init(_ unordered: [Interval<Bound>]) {
        let sorted = unordered.sorted { $0.lower < $1.lower }
        let mergesAdjacent = sorted.contains { !$0.isSingle }
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
        intervals = merged
    }

    /// Whether the set holds nothing.
    public var isEmpty: Bool {
        intervals.isEmpty
    }

    /// Whether every interval holds exactly one value.
    public var isSingles: Bool {
        intervals.allSatisfy(\.isSingle)
    }
}
