public import KernelObjects
public import NetworkTypes

/// A rule of Weir's table, found by its place.
public struct RulePlace: Sendable, Hashable {
    /// The chain.
    public var chain: String
    /// The rule's index in the chain.
    public var index: Int
    /// Index into the list of origins that came with the desired state; -1 where there is none.
    public var origin: Int32

    /// Creates a place.
    public init(chain: String, index: Int, origin: Int32 = -1) {
        self.chain = chain
        self.index = index
        self.origin = origin
    }
}

/// Where a packet's way ends.
public enum Cut: Sendable, Hashable {
    /// A rule drops or rejects it.
    case rule(RulePlace)
    /// The policy of a base chain drops it.
    case policy(chain: String)
    /// A rule gives the connection another destination, where no such server listens.
    case diverted(RulePlace)
    /// It arrives, but at a port where no such server listens: what had sent it to the right one does so no more.
    case noServer(port: UInt16)
    /// A rule does with it what Weir cannot judge: it gives it to a program, or changes where it comes from.
    case unjudged(RulePlace)
    /// The rules are so intertwined that they were not all followed.
    case tooManyRules
    /// No route leads to the peer.
    case noRoute(IPAddress)
    /// This route refuses what goes to the peer: blackhole, unreachable or prohibit.
    case refusingRoute(RouteObject)
    /// This policy routing rule refuses what goes to the peer.
    case refusingRoutingRule(RoutingRuleObject)
    /// The answer leaves by another interface than the packet came in by, and the kernel drops such packets (`rp_filter`).
    case reversePath(input: String)
    /// What comes in by this interface is not for this host: it is forwarded, or dropped.
    case notDelivered(input: String)
    /// A table of another program may end it.
    case foreignTable(String)
    /// The kernel does not choose ways as Weir would expect.
    case unknownRoute
    /// A kernel setting does.
    case setting(String)
    /// A kernel setting switches IPv6 off (`disable_ipv6`).
    case familyDisabled(setting: String)
}

/// Which part of a conversation it is that does not get through.
public enum ConversationPart: Sendable, Hashable {
    /// The packets of the connection that there is, coming in.
    case established
    /// Its packets going out.
    case establishedAnswer
    /// The first packet of a new connection.
    case opening
    /// The answer to it.
    case openingAnswer
    /// What the peer sends on the new connection then.
    case continuation
    /// What this host sends on the new connection then.
    case continuationAnswer
    /// The packets of the connection that there is, once it has been silent for so many seconds and connection tracking has forgotten it.
    case resumption(seconds: Int)
    /// The questions and answers by which IPv6 finds the next hop (RFC 4861): what there is goes on until they are asked again.
    case neighbourDiscovery
}

/// How the packets of a conversation fare.
public enum ConversationVerdict: Sendable, Hashable {
    /// All get through, as far as Weir's rules and the routes go.
    case passes
    /// Some do not.
    case isCut(ConversationPart, Cut)
    /// It depends on what cannot be known before: rates, marks of others, members that sets get at run time.
    case isUnknown(ConversationPart, Uncertainty)
}
