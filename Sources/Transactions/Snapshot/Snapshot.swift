public import KernelObjects
public import Reconciliation

/// What Weir had, or was to have, in the kernel at a time: all that is needed to bring it about again, without the rule file, the parser
/// or the program that wrote it.
public struct Snapshot: Sendable {
    /// Which kernel it belongs to.
    public var origin: KernelInstance
    /// nf_tables' generation id when the change was planned.
    public var generation: UInt32
    /// The content of Weir's table; nil if there was none.
    public var firewall: FirewallState?
    /// The digest of the content of Weir's table; nil if there was none. On the disk it stands for the content, so that
    /// equal contents are written once.
    var firewallDigest: String?
    /// The routes: Weir's, and those of others that a change was about to touch.
    public var routes: [RouteObject]
    /// Weir's policy routing rules.
    public var routingRules: [RoutingRuleObject]
    /// Settings and their values.
    public var sysctls: [SysctlObject]
    /// What Weir had taken the place of.
    public var displaced: Displaced
    /// Addresses that the kernel removes when the settings of a change are written.
    var addresses: [AddressObject] = []

    init(
        origin: KernelInstance,
        generation: UInt32 = 0,
        firewall: FirewallState? = nil,
        firewallDigest: String? = nil,
        routes: [RouteObject] = [],
        routingRules: [RoutingRuleObject] = [],
        sysctls: [SysctlObject] = [],
        displaced: Displaced = Displaced()
    ) {
        self.origin = origin
        self.generation = generation
        self.firewall = firewall
        self.firewallDigest = firewallDigest
        self.routes = routes
        self.routingRules = routingRules
        self.sysctls = sysctls
        self.displaced = displaced
    }

    /// The snapshot as something that was read.
    var observed: ObservedState {
        ObservedState(
            firewall: firewall,
            generation: generation,
            routes: routes,
            routingRules: routingRules,
            sysctls: sysctls,
            addresses: addresses
        )
    }

    /// The snapshot as something to bring about.
    public var desired: DesiredState {
        DesiredState(firewall: firewall, routes: routes, routingRules: routingRules, sysctls: sysctls)
    }
}

/// A network namespace of a running kernel: outside it handles, generations and what was displaced mean nothing.
public struct KernelInstance: Sendable, Hashable, Codable {
    /// The boot's random number (`/proc/sys/kernel/random/boot_id`).
    public var boot: String
    /// The namespace's number (`SO_NETNS_COOKIE`); 0 where the kernel has none to tell.
    public var namespace: UInt64

    /// Creates an identity.
    public init(boot: String, namespace: UInt64) {
        self.boot = boot
        self.namespace = namespace
    }
}
