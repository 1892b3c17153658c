public import NetworkTypes

/// A name for the number of a routing table.
public struct RoutingTable: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The number: 1...4294967295, not 253, 254 or 255, which have names of their own.
    public var number: UInt32

    /// Creates the pair.
    public init(name: String, number: UInt32) {
        self.name = name
        self.number = number
    }
}

/// A route (`ip route`).
public struct Route: Sendable, Hashable {
    /// What happens to packets for the destination.
    public enum Target: Sendable, Hashable {
        /// They go on by one of these next hops; at least one, in the order written.
        case nextHops([NextHop])
        /// They are dropped without a word (`RTN_BLACKHOLE`).
        case blackhole
        /// They are answered with ICMP host unreachable (`RTN_UNREACHABLE`).
        case unreachable
        /// They are answered with ICMP administratively prohibited (`RTN_PROHIBIT`).
        case prohibit
        /// They go by no route of this table; the next policy routing rule is asked (`RTN_THROW`).
        case nextRule
        /// They are for this host, as if their destination were an address of the interface (`RTN_LOCAL`).
        case local(InterfaceName)
    }

    /// Where the packets go to.
    public var destination: IPPrefix
    /// What happens to them.
    public var target: Target
    /// The number of the routing table; 254 is `main`.
    public var table: UInt32
    /// The metric: 0 for IPv4 and 1024 for IPv6 unless the rule file says otherwise.
    public var metric: UInt32
    /// The preferred source address.
    public var source: IPAddress?
    /// Which packets it is for, by their type of service; 0 for all. IPv4 only.
    public var typeOfService: UInt8
    /// What it says of connections, times in milliseconds.
    public var metrics: [RouteMetric: UInt32]
    /// Those of them that what is learnt does not change (`RTAX_LOCK`).
    public var lockedMetrics: Set<RouteMetric>
    /// Whether connections use explicit congestion notification (`RTAX_FEATURE_ECN`).
    public var usesECN: Bool
    /// The algorithm that connections use (`RTAX_CC_ALGO`).
    public var congestionControl: String?
    /// Which of several equal routers is preferred (RFC 4191). IPv6 only.
    public var preference: RouterPreference
    /// How far the destination is; nothing lets the kernel's rule decide: `link` without a gateway, else `global`. IPv4 only.
    public var scope: RouteScope?

    /// Creates a route; `metric` nothing means the kernel's default for the family.
    public init(
        destination: IPPrefix,
        target: Target,
        table: UInt32 = 254,
        metric: UInt32? = nil,
        source: IPAddress? = nil,
        typeOfService: UInt8 = 0,
        metrics: [RouteMetric: UInt32] = [:],
        lockedMetrics: Set<RouteMetric> = [],
        usesECN: Bool = false,
        congestionControl: String? = nil,
        preference: RouterPreference = .medium,
        scope: RouteScope? = nil
    ) {
        self.destination = destination
        self.target = target
        self.table = table
        self.metric = metric ?? Route.defaultMetric(destination.family)
        self.source = source
        self.typeOfService = typeOfService
        self.metrics = metrics
        self.lockedMetrics = lockedMetrics
        self.usesECN = usesECN
        self.congestionControl = congestionControl
        self.preference = preference
        self.scope = scope
    }

    /// Whether the kernel can keep the name of an algorithm (`TCP_CA_NAME_MAX`).
    public static func isCongestionControl(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count < 16
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }
}

/// Which of several equal routers is preferred (RFC 4191; `ICMPV6_ROUTER_PREF_*`).
public enum RouterPreference: UInt8, NamedValue, TextWritable, CaseIterable {
    case medium = 0
    case high = 1
    case low = 3

    /// The names of ip(8).
    public static let nameTable = NameTable<Self>([("low", .low), ("medium", .medium), ("high", .high)])
}

/// How far a destination is (`rt_scope_t`).
public enum RouteScope: UInt8, NamedValue, TextWritable, CaseIterable {
    /// Anywhere (`RT_SCOPE_UNIVERSE`).
    case global = 0
    /// In this site (`RT_SCOPE_SITE`).
    case site = 200
    /// On a directly attached link (`RT_SCOPE_LINK`).
    case link = 253
    /// On this host (`RT_SCOPE_HOST`).
    case host = 254

