import KernelObjects
import NetworkTypes

extension IntervalSet<IPv4Address> {
    /// The members as keys of a set.
    var elements: [SetElement] {
        intervals.map { SetElement(start: SetKey($0.lower), end: SetKey($0.upper)) }
    }
}

extension IntervalSet<IPv6Address> {
    /// The members as keys of a set.
    var elements: [SetElement] {
        intervals.map { SetElement(start: SetKey($0.lower), end: SetKey($0.upper)) }
    }
}

extension IntervalSet<UInt16> {
    /// The ports as keys of a set.
    var elements: [SetElement] {
        intervals.map { SetElement(start: SetKey(port: $0.lower), end: SetKey(port: $0.upper)) }
    }
}

extension IntervalSet<UInt32> {
    /// Numbers that the kernel has in the machine's byte order as keys of a set; an interval set needs them in network order,
    /// in which bytes compare as numbers do.
    func elements(isInterval: Bool) -> [SetElement] {
        guard !isInterval else {
            return intervals.map {
                SetElement(start: SetKey(networkOrder: $0.lower), end: SetKey(networkOrder: $0.upper))
            }
        }
        return intervals.map { SetElement(SetKey(hostOrder: $0.lower)) }
    }
}

extension [InterfacePattern] {
    /// The patterns in the order of their keys, without those that another one covers: the kernel takes no overlap.
    var uncovered: [InterfacePattern] {
        guard count > 1 else { return self }
        var last: SetElement?
        let ordered = map { ($0, SetElement($0)) }.sorted { ($0.1.start, $1.1.end) < ($1.1.start, $0.1.end) }
        return ordered.compactMap { pattern, element in
            if let last, element.end <= last.end { return nil }
            last = element
            return pattern
        }
    }

    /// The patterns as keys of a set, without those that another one covers.
    var elements: [SetElement] {
        uncovered.map { SetElement($0) }
    }
}
