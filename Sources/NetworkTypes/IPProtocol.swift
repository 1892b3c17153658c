/// A transport protocol number (IANA "Assigned Internet Protocol Numbers").
public struct IPProtocol: RawRepresentable, Sendable, Hashable, Comparable, Codable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// ICMP for IPv4, 1.
    public static let icmp = IPProtocol(rawValue: 1)
    /// TCP, 6.
    public static let tcp = IPProtocol(rawValue: 6)
    /// UDP, 17.
    public static let udp = IPProtocol(rawValue: 17)
    /// DCCP, 33.
    public static let dccp = IPProtocol(rawValue: 33)
    /// ICMP for IPv6, 58.
    public static let icmpv6 = IPProtocol(rawValue: 58)
    /// SCTP, 132.
    public static let sctp = IPProtocol(rawValue: 132)
    /// UDP-Lite, 136.
    public static let udplite = IPProtocol(rawValue: 136)

    /// Whether its header starts with a source and a destination port.
    public var hasPorts: Bool {
        switch self {
        case .tcp, .udp, .dccp, .sctp, .udplite: true
        default: false
        }
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }
}
