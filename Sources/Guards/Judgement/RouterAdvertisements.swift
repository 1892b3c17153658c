import KernelObjects
import NetworkTypes

/// Default routes of IPv6 that live only as long as a router goes on advertising them, and what keeps its advertisements out.
func endingDefaultRoutes(_ before: HostWalk, _ after: HostWalk) -> [GuardFinding] {
    let remaining = after.state.routes.filter { $0.key.destination == .all(.ipv6) && $0.type == 1 }
    return before.state.routes.filter { $0.key.destination == .all(.ipv6) && $0.isAdvertised }.compactMap { route in
        // Another one of the same table stays.
        guard !remaining.contains(where: { !$0.isAdvertised && $0.key.table == route.key.table }),
            remaining.contains(where: { $0.isEquivalent(to: route) }),
            let name = route.hops.first?.interface, let link = before.state.links.first(where: { $0.name == name })
        else { return nil }
        if let setting = after.state.settingAgainstAdvertisements(on: link),
            before.state.settingAgainstAdvertisements(on: link) == nil
        {
            return .defaultRouteEnds(route, .setting(setting))
        }
        guard before.advertisement(on: link).packet != nil else { return nil }
        let passage = after.advertisement(on: link)
        guard passage.packet == nil, let cut = passage.cuts.last else { return nil }
        return .defaultRouteEnds(route, cut)
    }
}

extension HostWalk {
    /// How an advertisement of a router fares: from its link-local address to all nodes (RFC 4861 4.2).
    fileprivate func advertisement(on link: LinkObject) -> Passage {
        let router = IPAddress.ipv6(IPv6Address(rawValue: 0xfe80 << 112 | 1))
        let allNodes = IPAddress.ipv6(IPv6Address(rawValue: 0xff02 << 112 | 1))
        var packet = Packet(
            source: TCPEndpoint(address: router, port: 0),
            destination: TCPEndpoint(address: allNodes, port: 0),
            transport: .neighbourDiscovery(type: 134)
        )
        packet.input = .link(link)
        return takeIn(packet)
    }
}

extension RouteObject {
    /// Whether a router advertised it (`RTPROT_RA`).
    var isAdvertised: Bool {
        routeProtocol == 9 || isTemporary
    }
}

extension NetworkState {
    /// The setting that keeps the kernel from taking default routes from advertisements; nil if none does, or if the kernel is not who takes
    /// them.
    fileprivate func settingAgainstAdvertisements(on link: LinkObject) -> String? {
        for name in ["accept_ra", "accept_ra_defrtr"] {
            let setting = link.setting("net.ipv6.conf", name)
            if settings[setting] == "0" { return setting }
        }
        let forwarding = link.setting("net.ipv6.conf", "forwarding")
        return isOn(forwarding) && settings[link.setting("net.ipv6.conf", "accept_ra")] != "2" ? forwarding : nil
    }
}
