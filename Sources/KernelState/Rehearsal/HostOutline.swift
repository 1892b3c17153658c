public import KernelObjects
import Netlink
import NetworkTypes

/// What of a host routes rely on: enough to make a likeness of it in a private network namespace.
public struct HostOutline: Sendable {
    /// The interfaces, the loopback interface among them.
    public var links: [LinkClone]
    /// Their addresses, in the order in which they were given.
    public var addresses: [AddressClone]
    /// The routes of all owners.
    public var routes: [RouteObject]
    /// The policy routing rules of all owners, in their order.
    public var routingRules: [RoutingRuleObject]
    /// Settings and their values.
    public var settings: [SysctlObject]

    /// Creates an outline.
    public init(
        links: [LinkClone] = [],
        addresses: [AddressClone] = [],
        routes: [RouteObject] = [],
        routingRules: [RoutingRuleObject] = [],
        settings: [SysctlObject] = []
    ) {
        self.links = links
        self.addresses = addresses
        self.routes = routes
        self.routingRules = routingRules
        self.settings = settings
    }
}

extension KernelConnection {
    /// Reads interfaces and addresses as they can be made anew, and whether each interface speaks IPv6; the rest of the outline was
    /// read before. It takes no privilege.
    public mutating func readOutline(of observed: ObservedState) throws(KernelStateError) -> HostOutline {
        var outline = HostOutline(routes: observed.routes, routingRules: observed.routingRules)
        var isConsistent = true
        do throws(ReadFailure) {
            try routing.dump(RoutingDump.links, &isConsistent) { (payload) throws(KernelObjectsError) in
                if let link = try RoutingDump.linkClone(payload) { outline.links.append(link) }
            }
            try routing.dump(RoutingDump.addresses, &isConsistent) { (payload) throws(KernelObjectsError) in
                if let address = try RoutingDump.addressClone(payload) { outline.addresses.append(address) }
            }
        } catch {
            throw KernelStateError(.readRouting, error)
        }
        guard isConsistent else { throw KernelStateError(.readRouting, .stale) }
        outline.settings = try readSysctls(outline.links.compactMap(\.ipv6Setting)) + observed.sysctls
        return outline
    }
}

extension LinkClone {
    /// The setting that keeps an interface from speaking IPv6; nothing where the name of the interface fits into no setting's name.
    fileprivate var ipv6Setting: String? {
        guard InterfaceName(name) != nil else { return nil }
        return "net.ipv6.conf.\(name.replacing(".", with: "/")).disable_ipv6"
    }
}
