public import Diagnostics
public import NetworkTypes

/// `route [ip|ip6] [TYPE] DESTINATION ATTRIBUTES [{ NEXTHOPS }]`.
public struct RouteSyntax: Sendable, Hashable {
    /// The statement.
    public let range: SourceRange
    /// The family, if it is said.
    public let family: FamilySyntax?
    /// `local`, `throw`, `blackhole`, `unreachable` or `prohibit`; nil for a route that leads somewhere.
    public let type: RouteTypeSyntax?
    /// A prefix, an address, the word `default`, a variable, or a list of them.
    public let destination: ValueSyntax
    /// What stands between the destination and the brace, each kind at most once.
    public let attributes: SyntaxList<RouteAttributeSyntax>
    /// The next hops of a multipath route.
    public let nextHops: SyntaxList<NextHopSyntax>
}

/// A family and where it is written.
public struct FamilySyntax: Sendable, Hashable {
    /// The word.
    public let range: SourceRange
    /// The family.
    public let family: FamilyWord
}

/// The type of a route and where it is written.
public struct RouteTypeSyntax: Sendable, Hashable {
    /// The word.
    public let range: SourceRange
    /// What happens to the packet.
    public let type: RouteTypeWord
}

/// What a route does with packets that it leads nowhere.
public enum RouteTypeWord: Sendable, Hashable {
    /// They go nowhere at all.
    case refuse(RouteRefusal)
    /// The next policy routing rule is asked (RTN_THROW).
    case `throw`
    /// They are for this host (RTN_LOCAL).
    case local
}

/// What a route, or a routing rule, does with packets that go nowhere.
public enum RouteRefusal: Sendable, Hashable, CaseIterable {
    /// Dropped without an answer (RTN_BLACKHOLE, FR_ACT_BLACKHOLE).
    case blackhole
    /// Answered with "host unreachable" (RTN_UNREACHABLE, FR_ACT_UNREACHABLE).
    case unreachable
    /// Answered with "administratively prohibited" (RTN_PROHIBIT, FR_ACT_PROHIBIT).
    case prohibit
}

/// An attribute of a route or of one of its next hops.
public struct RouteAttributeSyntax: Sendable, Hashable {
    /// The attributes there are.
    public enum Kind: Sendable, Hashable {
        /// `via ADDRESS`: RTA_GATEWAY.
        case via(ValueSyntax)
        /// `dev INTERFACE`: RTA_OIF.
        case dev(ValueSyntax)
        /// `metric N`: RTA_PRIORITY.
        case metric(ValueSyntax)
        /// `table NAME|N`: RTA_TABLE.
        case table(ValueSyntax)
        /// `src ADDRESS`: RTA_PREFSRC.
        case src(ValueSyntax)
        /// A metric with its value (`RTAX_*`), which `lock` keeps from being changed by what is learnt: `mtu lock N`.
        case path(RouteMetric, ValueSyntax, isLocked: Bool)
        /// `features ecn`: RTAX_FEATURES.
        case features(ValueSyntax)
        /// `congctl NAME`: RTAX_CC_ALGO.
        case congctl(ValueSyntax)
        /// `pref low|medium|high`: RTA_PREF.
        case pref(ValueSyntax)
        /// `tos N`: `rtm_tos`.
        case tos(ValueSyntax)
        /// `scope NAME`: `rtm_scope`.
        case scope(ValueSyntax)
        /// `onlink`: RTNH_F_ONLINK.
        case onlink
        /// `weight N`, of a next hop only: `rtnh_hops` + 1.
        case weight(ValueSyntax)
    }

    /// The attribute with its value.
    public let range: SourceRange
    /// Which one, and its value.
    public let kind: Kind
}

/// One next hop of a multipath route.
public struct NextHopSyntax: Sendable, Hashable {
    /// The next hop.
    public let range: SourceRange
    /// `via`, `dev`, `weight` and `onlink`, each at most once.
    public let attributes: SyntaxList<RouteAttributeSyntax>
}

/// `rule [ip|ip6] [not] SELECTORS ACTION [priority N]`.
public struct RoutingRuleSyntax: Sendable, Hashable {
    /// The statement.
    public let range: SourceRange
    /// The family, if it is said.
    public let family: FamilySyntax?
    /// Selectors, action and priority in file order, each kind at most once; exactly one is an action.
    public let attributes: SyntaxList<RoutingRuleAttributeSyntax>
}

/// A part of a routing rule.
public struct RoutingRuleAttributeSyntax: Sendable, Hashable {
    /// The parts there are.
    public enum Kind: Sendable, Hashable {
        /// `from PREFIX`: FRA_SRC. A list may hold one of each family.
        case from(ValueSyntax)
        /// `to PREFIX`: FRA_DST. A list may hold one of each family.
        case to(ValueSyntax)
        /// `iif INTERFACE`: FRA_IIFNAME.
        case iif(ValueSyntax)
        /// `oif INTERFACE`: FRA_OIFNAME.
        case oif(ValueSyntax)
        /// `fwmark V` or `fwmark V/M`: FRA_FWMARK, FRA_FWMASK.
        case fwmark(ValueSyntax)
        /// `not`: FIB_RULE_INVERT; before all selectors.
        case not
        /// `tos N`: `fib_rule_hdr.tos`.
        case tos(ValueSyntax)
        /// `dscp N`: FRA_DSCP.
        case dscp(ValueSyntax)
        /// `ipproto NAME|N`: FRA_IP_PROTO.
        case ipproto(ValueSyntax)
        /// `sport N` or `sport A-B`: FRA_SPORT_RANGE.
        case sport(ValueSyntax)
        /// `dport N` or `dport A-B`: FRA_DPORT_RANGE.
        case dport(ValueSyntax)
        /// `uidrange A-B`: FRA_UID_RANGE.
        case uidrange(ValueSyntax)
        /// `suppress_prefixlength N`: FRA_SUPPRESS_PREFIXLEN.
        case suppressPrefixLength(ValueSyntax)
        /// `suppress_ifgroup N`: FRA_SUPPRESS_IFGROUP.
        case suppressGroup(ValueSyntax)
        /// `priority N`: FRA_PRIORITY.
        case priority(ValueSyntax)
        /// `lookup TABLE`, an action: FRA_TABLE.
        case lookup(ValueSyntax)
        /// `l3mdev`, an action: FRA_L3MDEV.
        case l3mdev
        /// `goto N`, an action: FRA_GOTO.
        case goto(ValueSyntax)
        /// `nop`, an action.
        case nop
        /// `blackhole`, `unreachable` or `prohibit`, an action.
        case refuse(RouteRefusal)
    }

    /// The part with its value.
    public let range: SourceRange
    /// Which one, and its value.
    public let kind: Kind
}
