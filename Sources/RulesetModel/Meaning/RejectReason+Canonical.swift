public import NetworkTypes

extension RejectReason {
    /// The one spelling of the reason for a rule that holds for these families.
    public func canonical(for families: AddressFamilies) -> RejectReason {
        if self == .tcpReset { return self }
        switch families {
        case .ipv4: return icmpCode.map { .icmp($0) } ?? self
        case .ipv6: return icmpv6Code.map { .icmpv6($0) } ?? self
        default: break
        }
        switch self {
        case .icmp(let code): return ICMPXCode(code).map { .icmpx($0) } ?? self
        case .icmpv6(let code): return ICMPXCode(code).map { .icmpx($0) } ?? self
        case .icmpx, .tcpReset: return self
        }
    }

    /// What the sender of an IPv4 packet is told; nothing where it is a RST.
    public var icmpCode: ICMPUnreachableCode? {
        switch self {
        case .icmp(let code): code
        case .icmpv6(let code): code.icmp
        case .icmpx(let code): code.icmp
        case .tcpReset: nil
        }
    }

    /// What the sender of an IPv6 packet is told; nothing where it is a RST.
    public var icmpv6Code: ICMPv6UnreachableCode? {
        switch self {
        case .icmp(let code): code.icmpv6
        case .icmpv6(let code): code
        case .icmpx(let code): code.icmpv6
        case .tcpReset: nil
        }
    }
}
