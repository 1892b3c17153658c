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
            case .unknown(let unknown)?:
                if !unknown.isAboutPacketAlone { demands.output = true }
                guard !unknown.isHarmless else { continue }
                demands.mark = true
                demands.tracking = true
                if !RuleRun.onlyMatches.contains(unknown.name) { demands.changesPackets = true }
            default: break
            }
        }
        return demands
    }
}

extension UnknownExpression {
    /// Whether what it asks for is the same whichever way the packet leaves.
    fileprivate var isAboutPacketAlone: Bool {
        ["connlimit", "counter", "exthdr", "last", "limit", "log", "numgen", "objref", "quota"].contains(name)
    }

    /// Whether it neither asks for what Weir changes nor changes it: `xtables` extensions that look at the packet's own bytes, or end its way.
    fileprivate var isHarmless: Bool {
        switch name {
        case "fib", "numgen", "hash", "exthdr", "quota", "last", "connlimit", "osf", "objref", "counter", "limit",
            "log", "dynset":
            true
        case "match":
            ["comment", "addrtype", "multiport", "tcp", "udp", "limit", "icmp", "iprange", "set"].contains(
                extensionName
            )
        case "target": ["REJECT", "DNAT", "SNAT", "REDIRECT", "MASQUERADE", "LOG", "NFLOG"].contains(extensionName)
        default: false
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
