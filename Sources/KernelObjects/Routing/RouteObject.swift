public import NetworkTypes

/// A route as the kernel has it or should have it, with interfaces by name.
public struct RouteObject: Sendable, Hashable {
    /// Identity in the kernel: two routes of one key compete.
    public struct Key: Sendable, Hashable {
        /// The number of the routing table.
        public var table: UInt32
        /// The destination.
        public var destination: IPPrefix
        /// The type of service; IPv4 only.
        public var tos: UInt8
        /// The metric (`RTA_PRIORITY`); for IPv6 never 0.
        public var metric: UInt32
        /// The source prefix, IPv6 only (`RTA_SRC`).
        public var source: IPPrefix?

        /// Creates a key.
        public init(table: UInt32, destination: IPPrefix, tos: UInt8 = 0, metric: UInt32, source: IPPrefix? = nil) {
            self.table = table
            self.destination = destination
            self.tos = tos
            self.metric = metric
            self.source = source
        }
    }

    /// One way onwards (`struct rtnexthop`, or the route's own gateway and interface).
    public struct Hop: Sendable, Hashable {
        /// The router; may be of the other family (`RTA_VIA`).
        public var gateway: IPAddress?
        /// The interface's name.
        public var interface: String?
        /// The share of the traffic: 1...256.
        public var weight: UInt16
        /// `RTNH_F_ONLINK`
        public var isOnLink: Bool

        /// Creates a next hop.
        public init(gateway: IPAddress?, interface: String?, weight: UInt16 = 1, isOnLink: Bool = false) {
            self.gateway = gateway
            self.interface = interface
            self.weight = weight
            self.isOnLink = isOnLink
        }
    }

    /// Identity.
    public var key: Key
    /// `rtm_type`: 1 unicast, 2 local, 6 blackhole, 7 unreachable, 8 prohibit, 9 throw, others for foreign routes.
    public var type: UInt8
    /// `rtm_protocol`: who made it; 172 is Weir.
    public var routeProtocol: UInt8
    /// `rtm_scope`; 0 for IPv6.
    public var scope: UInt8
    /// The next hops, in order; one for an ordinary route.
    public var hops: [Hop]
    /// `RTA_PREFSRC`
    public var preferredSource: IPAddress?
    /// `RTA_METRICS`: number of the metric to value; `RTAX_MTU` is 2.
    public var metrics: [UInt16: UInt32]
    /// `RTAX_CC_ALGO`, the metric that is no number.
    public var congestionControl: String?
    /// `RTA_PREF`: 0 medium, 1 high, 3 low; IPv6 only.
    public var preference: UInt8
    /// The kernel's message (`struct rtmsg` and attributes), where it was read; what Weir does not model is in there.
    public var raw: [UInt8]
    /// Whether `raw` has attributes that carry meaning and that Weir would lose in writing the route again.
    public var hasUnknownAttributes: Bool
    /// If all that this program does not model are attributes that no kernel had when it was written: their numbers.
    public var additions: [UInt16]
    /// Whether the kernel deletes an observed route by itself when its time is up (`rta_expires`), as it does with what a router
    /// advertised; IPv6 only. A route that is made stays.
    public var isTemporary: Bool
    /// Index into the list of origins that came with the desired state; -1 for an observed route.
    public var origin: Int32

    /// Creates a route.
    public init(
        key: Key,
        type: UInt8 = 1,
        routeProtocol: UInt8,
        scope: UInt8 = 0,
        hops: [Hop] = [],
        preferredSource: IPAddress? = nil,
        metrics: [UInt16: UInt32] = [:],
        congestionControl: String? = nil,
        preference: UInt8 = 0,
        raw: [UInt8] = [],
        hasUnknownAttributes: Bool = false,
        additions: [UInt16] = [],
        isTemporary: Bool = false,
        origin: Int32 = -1
    ) {
        self.key = key
        self.type = type
        self.routeProtocol = routeProtocol
        self.scope = scope
        self.hops = hops
        self.preferredSource = preferredSource
        self.metrics = metrics
        self.congestionControl = congestionControl
        self.preference = preference
        self.raw = raw
        self.hasUnknownAttributes = hasUnknownAttributes
        self.additions = additions
        self.isTemporary = isTemporary
        self.origin = origin
    }

    /// Whether both do the same with packets and have the same owner: raw bytes, a lifetime and origin do not count.
    public func isEquivalent(to other: RouteObject) -> Bool {
        key == other.key && type == other.type && routeProtocol == other.routeProtocol && scope == other.scope
            && hops == other.hops && preferredSource == other.preferredSource && metrics == other.metrics
            && congestionControl == other.congestionControl && preference == other.preference
            && hasUnknownAttributes == other.hasUnknownAttributes
    }
}
