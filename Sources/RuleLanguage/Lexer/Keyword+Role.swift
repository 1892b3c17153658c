extension Keyword {
    /// Whether it is a verb of the language.
    var isVerb: Bool {
        switch self {
        case .accept, .drop, .reject, .redirect, .dnat, .snat, .masquerade, .log, .count, .notrack: true
        case .jump, .goto, .return: true
        default: false
        }
    }

    /// Whether it starts a declaration.
    var isDeclaration: Bool {
        switch self {
        case .chain, .include, .let, .option, .policy, .route, .rule, .set, .sysctl, .table: true
        default: false
        }
    }

    /// Whether it starts a statement other than a block without a direction.
    var startsStatement: Bool {
        isVerb || isDeclaration || directionWord != nil
    }

    /// Whether it can be the first of the words that a block's rules share.
    var startsBlock: Bool {
        directionWord != nil || startsMatch || isReservedMatch
    }

    /// The direction that it says.
    var directionWord: DirectionWord? {
        switch self {
        case .in: .in
        case .out: .out
        case .forward: .forward
        default: nil
        }
    }

    /// Whether it starts a match.
    var startsMatch: Bool {
        switch self {
        case .on, .from, .to, .ip, .ip6, .saddr, .daddr, .tcp, .udp, .sctp, .dccp, .udplite, .proto, .sport, .dport:
            true
        case .flags, .icmp, .icmpv6, .ct, .mark, .skuid, .skgid, .limit: true
        default: false
        }
    }

    /// Whether it would start a match that the language does not have.
    var isReservedMatch: Bool {
        switch self {
        case .quota, .time: true
        default: false
        }
    }

    /// The flag of a NAT verb that it is.
    var natFlag: NATFlag? {
        switch self {
        case .random: .random
        case .fullyRandom: .fullyRandom
        case .persistent: .persistent
        default: nil
        }
    }

    /// What it makes of a route or routing rule.
    var refusal: RouteRefusal? {
        switch self {
        case .blackhole: .blackhole
        case .unreachable: .unreachable
        case .prohibit: .prohibit
        default: nil
        }
    }

    /// The family that it says.
    var family: FamilyWord? {
        switch self {
        case .ip: .ip
        case .ip6: .ip6
        default: nil
        }
    }
}
