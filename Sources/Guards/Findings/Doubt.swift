public import KernelObjects

/// What the fate of a packet depends on and cannot be known before.
public enum Doubt: Sendable, Hashable {
    /// Whether this rule of Weir's table holds for it, or what it does with it.
    case rule(RulePlace)
    /// Whether a rate is used up that this rule holds: it lets packets through at times.
    case rate(RulePlace)
    /// Whether this policy routing rule holds, or what it leads to.
    case routingRule(RoutingRuleObject)
    /// Whether this route is taken.
    case route(RouteObject)
    /// Which way the kernel sends it: now it does so otherwise than Weir would expect.
    case kernelRoute
    /// What this table of another program does with it: it would see other packets than now.
    case foreignTable(String)
    /// What this kernel setting makes of it.
    case setting(String)
    /// Whether this kernel setting lets packets get as far as the peer.
    case hopLimit(String)
    /// By which interface it comes in: there are several.
    case inputInterface
    /// Whether it comes in by another interface than it should.
    case otherInterface
    /// What becomes of what carries it: this interface, or this program, sends it on in packets of its own.
    case carrier(String)
    /// Everything: by what Weir knows the connection is cut now, and it lives.
    case contradiction(Cut)

    /// Whether it is about a rate alone.
    var isRate: Bool {
        guard case .rate = self else { return false }
        return true
    }
}

/// Why it cannot be known how packets fare: what it depends on, and where they may end.
public struct Uncertainty: Sendable, Hashable {
    /// What it depends on.
    public var doubts: [Doubt]
    /// Where the packets may end.
    public var cuts: [Cut]

    /// Creates a description.
    public init(doubts: [Doubt], cuts: [Cut] = []) {
        self.doubts = doubts
        self.cuts = cuts
    }

    /// Adds another part's.
    mutating func formUnion(_ other: Uncertainty) {
        for doubt in other.doubts where !doubts.contains(doubt) { doubts.append(doubt) }
        for cut in other.cuts where !cuts.contains(cut) { cuts.append(cut) }
    }
}
