import KernelObjects

extension FirewallProgram {
    /// What the rules of a program ask for (by which interface packets leave, marks, tracking), and whether some rule may give packets or
    /// connections a mark or take them out of tracking.
    struct Demands {
        var output = false
        var mark = false
        var tracking = false
        var changesPackets = false
    }

    /// What the rules ask for.
    var demands: Demands {
        var demands = Demands()
        for expression in allExpressions {
            switch expression {
            case nil: return Demands(output: true, mark: true, tracking: true, changesPackets: true)
            case .meta(let meta)? where meta.key == .mark:
                if meta.isSet { demands.changesPackets = true } else { demands.mark = true }
            case .meta(let meta)? where !meta.isAboutPacketAlone: demands.output = true
            case .conntrack(let conntrack)? where !conntrack.isSet: demands.tracking = true
            case .conntrack(let conntrack)? where conntrack.key == .mark: demands.changesPackets = true
            case .notrack?: demands.changesPackets = true
            case .bitwise?, .byteorder?, .compare?, .conntrack?, .counter?, .immediate?, .limit?, .log?, .lookup?,
                .masquerade?,
                .meta?, .nat?, .payload?, .range?, .redirect?, .reject?:
                break
            case .connectionLimit?, .duplicate?, .dynamicSet?, .extensionHeader?, .fib?, .flowOffload?, .forward?,
                .hash?, .inner?, .ipsec?, .last?, .logic?, .map?, .numberGenerator?, .object?, .osf?, .payloadWrite?,
                .queue?, .quota?, .route?, .shift?, .socket?, .synproxy?, .tcpOption?, .transparentProxy?, .tunnel?,
                .unknown?:
                guard let expression else { break }
                if !expression.isAboutPacketAlone { demands.output = true }
                guard !expression.isHarmless else { continue }
                demands.mark = true
                demands.tracking = true
                if !RuleRun.onlyMatches.contains(expression.kindName) { demands.changesPackets = true }
            }
        }
        return demands
    }
}

/// Those that no packet is led through.
extension Expression {
    /// Whether what it asks for is the same whichever way the packet leaves.
    fileprivate var isAboutPacketAlone: Bool {
        ["connlimit", "counter", "exthdr", "last", "limit", "log", "numgen", "objref", "quota"].contains(kindName)
    }

    /// Whether it neither asks for what Weir changes nor changes it: `xtables` extensions that look at the packet's own bytes, or end its way.
    fileprivate var isHarmless: Bool {
        switch self {
        case .unknown(let unknown) where unknown.name == "match":
            ["comment", "addrtype", "multiport", "tcp", "udp", "limit", "icmp", "iprange", "set"].contains(
                unknown.extensionName
            )
        case .unknown(let unknown) where unknown.name == "target":
            ["REJECT", "DNAT", "SNAT", "REDIRECT", "MASQUERADE", "LOG", "NFLOG"].contains(unknown.extensionName)
        default:
            [
                "fib", "numgen", "hash", "exthdr", "quota", "last", "connlimit", "osf", "objref", "counter", "limit",
                "log", "dynset",
            ].contains(kindName)
        }
    }
}

extension MetaExpression {
    /// Whether what it asks for is the same whichever way the packet leaves.
    fileprivate var isAboutPacketAlone: Bool {
        switch key {
        case .mark, .nfproto, .l4proto, .skuid, .iif, .iifname: true
        default: isSet
        }
    }
}
