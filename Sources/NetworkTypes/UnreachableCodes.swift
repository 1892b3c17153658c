/// Codes of ICMP destination unreachable messages that a host or router sends (RFC 792, RFC 1812 5.2.7.1).
public enum ICMPUnreachableCode: UInt8, Sendable, Hashable, CaseIterable {
    case netUnreachable = 0
    case hostUnreachable = 1
    case protocolUnreachable = 2
    case portUnreachable = 3
    case netProhibited = 9
    case hostProhibited = 10
    case adminProhibited = 13
}

/// Codes of ICMPv6 destination unreachable messages (RFC 4443 3.1).
public enum ICMPv6UnreachableCode: UInt8, Sendable, Hashable, CaseIterable {
    case noRoute = 0
    case adminProhibited = 1
    case addressUnreachable = 3
    case portUnreachable = 4
    case policyFail = 5
    case rejectRoute = 6
}

/// Reasons that the kernel says in the packet's own family (`enum nft_reject_inet_code`).
public enum ICMPXCode: UInt8, Sendable, Hashable, CaseIterable {
    /// ICMP network unreachable, ICMPv6 no route.
    case noRoute = 0
    /// Port unreachable in both.
    case portUnreachable = 1
    /// ICMP host unreachable, ICMPv6 address unreachable.
    case hostUnreachable = 2
    /// ICMP communication administratively prohibited (13), ICMPv6 the same (1).
    case adminProhibited = 3
}
