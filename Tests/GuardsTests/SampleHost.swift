import KernelObjects
import NetworkTypes
import Reconciliation
import Testing

@testable import Guards

/// A host on paper: an ssh session from 203.0.113.7 and one from 2001:db8:9::7, by routers on eth0.
struct SampleHost {
    var observed = ObservedState(
        routes: [
            route("192.0.2.0/24", by: "eth0", owner: 2),
            route("default4", by: "eth0", via: "192.0.2.254", owner: 16),
            route("2001:db8::/64", by: "eth0", owner: 2, metric: 256),
            route("default6", by: "eth0", via: "2001:db8::ff", owner: 16, metric: 1024),
            route("198.51.100.0/24", by: "eth1", owner: 2),
        ],
        routingRules: AddressFamily.allCases.flatMap { family in
            [
                RoutingRuleObject(family: family, priority: 0, ruleProtocol: 2, action: 1, table: 255),
                RoutingRuleObject(family: family, priority: 32766, ruleProtocol: 2, action: 1, table: 254),
            ]
        },
        links: [
            LinkObject(index: 1, name: "lo", flags: 1, mtu: 65536),
            LinkObject(index: 2, name: "eth0", flags: 1, mtu: 1500),
            LinkObject(index: 3, name: "eth1", flags: 1, mtu: 1500),
        ],
        addresses: [
            address("192.0.2.1", 2, 24), address("2001:db8::1", 2, 64), address("198.51.100.1", 3, 24),
        ]
    )
    var settings: [String: String] = [:]
    /// Prefixes of which every address is the host's own.
    var routedToHost: [IPPrefix] = []
    /// What the kernel says besides.
    var answers: [(question: RouteQuestion, answer: KernelRoutes.Answer)] = []
    var facts = HostFacts(
        connections: [session("203.0.113.7", "192.0.2.1"), session("2001:db8:9::7", "2001:db8::1")],
        managementPorts: [22]
    )

    /// What is found about rules; a mistake in them is a failure of the test.
    func findings(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [GuardFinding] {
        let desired = try #require(try desired(text), sourceLocation: sourceLocation)
        return findings(desired)
    }

    func findings(_ desired: DesiredState) -> [GuardFinding] {
        let changes = difference(desired: desired, observed: observed, adoption: .any).changes
        var before = NetworkState(observed, settings: settings, localRoutes: localRoutes)
        for (question, answer) in answers { before.learn(question, answer) }
        return guardFindings(before: before, after: before.applying(changes, desired: desired.firewall), facts: facts)
    }

    /// What the kernel has in the table `local` for the addresses, and what people have put there.
    var localRoutes: [RouteObject] {
        let loopback = ["127.0.0.0/8", "::1/128"].compactMap { try? IPPrefix($0) }
        let own = observed.addresses.map { IPPrefix.host($0.address) }
        return (loopback + own + routedToHost).map { prefix in
            RouteObject(
                key: .init(table: 255, destination: prefix, metric: 0),
                type: 2,
                routeProtocol: 2,
                hops: [.init(gateway: nil, interface: "lo")]
            )
        }
    }

    static func session(_ peer: String, _ local: String, tracked: Bool = true) -> ConnectionFact {
        let local = endpoint(local, 22)
        let peer = endpoint(peer, 50000)
        let entry = ConntrackEntry(
            original: .init(source: peer, destination: local),
            reply: .init(source: local, destination: peer),
            status: 0x0e
        )
        return ConnectionFact(
            local: local,
            peer: peer,
            role: .ownSession,
            tracking: tracked ? .tracked(entry) : .untracked,
            input: "eth0"
        )
    }

    static func endpoint(_ address: String, _ port: UInt16) -> TCPEndpoint {
        TCPEndpoint(address: IPAddress(address) ?? .ipv4(IPv4Address(rawValue: 0)), port: port)
    }

    static func route(
        _ destination: String,
        by interface: String,
        via gateway: String? = nil,
        owner: UInt8,
        metric: UInt32 = 0
    ) -> RouteObject {
        let prefix: IPPrefix? =
            switch destination {
            case "default4": .all(.ipv4)
            case "default6": .all(.ipv6)
            default: try? IPPrefix(destination)
            }
        return RouteObject(
            key: .init(table: 254, destination: prefix ?? .all(.ipv4), metric: metric),
            routeProtocol: owner,
            hops: [.init(gateway: gateway.flatMap { IPAddress($0) }, interface: interface)]
        )
    }

    private static func address(_ text: String, _ index: UInt32, _ length: UInt8) -> AddressObject {
        AddressObject(
            interfaceIndex: index,
            address: IPAddress(text) ?? .ipv4(IPv4Address(rawValue: 0)),
            prefixLength: length,
            scope: 0
        )
    }
}

extension GuardFinding {
    /// In a few words: `lockout opening input#2`.
    var words: String {
        switch self {
        case .lockout(let facts, let part, let cut): "lockout \(facts.families) \(part) \(cut.words)"
        case .stillCut(let facts, let part, let cut): "still \(facts.families) \(part) \(cut.words)"
        case .uncertain(let facts, let part, let doubts, let isDecisive):
            "\(isDecisive ? "unjudged" : "uncertain") \(facts.families) \(part) "
                + doubts.map(\.words).joined(separator: " ")
        case .defaultRouteEnds(_, let cut): "default route ends \(cut.words)"
        case .otherWayBack(_, let from, let to, _): "detour \(from.interface ?? "?") \(to.interface ?? "?")"
        case .noDefaultRoute(let family, _): "no default route \(family)"
        case .leasesEnd(let addresses, let setting): "leases \(addresses.count) \(setting)"
        case .untracked(let facts): "untracked \(facts.families)"
        }
    }
}

extension Doubt {
    fileprivate var words: String {
        switch self {
        case .rule(let place): "\(place.chain)#\(place.index)"
        case .rate(let place): "rate of \(place.chain)#\(place.index)"
        case .routingRule(let rule): "routing rule \(rule.priority)"
        case .route: "route"
        case .kernelRoute: "kernel"
        case .foreignTable(let name): name
        case .setting(let name), .hopLimit(let name): name
        case .inputInterface: "input"
        case .otherInterface: "other input"
        case .carrier(let name): "by \(name)"
        case .contradiction(let cut): "lives in spite of \(cut.words)"
        }
    }
}

extension IPPrefix {
    /// A single address.
    static func host(_ address: IPAddress) -> IPPrefix {
        IPPrefix(address: address, length: UInt8(address.family.addressBits)) ?? .all(address.family)
    }
}

extension [ConnectionFact] {
    fileprivate var families: String {
        map { $0.peer.address.family == .ipv4 ? "4" : "6" }.joined(separator: "+")
    }
}

extension Cut {
    fileprivate var words: String {
        switch self {
        case .rule(let place): "\(place.chain)#\(place.index)"
        case .diverted(let place): "diverted by \(place.chain)#\(place.index)"
        case .unjudged(let place): "unjudged \(place.chain)#\(place.index)"
        case .policy(let chain): "policy of \(chain)"
        case .noServer(let port): "no server at \(port)"
        case .tooManyRules: "too many"
        case .noRoute: "no route"
        case .refusingRoute: "route"
        case .refusingRoutingRule: "routing rule"
        case .reversePath(let input): "rp_filter \(input)"
        case .setting(let name): name
        case .familyDisabled: "IPv6 off"
        case .notDelivered(let input): "not delivered \(input)"
        case .foreignTable(let name): name
        case .unknownRoute: "unknown route"
        }
    }
}
