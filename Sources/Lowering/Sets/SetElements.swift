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
    /// The patterns as keys of a set, without those that another one covers: the kernel takes no overlap.
    var elements: [SetElement] {
        var elements: [SetElement] = []
        for element in map({ SetElement($0) }).sorted(by: { ($0.start, $1.end) < ($1.start, $0.end) }) {
            if let last = elements.last, element.end <= last.end { continue }
            elements.append(element)
        }
        return elements
    }
}
