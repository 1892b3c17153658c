public import KernelObjects

/// What has to be done so that the kernel has what is desired; each change carries what it makes and what it takes away.
public struct ChangeSet: Sendable {
    /// The changes of Weir's nf_tables table; nothing where it is as it should be.
    public var firewall: FirewallChanges?
    /// The changes of routes in the order in which they can be made: what is set comes before what is deleted.
    public var routes: [RouteChange]
    /// The changes of policy routing rules in the order in which they can be made: what is added comes before what is deleted, except for
    /// an old rule that the kernel would take for the new one.
    public var routingRules: [RoutingRuleChange]
    /// The changes of kernel settings.
    public var sysctls: [SysctlChange]
    /// Addresses that the kernel removed along with a setting and that come back; only in undoing a change.
    public var addresses: [AddressObject] = []

    /// Creates a change set.
    public init(
        firewall: FirewallChanges? = nil,
        routes: [RouteChange] = [],
        routingRules: [RoutingRuleChange] = [],
        sysctls: [SysctlChange] = []
    ) {
        self.firewall = firewall
        self.routes = routes
        self.routingRules = routingRules
        self.sysctls = sysctls
    }

    /// Whether there is nothing to do.
    public var isEmpty: Bool {
        firewall == nil && routes.isEmpty && routingRules.isEmpty && sysctls.isEmpty && addresses.isEmpty
    }

    /// How much there is to do.
    public var summary: ChangeSummary {
        var summary = ChangeSummary()
        firewall?.count(into: &summary)
        for change in routes {
            switch change {
            case .add: summary.added += 1
            case .replace: summary.changed += 1
            case .delete: summary.removed += 1
            }
        }
        for change in routingRules {
            switch change {
            case .add: summary.added += 1
            case .delete: summary.removed += 1
            }
        }
        summary.changed += sysctls.count
        summary.added += addresses.count
        return summary
    }
}

/// How many rules, chains, sets, routes, policy routing rules and settings a change set touches.
public struct ChangeSummary: Sendable, Hashable {
    /// What the kernel does not have yet.
    public var added = 0
    /// What the kernel has otherwise; a rule that moves or has to be made anew counts here.
    public var changed = 0
    /// What goes away.
    public var removed = 0

    /// All of it.
    public var total: Int { added + changed + removed }

    /// Creates an empty summary.
    public init() {}
}
