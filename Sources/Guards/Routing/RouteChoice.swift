import KernelObjects
public import NetworkTypes

/// The first step of a way out of this host.
public struct WayOut: Sendable, Hashable {
    /// The interface; nothing where only the kernel will know it.
    public var interface: String?
    /// The router; nothing where the destination is on the link.
    public var gateway: IPAddress?

    /// Creates a description.
    public init(interface: String?, gateway: IPAddress?) {
        self.interface = interface
        self.gateway = gateway
    }
}

/// What routing may decide about a packet; one thing if it is certain.
struct RouteChoice {
    /// The ways that it may go.
    private(set) var ways: [WayOut] = []
    /// Why it may go nowhere.
    private(set) var cuts: [Cut] = []

    /// A packet of this host on its way out.
    struct Question {
        var destination: IPAddress
        var source: IPAddress
        var mark: KnownNumber
        /// The interface that the socket is bound to.
        var boundInterface: String?
    }

    /// What answers to a connection ask.
    static func question(about fact: ConnectionFact) -> Question {
        Question(
            destination: fact.peer.address,
            source: fact.local.address,
            mark: KnownNumber(0),
            boundInterface: fact.interface
        )
    }

    init(_ question: Question, in state: NetworkState) {
        if state.addresses.contains(where: { $0.address == question.destination }) || question.destination.isLoopback {
            ways = [WayOut(interface: "lo", gateway: nil)]
            return
        }
        if question.destination.isLinkLocal, let interface = question.boundInterface {
            ways = [WayOut(interface: interface, gateway: nil)]
            return
        }
        for rule in state.routingRules where rule.family == question.destination.family {
            let holds = rule.holds(for: question)
            guard holds != .no else { continue }
            let isFinal = ask(rule, question, state)
            if isFinal, holds == .yes { return }
        }
        cuts.append(.noRoute(question.destination))
    }

    /// Asks a rule that holds, or may hold; says whether no further rule is asked then.
    private mutating func ask(_ rule: RoutingRuleObject, _ question: Question, _ state: NetworkState) -> Bool {
        switch rule.action {
        // FR_ACT_TO_TBL
        case 1:
            guard let route = state.bestRoute(for: question, table: rule.table) else { return false }
            return take(route, rule, state)
        // FR_ACT_NOP
        case 3: return false
        // FR_ACT_BLACKHOLE, FR_ACT_UNREACHABLE, FR_ACT_PROHIBIT
        case 6, 7, 8:
            cuts.append(.refusingRoutingRule(rule))
            return true
        // FR_ACT_GOTO and what there may be besides: any later rule may be the next one.
        default: return false
        }
    }

    private mutating func take(_ found: [RouteObject], _ rule: RoutingRuleObject, _ state: NetworkState) -> Bool {
        var isFinal = true
        for route in found {
            switch route.type {
            // RTN_UNICAST
            case 1:
                for hop in route.hops where state.isUsable(hop) {
                    ways.append(WayOut(interface: hop.interface, gateway: hop.gateway))
                }
            // RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT
            case 6, 7, 8: cuts.append(.refusingRoute(route))
            // RTN_THROW and what is for no packet of this kind: the next rule is asked.
            default: isFinal = false
            }
        }
        // A rule that Weir does not know wholly may look away from what it finds (`suppress_prefixlength`).
        return isFinal && !rule.hasUnknownAttributes
    }

    /// The names of the interfaces, as far as they are known.
    var interfaces: Set<String> {
        Set(ways.compactMap(\.interface))
    }

    /// The only interface that it may be; nothing where there are several, or where it is not known.
    var interface: String? {
        guard let first = ways.first?.interface, ways.allSatisfy({ $0.interface == first }) else { return nil }
        return first
    }
}

extension RoutingRuleObject {
    /// Whether the rule holds for a packet of this host.
    fileprivate func holds(for question: RouteChoice.Question) -> Truth {
        if let source, !source.contains(question.source) { return .no }
        if let destination, !destination.contains(question.destination) { return .no }
        // What this host sends counts as coming from lo.
        if let inputInterface, inputInterface != "lo" { return .no }
        if let outputInterface, outputInterface != question.boundInterface { return .no }
        var truth: Truth = hasUnknownAttributes ? .maybe : .yes
        if let mark {
            let difference = (question.mark.value ^ mark.value) & mark.mask & question.mark.known
            if difference != 0 { return .no }
            if question.mark.known & mark.mask != mark.mask { truth = .maybe }
        }
        return truth
    }
}

extension NetworkState {
    /// The routes of a table that a packet goes by: the longest prefix, then the smallest metric. Several where they share the key, and
    /// where it is not known which the kernel takes.
    fileprivate func bestRoute(for question: RouteChoice.Question, table: UInt32) -> [RouteObject]? {
        var best: [RouteObject] = []
        var uncertain: [RouteObject] = []
        for route in routes where route.key.table == table {
            guard route.key.destination.contains(question.destination),
                route.key.source?.contains(question.source) ?? true
            else { continue }
            // The kernel passes over what leads out of an interface that is down.
            guard route.type != 1 || route.hops.contains(where: isUsable) else { continue }
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
        let all = best + uncertain
        return all.isEmpty ? nil : all
    }

    /// Whether the interface of a next hop is up (`IFF_UP`).
    fileprivate func isUsable(_ hop: RouteObject.Hop) -> Bool {
        links.first { $0.name == hop.interface }.map { $0.flags & 1 != 0 } ?? true
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
    func contains(_ address: IPAddress) -> Bool {
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
