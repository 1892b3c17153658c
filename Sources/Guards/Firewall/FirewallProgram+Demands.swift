import KernelObjects

extension FirewallProgram {
    /// What the rules of a program ask for, and whether some rule may give packets or connections a mark or take them
    /// out of tracking.
    struct Demands {
        var mark = false
        var tracking = false
        var changesPackets = false
    }

    /// What the rules ask for.
    var demands: Demands {
        var demands = Demands()
        for expression in allExpressions {
            switch expression {
            case nil: return Demands(mark: true, tracking: true, changesPackets: true)
            case .meta(let meta)? where meta.key == .mark:
                if meta.isSet { demands.changesPackets = true } else { demands.mark = true }
            case .conntrack(let conntrack)? where !conntrack.isSet: demands.tracking = true
            case .conntrack(let conntrack)? where conntrack.key == .mark: demands.changesPackets = true
            case .notrack?: demands.changesPackets = true
            case .unknown(let unknown)? where !unknown.isHarmless:
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
