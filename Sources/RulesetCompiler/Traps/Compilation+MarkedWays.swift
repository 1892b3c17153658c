import NetworkTypes
import RulesetModel

extension Compilation {
    /// How many pairs of a mark that is set and one that is looked up, and of a way and a translation, are compared: a warning is not worth
    /// more time.
    private static var mostPairs: Int { 100_000 }

    /// Warns of packets of this host that are marked to take another way: their source address was chosen for the way without the mark
    /// (`ip_route_me_harder` keeps it), and the other family takes that way if the table has none for it.
    func warnOfMarkedWays(_ lists: [ReachedRules]) {
        // A rule that is turned round is for the packets that are not marked so, and others.
        let lookups = ruleset.routingRules.filter { $0.mark != nil && !$0.isInverted }
        guard !lookups.isEmpty else { return }
        let tables = Dictionary(grouping: ruleset.routes, by: \.table).mapValues(MarkedWay.init)
        let families = Set(lookups.map { FamilyLookup($0, $0.family) })
        let translated = translatedSources(lists)
        var seen: Set<MarkedPackets> = []
        var judged: Set<InterfaceName> = []
        var isLeakWarned = false
        var pairs = 0
        for list in lists where list.base.marksOwnPackets {
            for reached in list.rules {
                guard case .setMark(let mark) = reached.rule.action,
                    seen.insert(MarkedPackets(mark: mark, families: self.families(of: reached.rule))).inserted
                else { continue }
                pairs += lookups.count
                guard pairs <= Self.mostPairs else { return }
                for lookup in lookups {
                    guard let asked = lookup.mark, asked.mayBe(mark), case .lookup(let table) = lookup.action,
                        let way = tables[table]
                    else { continue }
                    let place = range(of: reached.key)
                    for interface in way.interfaces[lookup.family] ?? [] where judged.insert(interface).inserted {
                        pairs += translated.count
                        guard pairs <= Self.mostPairs else { return }
                        let packets = MatchRegion([.outputInterface(Membership([InterfacePattern(interface)]))])
                        if translated.contains(where: { !packets.isDisjoint(with: $0) }) { continue }
                        report(.sourceOfOtherWay(interface, at: place))
                    }
                    if !isLeakWarned, let family = familyBeside(way, lookup, reached.rule),
                        // Who writes the rule for one family means it.
                        families.contains(FamilyLookup(lookup, family))
                    {
                        isLeakWarned = true
                        report(.otherFamilyBeside(family, at: place))
                    }
                }
            }
        }
    }

    /// The packets of this host that may get another source after the route was chosen.
    private func translatedSources(_ lists: [ReachedRules]) -> [MatchRegion] {
        lists.filter(\.base.isBehindRouting).flatMap(\.rules).compactMap { reached in
            guard reached.rule.direction != .forward else { return nil }
            switch reached.rule.action {
            case .masquerade, .sourceNAT: return region(reached.rule)
            default: return nil
            }
        }
    }

    /// The family of packets that are marked too, but for which the table has no route: they pass it by.
    private func familyBeside(_ way: MarkedWay, _ lookup: RoutingRule, _ rule: Rule) -> AddressFamily? {
        let other: AddressFamily = lookup.family == .ipv4 ? .ipv6 : .ipv4
        guard families(of: rule) == .both, other == .ipv4 || !isIPv6Off, way.tunnels.contains(lookup.family),
            !way.families.contains(other)
        else { return nil }
        return other
    }
}

/// What packets get a mark, as far as it matters here.
private struct MarkedPackets: Hashable {
    let mark: Mark
    let families: AddressFamilies
}

/// What a policy routing rule does with a mark for one family.
private struct FamilyLookup: Hashable {
    let family: AddressFamily
    let mark: Mark?
    let action: RoutingRule.Action

    init(_ rule: RoutingRule, _ family: AddressFamily) {
        (self.family, mark, action) = (family, rule.mark, rule.action)
    }
}

/// Where a routing table leads.
private struct MarkedWay {
    /// The interfaces that its routes leave by, but for the loopback interface.
    private(set) var interfaces: [AddressFamily: [InterfaceName]] = [:]
    /// The families that it has routes of.
    private(set) var families: Set<AddressFamily> = []
    /// The families that it has a default route of by an interface without a router, as those of tunnels are.
    private(set) var tunnels: Set<AddressFamily> = []

    private struct Exit: Hashable {
        let name: InterfaceName
        let family: AddressFamily
    }

    init(_ routes: [Route]) {
        var seen: Set<Exit> = []
        for route in routes {
            let family = route.destination.family
            families.insert(family)
            guard case .nextHops(let hops) = route.target else { continue }
            let names = hops.compactMap(\.interface).filter { $0 != .loopback }
            interfaces[family, default: []] += names.filter { seen.insert(.init(name: $0, family: family)).inserted }
            if route.destination.length == 0, hops.allSatisfy({ $0.gateway == nil }) { tunnels.insert(family) }
        }
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

extension Mark {
    /// Whether a packet that was given the other mark may have this one.
    fileprivate func mayBe(_ other: Mark) -> Bool {
        (value ^ other.value) & mask & other.mask == 0 && value & other.mask != 0
    }
}
