public import KernelObjects
public import NetworkTypes
public import Reconciliation

/// What decides about packets, before or after a change.
public struct NetworkState: Sendable {
    /// Weir's table.
    public var firewall: FirewallState?
    /// The routes of all owners.
    public var routes: [RouteObject]
    /// The policy routing rules of all owners, in the order in which they are asked.
    public var routingRules: [RoutingRuleObject]
    /// Kernel settings that matter for packets, by name; what is not here has its default.
    public var settings: [String: String]
    /// What the kernel says about ways.
    public internal(set) var kernelRoutes = KernelRoutes()
    /// The settings that the change writes that led here.
    var changedSettings: [SysctlChange] = []
    /// The interfaces.
    public var links: [LinkObject]
    /// Their addresses.
    public var addresses: [AddressObject]

    /// What there is.
    /// - Parameters:
    ///   - settings: Kernel settings besides those that were observed.
    ///   - localRoutes: The routes of the table `local`, which observations leave out.
    public init(_ observed: ObservedState, settings: [String: String] = [:], localRoutes: [RouteObject] = []) {
        firewall = observed.firewall
        routes = observed.routes + localRoutes
        routingRules = observed.routingRules
        self.settings = settings
        for setting in observed.sysctls { self.settings[setting.name] = setting.value }
        links = observed.links
        addresses = observed.addresses
    }

    /// What there would be after a change.
    public func applying(_ changes: ChangeSet, desired: FirewallState?) -> NetworkState {
        var result = self
        result.firewall = desired?.keepingMembers(of: firewall)
        let removed = Dictionary(grouping: changes.routes.compactMap(\.observed), by: \.key)
        if !removed.isEmpty {
            result.routes.removeAll { route in
                removed[route.key]?.contains { $0.isEquivalent(to: route) } ?? false
            }
        }
        result.routes += changes.routes.compactMap(\.desired)
        // A route may leave it to the kernel by which interface its router is reached.
        for index in result.routes.indices {
            for hop in result.routes[index].hops.indices where result.routes[index].hops[hop].interface == nil {
                result.routes[index].hops[hop].interface = result.routes[index].hops[hop].gateway.flatMap(
                    result.interface
                )
            }
        }
        for change in changes.routingRules {
            switch change {
            case .add(let rule): result.routingRules.append(rule)
            case .delete(let rule):
                let index = result.routingRules.firstIndex { $0.isEquivalent(to: rule) }
                if let index { result.routingRules.remove(at: index) }
            }
        }
        // Equal priorities keep the order in which they were made.
        result.routingRules = result.routingRules.enumerated()
            .sorted { ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset) }
            .map(\.element)
        // What one setting takes with it depends on those that are written before.
        for change in changes.sysctls {
            result.lose(by: [change])
            result.settings[change.name] = change.new
            // These are handed on to all interfaces when they are written (`addrconf_disable_change`, `addrconf_forward_change`).
            for name in ["disable_ipv6", "forwarding"] where change.name == "net.ipv6.conf.all.\(name)" {
                for link in links { result.settings[link.setting("net.ipv6.conf", name)] = change.new }
            }
        }
        result.changedSettings = changes.sysctls
        let isRoutingTheSame =
            changes.routes.isEmpty && changes.routingRules.isEmpty && result.routes.count == routes.count
            && result.addresses.count == addresses.count
        result.kernelRoutes.forgetAnswers(
            waysToo: !isRoutingTheSame || !changes.sysctls.allSatisfy(leavesWays),
            deliveriesToo: !isRoutingTheSame || !changes.sysctls.isEmpty
        )
        return result
    }
}

extension NetworkState {
    /// The addresses that are this host's own because routes say so.
    public var localPrefixes: [IPPrefix] {
        routes.filter { $0.type == 2 }.map(\.key.destination)
    }

    /// The interface by which an address is reached without a router; nil if that is not known.
    private func interface(to address: IPAddress) -> String? {
        routes.lazy
            .filter {
                $0.type == 1 && $0.hops.count == 1 && $0.hops[0].gateway == nil && $0.key.destination.contains(address)
            }
            .max { $0.key.destination.length < $1.key.destination.length }?
            .hops[0].interface
    }
}

extension FirewallState {
    /// What there is after a change: elements that another program has put into sets with a timeout stay.
    fileprivate func keepingMembers(of former: FirewallState?) -> FirewallState {
        var result = self
        for index in result.sets.indices where result.sets[index].flags.contains(.timeout) {
            guard let other = former?.sets.first(where: { $0.name == result.sets[index].name }) else { continue }
            result.sets[index].elements = (result.sets[index].elements + other.elements).sorted { $0.start < $1.start }
        }
        return result
    }
}

extension LinkObject {
    /// The dotted name of a setting of the interface; a dot in its name is written `/`.
    func setting(_ prefix: String, _ name: String) -> String {
        "\(prefix).\(String(self.name.map { $0 == "." ? "/" : $0 })).\(name)"
    }
}
