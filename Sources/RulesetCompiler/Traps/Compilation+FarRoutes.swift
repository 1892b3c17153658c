import Diagnostics
import NetworkTypes
import RulesetModel

extension Compilation {
    /// Warns of a route over an Ethernet link whose destination is hardly on that link, and which names no router.
    func warnOfFarRoutes() {
        var gateways: Set<IPAddress> = []
        for route in ruleset.routes {
            guard case .nextHops(let hops) = route.target else { continue }
            gateways.formUnion(hops.compactMap(\.gateway))
        }
        var last: SourceRange?
        for (route, range) in zip(ruleset.routes, provenance.routes) where range != last {
            guard case .nextHops(let hops) = route.target, route.scope == nil, route.destination.isFar,
                !gateways.contains(route.destination.address)
            else { continue }
            guard let hop = hops.first(where: { $0.gateway == nil && $0.interface?.soundsLikeEthernet == true }),
                let interface = hop.interface
            else { continue }
            last = range
            report(.farDestination(route.destination, interface, at: range))
        }
    }
}

extension IPPrefix {
    /// Whether hardly any link holds the destination: everything, a large part of the Internet, or one public host.
    fileprivate var isFar: Bool {
        switch address {
        case .ipv4(let address): length == 0 || (isPublic(address) && (length < 16 || length == 32))
        case .ipv6(let address): length == 0 || (address.rawValue >> 125 == 1 && (length < 48 || length == 128))
        }
    }

    /// Whether the address is of the Internet (RFC 6890): not private, shared, link-local, loopback or multicast.
    private func isPublic(_ address: IPv4Address) -> Bool {
        let others: [(UInt32, Int)] = [
            (0x0a00_0000, 8), (0xac10_0000, 12), (0xc0a8_0000, 16), (0x6440_0000, 10), (0xa9fe_0000, 16),
            (0x7f00_0000, 8), (0xe000_0000, 3),
        ]
        return others.allSatisfy { (address.rawValue ^ $0.0) >> UInt32(32 - $0.1) != 0 }
    }
}

extension InterfaceName {
    /// Whether the name is one that the kernel or systemd gives to Ethernet and wireless links.
    fileprivate var soundsLikeEthernet: Bool {
        let name = rawValue.utf8
        return ["eth", "en", "wl"].contains { start in
            // What comes after it has a number in it: `eth0`, `enp3s0`, but not `engine`.
            name.starts(with: start.utf8) && name.dropFirst(start.utf8.count).contains { (0x30...0x39).contains($0) }
        }
    }
}
