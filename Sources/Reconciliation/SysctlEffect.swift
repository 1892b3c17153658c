public import KernelObjects
import NetworkTypes

/// What the kernel does by itself when a setting is written, besides what the setting says. It does not undo that when the setting gets its
/// former value.
public enum SysctlEffect: Sendable, Hashable {
    /// It writes another setting: `inet_forward_change` (net/ipv4/devinet.c) sets `accept_redirects` to the opposite of forwarding.
    case writes(name: String, value: String)
    /// It removes the default routes that it has from router advertisements, of interfaces whose `accept_ra` is not 2:
    /// `addrconf_fixup_forwarding` and `rt6_purge_dflt_routers` (net/ipv6/addrconf.c, route.c).
    case removesAdvertisedDefaultRoutes
    /// It removes the IPv6 addresses and routes of an interface, nil for all of them: `dev_disable_change` and `addrconf_ifdown`
    /// (net/ipv6/addrconf.c). It makes those again that it makes by itself.
    case removesIPv6(interface: String?)
}

extension SysctlChange {
    /// What the kernel does besides.
    public var effects: [SysctlEffect] {
        guard old != new else { return [] }
        let isOn = new != "0"
        if name == "net.ipv4.ip_forward" || name == "net.ipv4.conf.all.forwarding" {
            return [.writes(name: SysctlOrder.redirects, value: isOn ? "0" : "1")]
        }
        guard let (interface, setting) = Self.partsOfIPv6(name), isOn else { return [] }
        switch setting {
        case "forwarding": return [.removesAdvertisedDefaultRoutes]
        case "disable_ipv6" where interface != "default":
            return [.removesIPv6(interface: interface == "all" ? nil : interface)]
        default: return []
        }
    }

    /// The interface and the setting of `net.ipv6.conf.INTERFACE.SETTING`; a dot in the name of an interface is written `/`.
    private static func partsOfIPv6(_ name: String) -> (interface: String, setting: String)? {
        let parts = name.split(separator: ".")
        guard parts.count == 5, parts[0] == "net", parts[1] == "ipv6", parts[2] == "conf" else { return nil }
        return (String(parts[3].map { $0 == "/" ? "." : $0 }), String(parts[4]))
    }
}

extension ObservedState {
    /// The routes of others that the kernel removes when settings are written.
    /// - Parameter acceptsAdvertisements: The value of `accept_ra` of an interface, as far as it is known.
    public func routesLost(
        by changes: [SysctlChange],
        acceptsAdvertisements: (String) -> String? = { _ in nil }
    ) -> [RouteObject] {
        let effects = changes.flatMap(\.effects)
        guard !effects.isEmpty else { return [] }
        return routes.filter { route in
            route.key.destination.family == .ipv6
                && effects.contains { $0.removes(route, acceptsAdvertisements) }
        }
    }

    /// The addresses that the kernel removes when settings are written, and does not make again by itself: permanent ones, which can be given
    /// back.
    public func addressesLost(by changes: [SysctlChange]) -> [AddressObject] {
        addressesRemoved(by: changes).filter(\.isPermanent)
    }

    /// Those of them that have a lifetime: whoever gave them, a router or a DHCP server, has to give them again.
    public func leasedAddressesLost(by changes: [SysctlChange]) -> [AddressObject] {
        addressesRemoved(by: changes).filter { !$0.isPermanent }
    }

    private func addressesRemoved(by changes: [SysctlChange]) -> [AddressObject] {
        let effects = changes.flatMap(\.effects)
        guard !effects.isEmpty else { return [] }
        let names = Dictionary(links.map { ($0.index, $0.name) }) { first, _ in first }
        return addresses.filter { address in
            guard address.address.family == .ipv6, !address.address.isMadeByKernel else { return false }
            return effects.contains { effect in
                guard case .removesIPv6(let interface) = effect else { return false }
                return interface == nil || interface == names[address.interfaceIndex]
            }
        }
    }
}

extension SysctlEffect {
    /// `RTPROT_RA`: what the kernel has from router advertisements.
    private static let advertised: UInt8 = 9
    /// `RTPROT_KERNEL`: what it makes with an address.
    private static let kernel: UInt8 = 2

    fileprivate func removes(_ route: RouteObject, _ acceptsAdvertisements: (String) -> String?) -> Bool {
        let interfaces = route.hops.compactMap(\.interface)
        switch self {
        case .writes: return false
        case .removesAdvertisedDefaultRoutes:
            return route.routeProtocol == Self.advertised && route.key.destination == .all(.ipv6)
                && !interfaces.contains { acceptsAdvertisements($0) == "2" }
        case .removesIPv6(let interface):
            // Those of the kernel come and go with addresses, those to nowhere have no interface.
            return route.routeProtocol != Self.kernel && route.type == 1
                && (interface == nil || interfaces.contains { $0 == interface })
        }
    }
}

extension IPAddress {
    /// Whether the kernel makes such an address of IPv6 by itself: `::1` and link-local ones.
    fileprivate var isMadeByKernel: Bool {
        self == Self.loopback || IPPrefix(masking: self, length: 10) == Self.linkLocal
    }

    private static let loopback = IPAddress("::1")
    private static let linkLocal = prefix("fe80::", 10)

    private static func prefix(_ text: String, _ length: UInt8) -> IPPrefix? {
        guard let address = IPAddress(text) else { return nil }
        return IPPrefix(masking: address, length: length)
    }
}
