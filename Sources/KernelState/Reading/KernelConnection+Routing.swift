public import KernelObjects
import Netlink
import NetworkTypes
import SystemPackage

/// Links, addresses, routes and policy routing rules of one moment.
public struct RoutingListing: Sendable {
    /// The interfaces.
    public var links: [LinkObject] = []
    /// Their addresses.
    public var addresses: [AddressObject] = []
    /// The routes of all owners in all tables, but for what the kernel keeps for itself.
    public var routes: [RouteObject] = []
    /// The policy routing rules of all owners.
    public var routingRules: [RoutingRuleObject] = []
}

extension KernelConnection {
    /// Reads links, addresses, routes and policy routing rules.
    ///
    /// The kernel does not notice when routes change during a dump. Therefore another socket listens: what was read counts if nothing
    /// was announced meanwhile, or if two readings in a row are equal.
    public mutating func readRouting() throws(KernelStateError) -> RoutingListing {
        var monitor = try routingMonitor()
        var last: RoutingListing?
        for _ in 0..<Self.mostAttempts {
            do throws(ReadFailure) {
                let reading = try readRoutingOnce()
                let isQuiet = try monitor.isQuiet()
                if let reading, isQuiet || last.map({ $0.isEquivalent(to: reading) }) == true { return reading }
                last = reading
            } catch {
                throw KernelStateError(.readRouting, error)
            }
        }
        throw KernelStateError(.readRouting, .stale)
    }

    /// `RTNLGRP_LINK`, `_IPV4_IFADDR`, `_IPV4_ROUTE`, `_IPV4_RULE`, `_IPV6_IFADDR`, `_IPV6_ROUTE`, `_IPV6_RULE`, `_NEXTHOP`
    static let routingGroups: [UInt32] = [1, 5, 7, 8, 9, 11, 19, 32]

    /// A socket that hears of every change of routing.
    private func routingMonitor() throws(KernelStateError) -> NetlinkSocket {
        do throws(NetlinkError) {
            return try NetlinkSocket.listener(.route, in: namespace, groups: Self.routingGroups)
        } catch {
            throw KernelStateError(.readRouting, error)
        }
    }

    /// One reading; nothing where the kernel says that it changed meanwhile.
    private mutating func readRoutingOnce() throws(ReadFailure) -> RoutingListing? {
        var listing = RoutingListing()
        var isConsistent = true
        try routing.dump(RoutingDump.links, &isConsistent) { (payload) throws(KernelObjectsError) in
            if let link = try RoutingDump.link(payload) { listing.links.append(link) }
        }
        try routing.dump(RoutingDump.addresses, &isConsistent) { (payload) throws(KernelObjectsError) in
            if let address = try RoutingDump.address(payload) { listing.addresses.append(address) }
        }
        let names = Dictionary(listing.links.map { ($0.index, $0.name) }) { first, _ in first }
        for family in AddressFamily.allCases {
            try routing.dump(RoutingDump.routes(family), &isConsistent) { (payload) throws(KernelObjectsError) in
                guard let route = try RoutingDump.route(payload, interfaceName: { names[$0] }) else { return }
                // A kernel without IPv6 answers a request for it with what it has.
                guard route.key.destination.family == family, !route.isKernelsOwn else { return }
                listing.routes.append(route)
            }
            try routing.dumpRoutingRules(family, &isConsistent) { listing.routingRules.append($0) }
        }
        return isConsistent ? listing : nil
    }

    /// Reads the numbers of the interfaces by name.
    mutating func readInterfaceIndices(
        _ operation: KernelStateError.Operation
    ) throws(KernelStateError) -> [String: UInt32] {
        var indices: [String: UInt32] = [:]
        var isConsistent = true
        do throws(ReadFailure) {
            try routing.dump(RoutingDump.links, &isConsistent) { (payload) throws(KernelObjectsError) in
                if let link = try RoutingDump.link(payload) { indices[link.name] = link.index }
            }
        } catch {
            throw KernelStateError(operation, error)
        }
        return indices
    }

    /// Reads the policy routing rules.
    mutating func readRoutingRules(
        _ operation: KernelStateError.Operation
    ) throws(KernelStateError) -> [RoutingRuleObject] {
        var rules: [RoutingRuleObject] = []
        var isConsistent = true
        do throws(ReadFailure) {
            for family in AddressFamily.allCases {
                try routing.dumpRoutingRules(family, &isConsistent) { rules.append($0) }
            }
        } catch {
            throw KernelStateError(operation, error)
        }
        guard isConsistent else { throw KernelStateError(operation, .stale) }
        return rules
    }
}

extension RoutingListing {
    /// Whether two readings say the same. Raw bytes differ by ages and use counts.
    fileprivate func isEquivalent(to other: RoutingListing) -> Bool {
        links == other.links && addresses == other.addresses
            && routes.elementsEqual(other.routes) { $0.isEquivalent(to: $1) }
            && routingRules.elementsEqual(other.routingRules) { $0.isEquivalent(to: $1) }
    }
}

extension RouteObject {
    /// The table `local`, and what the kernel puts elsewhere next to an address: RTN_LOCAL, RTN_BROADCAST, RTN_ANYCAST, RTN_MULTICAST.
    var isKernelsOwn: Bool {
        key.table == 255 || (routeProtocol == 2 && (2...5).contains(type))
    }
}

extension NetlinkSocket {
    /// Whether nothing was announced since the last call; loss of announcements is no quiet.
    fileprivate mutating func isQuiet() throws(ReadFailure) -> Bool {
        do throws(NetlinkError) {
            return try announcements(timeout: 0).isEmpty
        } catch {
            guard error.errno == .noBufferSpace else { throw ReadFailure(error) }
            return false
        }
    }

    /// A kernel without policy routing, or without the family, has no such rules and says that it does not know the request.
    fileprivate mutating func dumpRoutingRules(
        _ family: AddressFamily,
        _ isConsistent: inout Bool,
        _ body: (RoutingRuleObject) -> Void
    ) throws(ReadFailure) {
        do throws(ReadFailure) {
            try dump(RoutingDump.routingRules(family), &isConsistent) { (payload) throws(KernelObjectsError) in
                guard let rule = try RoutingDump.routingRule(payload), rule.family == family else { return }
                body(rule)
            }
        } catch {
            guard case .netlink(let reason) = error,
                reason.errno == .addressFamilyNotSupported || reason.errno == .notSupported
            else { throw error }
        }
    }

    fileprivate mutating func dump(
        _ message: EncodedMessage,
        _ isConsistent: inout Bool,
        _ body: (RawSpan) throws(KernelObjectsError) -> Void
    ) throws(ReadFailure) {
        let summary = try dump(NetlinkRequest(message)) { (_, payload) throws(ReadFailure) in
            do throws(KernelObjectsError) {
                try body(payload)
            } catch {
                throw .object(error)
            }
        }
        if summary.isInterrupted { isConsistent = false }
    }
}
