/// The messages of rtnetlink(7) (`RTM_*`).
public enum RoutingMessage {
    /// `RTM_NEWLINK`
    public static let newLink: UInt16 = 16
    /// `RTM_DELLINK`
    public static let deleteLink: UInt16 = 17
    /// `RTM_GETLINK`
    public static let getLink: UInt16 = 18
    /// `RTM_NEWADDR`
    public static let newAddress: UInt16 = 20
    /// `RTM_DELADDR`
    public static let deleteAddress: UInt16 = 21
    /// `RTM_GETADDR`
    public static let getAddress: UInt16 = 22
    /// `RTM_NEWROUTE`
    public static let newRoute: UInt16 = 24
    /// `RTM_DELROUTE`
    public static let deleteRoute: UInt16 = 25
    /// `RTM_GETROUTE`
    public static let getRoute: UInt16 = 26
    /// `RTM_NEWRULE`
    public static let newRule: UInt16 = 32
    /// `RTM_DELRULE`
    public static let deleteRule: UInt16 = 33
    /// `RTM_GETRULE`
    public static let getRule: UInt16 = 34
    /// `RTM_NEWNEXTHOP`
    public static let newNextHop: UInt16 = 104
    /// `RTM_DELNEXTHOP`
    public static let deleteNextHop: UInt16 = 105
}

/// `struct rtmsg`, `RTA_*`
enum RouteAttribute {
    static let headerSize = 12

    static let destination: UInt16 = 1
    static let source: UInt16 = 2
    static let inputInterface: UInt16 = 3
    static let outputInterface: UInt16 = 4
    static let gateway: UInt16 = 5
    static let priority: UInt16 = 6
    static let preferredSource: UInt16 = 7
    static let metrics: UInt16 = 8
    static let multipath: UInt16 = 9
    static let cacheInformation: UInt16 = 12
    /// Where `rta_expires` stands in `struct rta_cacheinfo`.
    static let expiresOffset = 8
    static let table: UInt16 = 15
    static let mark: UInt16 = 16
    static let via: UInt16 = 18
    static let preference: UInt16 = 20
    static let encapsulationType: UInt16 = 21
    static let encapsulation: UInt16 = 22
    static let userID: UInt16 = 25
    static let ipProtocol: UInt16 = 27
    static let sourcePort: UInt16 = 28
    static let destinationPort: UInt16 = 29
    static let nextHopID: UInt16 = 30
    /// The highest one that is known, `RTA_FLOWLABEL`.
    static let highest: UInt16 = 31

    /// `RTAX_CC_ALGO`, within `RTA_METRICS`
    static let congestionControl: UInt16 = 16

    /// `IP6_RT_PRIO_USER`
    static let defaultMetricOfIPv6: UInt32 = 1024
    /// `RT_TABLE_COMPAT`: the number is in `RTA_TABLE`.
    static let compatibleTable: UInt8 = 252
    /// `RTNH_F_ONLINK`
    static let onLink: UInt32 = 4
    /// Flags that tell how a route fares, not what it is: `RTNH_F_DEAD`, `_OFFLOAD`, `_LINKDOWN`, `_UNRESOLVED`, `_TRAP`, and
    /// `RTM_F_OFFLOAD`, `_TRAP`, `_OFFLOAD_FAILED`.
    static let stateFlags: UInt32 = 0x2000_c079
    /// `RTM_F_CLONED`
    static let cloned: UInt32 = 0x200
    /// `struct rtnexthop`
    static let hopSize = 8
}

/// `struct fib_rule_hdr`, `FRA_*`
enum RoutingRuleAttribute {
    static let headerSize = 12

    static let destination: UInt16 = 1
    static let source: UInt16 = 2
    static let inputInterface: UInt16 = 3
    static let priority: UInt16 = 6
    static let gotoTarget: UInt16 = 4
    static let mark: UInt16 = 10
    static let tunnelID: UInt16 = 12
    static let suppressGroup: UInt16 = 13
    static let suppressPrefixLength: UInt16 = 14
    static let table: UInt16 = 15
    static let markMask: UInt16 = 16
    static let outputInterface: UInt16 = 17
    static let masterDevice: UInt16 = 19
    static let userRange: UInt16 = 20
    static let `protocol`: UInt16 = 21
    static let ipProtocol: UInt16 = 22
    static let sourcePorts: UInt16 = 23
    static let destinationPorts: UInt16 = 24
    static let dscp: UInt16 = 25
    static let flowLabel: UInt16 = 26
    static let flowLabelMask: UInt16 = 27
    static let sourcePortMask: UInt16 = 28
    static let destinationPortMask: UInt16 = 29
    static let dscpMask: UInt16 = 30
    /// The highest one that is known.
    static let highest = dscpMask

    /// `FIB_RULE_INVERT`
    static let invert: UInt32 = 2

    /// Flags that tell how a rule fares: `FIB_RULE_PERMANENT`, `_UNRESOLVED`, `_IIF_DETACHED`, `_OIF_DETACHED`.
    static let stateFlags: UInt32 = 0x1d
}
