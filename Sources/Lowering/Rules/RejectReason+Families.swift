import KernelObjects
import NetworkTypes
import RulesetModel

extension RejectExpression {
    /// What a rule of one family, or of both, tells the sender.
    init(_ reason: RejectReason, family: AddressFamily?) {
        switch (reason, family) {
        case (.tcpReset, _): self = .tcpReset
        case (.icmpx(let code), .ipv4?): self = .icmp(code: code.icmp.rawValue)
        case (.icmpx(let code), .ipv6?): self = .icmp(code: code.icmpv6.rawValue)
        case (.icmpx(let code), nil): self = .icmpx(code: code.rawValue)
        case (.icmp(let code), .ipv6?): self = .icmp(code: code.icmpv6.rawValue)
        case (.icmp(let code), _): self = .icmp(code: code.rawValue)
        case (.icmpv6(let code), .ipv4?): self = .icmp(code: code.icmp.rawValue)
        case (.icmpv6(let code), _): self = .icmp(code: code.rawValue)
        }
    }
}

extension ICMPXCode {
    /// What the kernel sends for IPv4 (`nft_reject_icmp_code`).
    var icmp: ICMPUnreachableCode {
        switch self {
        case .noRoute: .netUnreachable
        case .portUnreachable: .portUnreachable
        case .hostUnreachable: .hostUnreachable
        case .adminProhibited: .adminProhibited
        }
    }

    /// What the kernel sends for IPv6 (`nft_reject_icmpv6_code`).
    var icmpv6: ICMPv6UnreachableCode {
        switch self {
        case .noRoute: .noRoute
        case .portUnreachable: .portUnreachable
        case .hostUnreachable: .addressUnreachable
        case .adminProhibited: .adminProhibited
        }
    }
}

extension ICMPUnreachableCode {
    /// The code of ICMPv6 with the nearest meaning (as RFC 7915 5.2 translates them).
    var icmpv6: ICMPv6UnreachableCode {
        switch self {
        case .netUnreachable: .noRoute
        case .hostUnreachable: .addressUnreachable
        case .portUnreachable, .protocolUnreachable: .portUnreachable
        case .netProhibited, .hostProhibited, .adminProhibited: .adminProhibited
        }
    }
}

extension ICMPv6UnreachableCode {
    /// The code of ICMP with the nearest meaning (as RFC 7915 4.2 translates them).
    var icmp: ICMPUnreachableCode {
        switch self {
        case .noRoute: .netUnreachable
        case .addressUnreachable: .hostUnreachable
        case .portUnreachable: .portUnreachable
        case .adminProhibited, .policyFail, .rejectRoute: .adminProhibited
        }
    }
}
