/// The number that marks routes and policy routing rules as Weir's (`rtm_protocol`, `FRA_PROTOCOL`).
public let weirProtocol: UInt8 = 172

/// What should be in the kernel, in canonical form.
public struct DesiredState: Sendable {
    /// The content of Weir's table; nothing where the ruleset needs no table.
    public var firewall: FirewallState?
    /// The routes, all of Weir's protocol.
    public var routes: [RouteObject]
    /// The policy routing rules, all of Weir's protocol.
    public var routingRules: [RoutingRuleObject]
    /// Kernel settings by name.
    public var sysctls: [SysctlObject]

    /// Creates a state.
    public init(
        firewall: FirewallState? = nil,
        routes: [RouteObject] = [],
        routingRules: [RoutingRuleObject] = [],
        sysctls: [SysctlObject] = []
    ) {
        self.firewall = firewall
        self.routes = routes
        self.routingRules = routingRules
        self.sysctls = sysctls
    }
}

/// What is in the kernel.
public struct ObservedState: Sendable {
    /// The content of Weir's table; nothing where there is no such table.
    public var firewall: FirewallState?
    /// nf_tables' generation id at the time of reading (`NFTA_GEN_ID`).
    public var generation: UInt32
    /// The routes of all owners in all tables, but the kernel's own cache and local table.
    public var routes: [RouteObject]
    /// The policy routing rules of all owners.
    public var routingRules: [RoutingRuleObject]
    /// Kernel settings that were asked for, by name; a setting that does not exist has no value.
    public var sysctls: [SysctlObject]
    /// The interfaces.
    public var links: [LinkObject]
    /// Their addresses.
    public var addresses: [AddressObject]
    /// How the kernel commits changes of a set's members.
    public var setCommit: SetCommit

    /// Creates a state.
    public init(
        firewall: FirewallState? = nil,
        generation: UInt32 = 0,
        routes: [RouteObject] = [],
        routingRules: [RoutingRuleObject] = [],
        sysctls: [SysctlObject] = [],
        links: [LinkObject] = [],
        addresses: [AddressObject] = [],
        setCommit: SetCommit = .interleaved
    ) {
        self.firewall = firewall
        self.generation = generation
        self.routes = routes
        self.routingRules = routingRules
        self.sysctls = sysctls
        self.links = links
        self.addresses = addresses
        self.setCommit = setCommit
    }
}

/// A kernel setting and its value.
public struct SysctlObject: Sendable, Hashable {
    /// The dotted name; a dot inside an interface name is written `/`.
    public var name: String
    /// The value, numbers separated by single spaces; nothing where the kernel has no such setting.
    public var value: String?
    /// Index into the list of origins that came with the desired state; -1 for an observed setting.
    public var origin: Int32

    /// Creates a setting.
    public init(name: String, value: String?, origin: Int32 = -1) {
        self.name = name
        self.value = value
        self.origin = origin
    }
}