    /// The names of ip(8).
    public static let nameTable = NameTable<Self>([
        ("global", .global), ("site", .site), ("link", .link), ("host", .host),
    ])
}

/// One way onwards.
public struct NextHop: Sendable, Hashable {
    /// The router; nothing where the destination is on the link.
    public var gateway: IPAddress?
    /// The interface; nothing where the gateway decides.
    public var interface: InterfaceName?
    /// The share of the traffic among several next hops: 1...256.
    public var weight: UInt16
    /// Whether the gateway is on the link though no address says so.
    public var isOnLink: Bool

    /// Creates a next hop.
    public init(gateway: IPAddress?, interface: InterfaceName?, weight: UInt16 = 1, isOnLink: Bool = false) {
        self.gateway = gateway
        self.interface = interface
        self.weight = weight
        self.isOnLink = isOnLink
    }
}

/// A policy routing rule (`ip rule`): which routing table packets are looked up in.
public struct RoutingRule: Sendable, Hashable {
    /// What happens to matching packets.
    public enum Action: Sendable, Hashable {
        /// The table with this number is asked (`FR_ACT_TO_TBL`).
        case lookup(UInt32)
        /// The table of the VRF that the packet belongs to is asked; the rule holds for no other packets (`FRA_L3MDEV`).
        case lookupOfVRF
        /// The rule of this priority is asked next, and none between (`FR_ACT_GOTO`).
        case goTo(UInt32)
        /// The next rule is asked: a place for others to go to (`FR_ACT_NOP`).
        case nothing
        /// They are dropped without a word.
        case blackhole
        /// They are answered with ICMP network unreachable.
        case unreachable
        /// They are answered with ICMP administratively prohibited.
        case prohibit
    }

    /// The family.
    public var family: AddressFamily
    /// The priority: smaller is asked first, and of equal ones of a family the first in the ruleset.
    public var priority: UInt32
    /// The source prefix.
    public var source: IPPrefix?
    /// The destination prefix.
    public var destination: IPPrefix?
    /// The interface that packets came in by; `lo` for those of this host.
    public var inputInterface: InterfaceName?
    /// The interface that the sending socket is bound to.
    public var outputInterface: InterfaceName?
    /// The packet's mark.
    public var mark: Mark?
    /// Everything else that it asks of packets.
    public var packets: PacketSelector
    /// Whether it holds for the packets that do not have all that it asks for.
    public var isInverted: Bool
    /// What happens to matching packets.
    public var action: Action
    /// Routes that a lookup finds do not count if their prefix is not longer than this; the next rule is asked then.
    public var suppressedPrefixLength: UInt8?
    /// Nor do those that leave by an interface of this group.
    public var suppressedGroup: UInt32?

    /// Creates a rule.
    public init(
        family: AddressFamily,
        priority: UInt32,
        source: IPPrefix? = nil,
        destination: IPPrefix? = nil,
        inputInterface: InterfaceName? = nil,
        outputInterface: InterfaceName? = nil,
        mark: Mark? = nil,
        packets: PacketSelector = PacketSelector(),
        isInverted: Bool = false,
        action: Action,
        suppressedPrefixLength: UInt8? = nil,
        suppressedGroup: UInt32? = nil
    ) {
        self.family = family
        self.priority = priority
        self.source = source
        self.destination = destination
        self.inputInterface = inputInterface
        self.outputInterface = outputInterface
        self.mark = mark
        self.packets = packets
        self.isInverted = isInverted
        self.action = action
        self.suppressedPrefixLength = suppressedPrefixLength
        self.suppressedGroup = suppressedGroup
    }

    /// Whether it asks for nothing: it holds for all packets of its family, or, turned round, for none.
    public var asksForNothing: Bool {
        source == nil && destination == nil && inputInterface == nil && outputInterface == nil && mark == nil
            && packets == PacketSelector()
    }
}

/// A kernel setting below `net.` (`/proc/sys/net`).
public struct Sysctl: Sendable, Hashable {
    /// The dotted name; a dot inside an interface name is written `/`, as sysctl(8) does.
    public var name: String
    /// The value as text, single spaces between several numbers.
    public var value: String

    /// Creates a setting.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
