/// A set of addresses of both families.
public struct AddressSet: Sendable, Hashable {
    /// The IPv4 part.
    public let ipv4: IntervalSet<IPv4Address>
    /// The IPv6 part.
    public let ipv6: IntervalSet<IPv6Address>

    /// Creates a set from its two parts.
    public init(ipv4: IntervalSet<IPv4Address> = .init([]), ipv6: IntervalSet<IPv6Address> = .init([])) {
        self.ipv4 = ipv4
        self.ipv6 = ipv6
    }

    /// Creates the set of the addresses of one range.
    public init(_ range: AddressRange) {
        switch range {
        case .ipv4(let interval): self.init(ipv4: IntervalSet(interval))
        case .ipv6(let interval): self.init(ipv6: IntervalSet(interval))
        }
    }

    /// Creates the set of all addresses that any of the ranges holds.
    @inlinable
    public init(_ ranges: some Sequence<AddressRange>) {
        var ipv4: [Interval<IPv4Address>] = []
        var ipv6: [Interval<IPv6Address>] = []
        for range in ranges {
            switch range {
            case .ipv4(let interval): ipv4.append(interval)
            case .ipv6(let interval): ipv6.append(interval)
            }
        }
        self.init(ipv4: IntervalSet(ipv4), ipv6: IntervalSet(ipv6))
    }

    /// Whether the set holds nothing.
    public var isEmpty: Bool {
        ipv4.isEmpty && ipv6.isEmpty
    }

    /// The families that the set has members of.
    public var families: AddressFamilies {
        var families: AddressFamilies = []
        if !ipv4.isEmpty { families.insert(.ipv4) }
        if !ipv6.isEmpty { families.insert(.ipv6) }
        return families
    }

    /// The set without the addresses of the other family.
    public func only(_ family: AddressFamily) -> AddressSet {
        switch family {
        case .ipv4: AddressSet(ipv4: ipv4)
        case .ipv6: AddressSet(ipv6: ipv6)
        }
    }

    /// Number of ranges of both families.
    public var rangeCount: Int {
        ipv4.intervals.count + ipv6.intervals.count
    }

    /// The ranges: IPv4 first, ascending.
    public var ranges: some Sequence<AddressRange> {
        let count = ipv4.intervals.count
        return (0..<rangeCount).lazy.map { index in
            index < count ? .ipv4(ipv4.intervals[index]) : .ipv6(ipv6.intervals[index - count])
        }
    }

    /// Whether each range holds exactly one address.
    public var isSingles: Bool {
        ipv4.isSingles && ipv6.isSingles
    }

    /// Whether the set holds the address.
    public func contains(_ address: IPAddress) -> Bool {
        switch address {
        case .ipv4(let address): ipv4.contains(address)
        case .ipv6(let address): ipv6.contains(address)
        }
    }
}
