import NetworkTypes

/// The values that one thing about a packet may have: its source address, its state, the interface that it came in by.
protocol ValueRegion {
    /// Whether there is no such value.
    var isEmpty: Bool { get }
    /// The values that are in both regions.
    func intersection(_ other: Self) -> Self
    /// Whether every value of this region is in the other one; in doubt it is not.
    func isSubset(of other: Self) -> Bool
}

extension AddressFamilies: ValueRegion {}
extension ConntrackStates: ValueRegion {}

extension IntervalSet: ValueRegion {
    func isSubset(of other: IntervalSet) -> Bool {
        other.isSuperset(of: self)
    }
}

extension AddressSet: ValueRegion {
    func isSubset(of other: AddressSet) -> Bool {
        ipv4.isSubset(of: other.ipv4) && ipv6.isSubset(of: other.ipv6)
    }
}

/// No region stands for all values.
extension Optional where Wrapped: ValueRegion {
    /// Whether there is no such value.
    var isNothing: Bool {
        self?.isEmpty ?? false
    }

    /// Takes out what is not in the other region.
    mutating func narrow(to other: Wrapped?) {
        guard let other else { return }
        self = self?.intersection(other) ?? other
    }

    /// Whether every value of this region is in the other one.
    func lies(within other: Wrapped?) -> Bool {
        guard let other else { return true }
        return self?.isSubset(of: other) ?? false
    }
}
