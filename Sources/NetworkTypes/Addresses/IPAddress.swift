/// An address of either family.
public enum IPAddress: Sendable, Hashable {
    /// An IPv4 address.
    case ipv4(IPv4Address)
    /// An IPv6 address.
    case ipv6(IPv6Address)

    /// The family of the address.
    public var family: AddressFamily {
        switch self {
        case .ipv4: .ipv4
        case .ipv6: .ipv6
        }
    }

    /// The address with all bits after the first `length` cleared.
    public func masked(to length: UInt8) -> IPAddress {
        switch self {
        case .ipv4(let address):
            // A shift by the whole width gives zero in Swift.
            .ipv4(IPv4Address(rawValue: address.rawValue & ~(UInt32.max >> UInt32(length))))
        case .ipv6(let address):
            .ipv6(IPv6Address(rawValue: address.rawValue & ~(UInt128.max >> UInt128(length))))
        }
    }
}

extension IPAddress: Comparable {
    /// IPv4 before IPv6, then by number.
    public static func < (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.ipv4(let left), .ipv4(let right)): left < right
        case (.ipv6(let left), .ipv6(let right)): left < right
        case (.ipv4, .ipv6): true
        case (.ipv6, .ipv4): false
        }
    }
}
