/// The two address families that Weir's rules speak of.
public enum AddressFamily: UInt8, Sendable, Hashable, Comparable, CaseIterable, Codable {
    /// IPv4 (`AF_INET`, `NFPROTO_IPV4`, 2).
    case ipv4 = 2
    /// IPv6 (`AF_INET6`, `NFPROTO_IPV6`, 10).
    case ipv6 = 10

    public static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The bits of an address: 32 or 128.
    public var addressBits: Int {
        switch self {
        case .ipv4: 32
        case .ipv6: 128
        }
    }
}
