/// Consecutive addresses of one family.
public enum AddressRange: Sendable, Hashable {
    /// IPv4 addresses.
    case ipv4(Interval<IPv4Address>)
    /// IPv6 addresses.
    case ipv6(Interval<IPv6Address>)

    /// Creates the range of one address.
    public init(_ address: IPAddress) {
        switch address {
        case .ipv4(let address): self = .ipv4(Interval(address))
        case .ipv6(let address): self = .ipv6(Interval(address))
        }
    }

    /// Creates the range of all addresses of a prefix.
    public init(_ prefix: IPPrefix) {
        switch prefix.address {
        case .ipv4(let first):
            let hostBits = UInt32.max >> UInt32(prefix.length)
            let last = IPv4Address(rawValue: first.rawValue | hostBits)
            self = .ipv4(Interval(first, last) ?? Interval(first))
        case .ipv6(let first):
            let hostBits = UInt128.max >> UInt128(prefix.length)
            let last = IPv6Address(rawValue: first.rawValue | hostBits)
            self = .ipv6(Interval(first, last) ?? Interval(first))
        }
    }

    /// Creates the range from one address to another, or nothing where they have different families or the wrong order.
    public init?(_ first: IPAddress, _ last: IPAddress) {
        switch (first, last) {
        case (.ipv4(let first), .ipv4(let last)):
            guard let interval = Interval(first, last) else { return nil }
            self = .ipv4(interval)
        case (.ipv6(let first), .ipv6(let last)):
            guard let interval = Interval(first, last) else { return nil }
            self = .ipv6(interval)
        default:
            return nil
        }
    }

    /// The family of the addresses.
    public var family: AddressFamily {
        switch self {
        case .ipv4: .ipv4
        case .ipv6: .ipv6
        }
    }

    /// The first address.
    public var first: IPAddress {
        switch self {
        case .ipv4(let interval): .ipv4(interval.lower)
        case .ipv6(let interval): .ipv6(interval.lower)
        }
    }

    /// The last address.
    public var last: IPAddress {
        switch self {
        case .ipv4(let interval): .ipv4(interval.upper)
        case .ipv6(let interval): .ipv6(interval.upper)
        }
    }

    /// Whether the range holds exactly one address.
    public var isSingle: Bool {
        switch self {
        case .ipv4(let interval): interval.isSingle
        case .ipv6(let interval): interval.isSingle
        }
    }
}
