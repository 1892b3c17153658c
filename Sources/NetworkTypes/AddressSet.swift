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
}
