/// Codes of ICMP destination unreachable messages that a host or router sends (RFC 792, RFC 1812 5.2.7.1).
public enum ICMPUnreachableCode: UInt8, NamedValue, TextWritable, CaseIterable {
    case netUnreachable = 0
    case hostUnreachable = 1
    case protocolUnreachable = 2
    case portUnreachable = 3
    case netProhibited = 9
    case hostProhibited = 10
    case adminProhibited = 13

    /// nft's names.
    public static let nameTable = NameTable<Self>([
        ("net-unreachable", .netUnreachable), ("host-unreachable", .hostUnreachable),
        ("prot-unreachable", .protocolUnreachable), ("port-unreachable", .portUnreachable),
        ("net-prohibited", .netProhibited), ("host-prohibited", .hostProhibited),
        ("admin-prohibited", .adminProhibited),
    ])
}

/// Codes of ICMPv6 destination unreachable messages (RFC 4443 3.1).
public enum ICMPv6UnreachableCode: UInt8, NamedValue, TextWritable, CaseIterable {
    case noRoute = 0
    case adminProhibited = 1
    case addressUnreachable = 3
    case portUnreachable = 4
    case policyFail = 5
    case rejectRoute = 6

    /// nft's names.
    public static let nameTable = NameTable<Self>([
        ("no-route", .noRoute), ("admin-prohibited", .adminProhibited), ("addr-unreachable", .addressUnreachable),
        ("port-unreachable", .portUnreachable), ("policy-fail", .policyFail), ("reject-route", .rejectRoute),
    ])
}

/// Reasons that the kernel says in the packet's own family (`enum nft_reject_inet_code`).
public enum ICMPXCode: UInt8, NamedValue, TextWritable, CaseIterable {
    /// ICMP network unreachable, ICMPv6 no route.
    case noRoute = 0
    /// Port unreachable in both.
    case portUnreachable = 1
    /// ICMP host unreachable, ICMPv6 address unreachable.
    case hostUnreachable = 2
    /// ICMP communication administratively prohibited (13), ICMPv6 the same (1).
    case adminProhibited = 3

    /// nft's names.
    public static let nameTable = NameTable<Self>([
        ("no-route", .noRoute), ("port-unreachable", .portUnreachable), ("host-unreachable", .hostUnreachable),
        ("admin-prohibited", .adminProhibited),
    ])

    /// The ICMP code that the kernel sends for it.
    public var icmp: ICMPUnreachableCode {
        switch self {
        case .noRoute: .netUnreachable
        case .portUnreachable: .portUnreachable
        case .hostUnreachable: .hostUnreachable
        case .adminProhibited: .adminProhibited
        }
    }

    /// The ICMPv6 code that the kernel sends for it.
    public var icmpv6: ICMPv6UnreachableCode {
        switch self {
        case .noRoute: .noRoute
        case .portUnreachable: .portUnreachable
        case .hostUnreachable: .addressUnreachable
        case .adminProhibited: .adminProhibited
        }
    }

    /// The reason for which the kernel sends this ICMP code.
    public init?(_ code: ICMPUnreachableCode) {
        guard let reason = Self.allCases.first(where: { $0.icmp == code }) else { return nil }
        self = reason
    }

    /// The reason for which the kernel sends this ICMPv6 code.
    public init?(_ code: ICMPv6UnreachableCode) {
        guard let reason = Self.allCases.first(where: { $0.icmpv6 == code }) else { return nil }
        self = reason
    }
}

extension ICMPUnreachableCode {
    /// The ICMPv6 code of the same meaning.
    public var icmpv6: ICMPv6UnreachableCode {
        switch self {
        case .netUnreachable: .noRoute
        case .hostUnreachable: .addressUnreachable
        // ICMPv6 tells of an unknown protocol in a parameter problem message, which no firewall verdict sends.
        case .protocolUnreachable, .portUnreachable: .portUnreachable
        case .netProhibited, .hostProhibited, .adminProhibited: .adminProhibited
        }
    }
}

extension ICMPv6UnreachableCode {
    /// The ICMP code of the same meaning.
    public var icmp: ICMPUnreachableCode {
        switch self {
        case .noRoute: .netUnreachable
        case .addressUnreachable: .hostUnreachable
        case .portUnreachable: .portUnreachable
        // The two newer codes are kinds of "administratively prohibited" (RFC 4443 3.1).
        case .adminProhibited, .policyFail, .rejectRoute: .adminProhibited
        }
    }
}
