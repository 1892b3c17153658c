/// Consecutive addresses of one family.
public enum AddressRange: Sendable, Hashable {
    /// IPv4 addresses.
    case ipv4(Interval<IPv4Address>)
    /// IPv6 addresses.
    case ipv6(Interval<IPv6Address>)

    /// The family of the addresses.
    public var family: AddressFamily {
        switch self {
        case .ipv4: .ipv4
        case .ipv6: .ipv6
        }
    }
}
