import KernelObjects
public import NetworkTypes

extension NetworkState {
    /// The routes of a table that a packet goes by: the longest prefix, then the smallest metric. Several if they share the key, or if it is
    /// not known which the kernel takes.
    /// - Returns: The routes, and whether it is certain that one of them is taken.
    func bestRoutes(for question: RouteQuestion, table: UInt32) -> (routes: [RouteObject], isCertain: Bool) {
        var best: [RouteObject] = []
        var uncertain: [RouteObject] = []
        for route in routes where route.key.table == table {
            guard route.key.destination.contains(question.destination),
                route.key.source?.contains(question.source) ?? true
            else { continue }
            // The kernel passes over what leads out of an interface that is down, or that the socket is not bound to.
            guard route.type != 1 || route.hops.isEmpty || route.hops.contains(where: { isUsable($0, for: question) })
            else { continue }
            // Sessions have a type of service of their own; which, only the server knows.
            guard route.key.tos == 0 else {
                uncertain.append(route)
                continue
            }
            guard let first = best.first else {
                best = [route]
                continue
            }
            if route.precedence > first.precedence {
                best = [route]
            } else if route.precedence == first.precedence, route.key.destination.family == .ipv6 {
                // In IPv4 the first one of a key is taken; in IPv6 they share the load.
                best.append(route)
            }
        }
        return (best + uncertain, !best.isEmpty || uncertain.isEmpty)
    }

    /// Whether the interface of a next hop is up (`IFF_UP`), and the one that the socket is bound to.
    func isUsable(_ hop: RouteObject.Hop, for question: RouteQuestion) -> Bool {
        if let bound = question.boundInterface, let interface = hop.interface, bound != interface { return false }
        return links.first { $0.name == hop.interface }.map(\.isUp) ?? true
    }
}

extension RouteObject {
    /// Larger comes first.
    fileprivate var precedence: [Int64] {
        [Int64(key.destination.length), Int64(key.source?.length ?? 0), -Int64(key.metric)]
    }
}

private func > (left: [Int64], right: [Int64]) -> Bool {
    right.lexicographicallyPrecedes(left)
}

extension IPPrefix {
    /// Whether it has the address in it.
    public func contains(_ address: IPAddress) -> Bool {
        address.family == family && address.masked(to: length) == self.address
    }
}

extension IPAddress {
    /// 127.0.0.0/8 (RFC 1122 3.2.1.3) or ::1 (RFC 4291 2.5.3).
    var isLoopback: Bool {
        switch self {
        case .ipv4(let address): address.rawValue >> 24 == 127
        case .ipv6(let address): address.rawValue == 1
        }
    }

    /// fe80::/10 (RFC 4291 2.5.6)
    var isLinkLocal: Bool {
        switch self {
        case .ipv4: false
        case .ipv6(let address): address.rawValue >> 118 == 0x3fa
        }
    }
}
