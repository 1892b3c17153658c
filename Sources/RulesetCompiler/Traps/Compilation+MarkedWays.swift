import NetworkTypes
import RulesetModel

extension Compilation {
    /// Warns of packets of this host that are marked to take another way: their source address was chosen for the way without the mark
    /// (`ip_route_me_harder` keeps it), and the other family takes that way where the table has none for it.
    func warnOfMarkedWays(_ lists: [ReachedRules]) {
        guard ruleset.routingRules.contains(where: { $0.mark != nil }) else { return }
        var warned: Set<InterfaceName> = []
        var isLeakWarned = false
        for list in lists where list.base.marksOwnPackets {
            for reached in list.rules {
                guard case .setMark(let mark) = reached.rule.action else { continue }
                for lookup in ruleset.routingRules {
                    guard let asked = lookup.mark, asked.mayBe(mark), case .lookup(let table) = lookup.action else {
                        continue
                    }
                    let place = range(of: reached.key)
                    for interface in interfaces(ofTable: table, lookup.family)
                    where !isTranslated(leavingBy: interface, lists) && warned.insert(interface).inserted {
                        report(.sourceOfOtherWay(interface, at: place))
                    }
                    if !isLeakWarned, let family = familyBeside(table, lookup, reached.rule) {
                        isLeakWarned = true
                        report(.otherFamilyBeside(family, at: place))
                    }
                }
            }
        }
    }

    /// The interfaces that packets leave by that are looked up in a table.
    private func interfaces(ofTable table: UInt32, _ family: AddressFamily) -> [InterfaceName] {
        var interfaces: [InterfaceName] = []
        for route in ruleset.routes where route.table == table && route.destination.family == family {
            guard case .nextHops(let hops) = route.target else { continue }
            interfaces += hops.compactMap(\.interface)
        }
        return interfaces.filter { $0 != .loopback }
    }

    /// Whether a rule may give packets of this host another source where they leave by an interface.
    private func isTranslated(leavingBy interface: InterfaceName, _ lists: [ReachedRules]) -> Bool {
        let packets = MatchRegion([.outputInterface(Membership([InterfacePattern(interface)]))])
        return lists.contains { list in
            list.base.isBehindRouting
                && list.rules.contains { reached in
                    guard reached.rule.direction != .forward else { return false }
                    switch reached.rule.action {
                    case .masquerade, .sourceNAT: return !packets.isDisjoint(with: region(reached.rule))
                    default: return false
                    }
                }
        }
    }

    /// The family of packets that are marked too, but for which the table has no route: they pass it by.
    private func familyBeside(_ table: UInt32, _ lookup: RoutingRule, _ rule: Rule) -> AddressFamily? {
        let other: AddressFamily = lookup.family == .ipv4 ? .ipv6 : .ipv4
        let routes = ruleset.routes.filter { $0.table == table }
        guard families(of: rule) == .both, other == .ipv4 || !isIPv6Off,
            routes.contains(where: { $0.destination.family == lookup.family && $0.isTunnelForAll }),
            !routes.contains(where: { $0.destination.family == other })
        else { return nil }
        // Who writes the rule for one family means it.
        let isForBoth = ruleset.routingRules.contains {
            $0.family == other && $0.mark == lookup.mark && $0.action == lookup.action
        }
        return isForBoth ? other : nil
    }
}

extension ReachedRules.Base {
    /// Whether packets of this host are looked up again after the marks that they get here.
    fileprivate var marksOwnPackets: Bool {
        switch self {
        case .standard(let chain): chain == .outputMangle
        case .declared(_, let base): base.type == .route
        case .regular: false
        }
    }

    /// Whether sources are translated here.
    fileprivate var isBehindRouting: Bool {
        switch self {
        case .standard(let chain): chain == .postroutingNAT
        case .declared(_, let base): base.type == .nat && base.hook == .postrouting
        case .regular: false
        }
    }
}

extension Route {
    /// Whether it leads everywhere by an interface without a router, as those of tunnels do.
    fileprivate var isTunnelForAll: Bool {
        guard case .nextHops(let hops) = target, destination.length == 0 else { return false }
        return hops.allSatisfy { $0.gateway == nil }
    }
}

extension Mark {
    /// Whether a packet that was given the other mark may have this one.
    fileprivate func mayBe(_ other: Mark) -> Bool {
        (value ^ other.value) & mask & other.mask == 0 && value & other.mask != 0
    }
}
