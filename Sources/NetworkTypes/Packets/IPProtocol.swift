/// A transport protocol number (IANA "Assigned Internet Protocol Numbers").
public struct IPProtocol: RawRepresentable, NamedValue, TextWritable, Comparable, Codable {
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

    /// The names that people write; those of the address families' own headers are left out.
    public static let nameTable = NameTable<Self>([
        ("icmp", .icmp), ("igmp", .init(rawValue: 2)), ("ipencap", .init(rawValue: 4)), ("tcp", .tcp),
        ("egp", .init(rawValue: 8)), ("igp", .init(rawValue: 9)), ("udp", .udp), ("rdp", .init(rawValue: 27)),
        ("dccp", .dccp), ("ipv6", .init(rawValue: 41)), ("ipv6-route", .init(rawValue: 43)),
        ("ipv6-frag", .init(rawValue: 44)), ("rsvp", .init(rawValue: 46)), ("gre", .init(rawValue: 47)),
        ("esp", .init(rawValue: 50)), ("ah", .init(rawValue: 51)), ("icmpv6", .icmpv6), ("ipv6-icmp", .icmpv6),
        ("ipv6-nonxt", .init(rawValue: 59)), ("ipv6-opts", .init(rawValue: 60)), ("eigrp", .init(rawValue: 88)),
        ("ospf", .init(rawValue: 89)), ("ipip", .init(rawValue: 94)), ("etherip", .init(rawValue: 97)),
        ("pim", .init(rawValue: 103)), ("ipcomp", .init(rawValue: 108)), ("vrrp", .init(rawValue: 112)),
        ("l2tp", .init(rawValue: 115)), ("isis", .init(rawValue: 124)), ("sctp", .sctp), ("fc", .init(rawValue: 133)),
        ("mobility-header", .init(rawValue: 135)), ("udplite", .udplite), ("mpls-in-ip", .init(rawValue: 137)),
        ("manet", .init(rawValue: 138)), ("hip", .init(rawValue: 139)), ("shim6", .init(rawValue: 140)),
        ("wesp", .init(rawValue: 141)), ("rohc", .init(rawValue: 142)),
    ])
}
