import NetworkTypes
import RulesetModel

extension RulesetMaker {
    mutating func makeTables() {
        for (name, tableNumber) in [("vpn", UInt32(100)), ("b-2", 4_000_000_000)] where chance(0.4) {
            ruleset.routingTables.append(RoutingTable(name: name, number: tableNumber))
        }
    }

    private mutating func makeTable() -> UInt32 {
        pick([254, 254, 254, 253, 7] + ruleset.routingTables.map(\.number))
    }

    mutating func makeRoutes() {
        for _ in 0..<number(0...4) {
            let route = makeRoute()
            let isTaken = ruleset.routes.contains { !$0.isOrdered(before: route) && !route.isOrdered(before: $0) }
            if !isTaken { ruleset.routes.append(route) }
        }
    }

    private mutating func makeRoute() -> Route {
        let family: AddressFamily = chance(0.6) ? .ipv4 : .ipv6
        let length = chance(0.3) ? 0 : number(8...UInt8(family.addressBits))
        var route = Route(
            destination: IPPrefix(masking: makeAddress(family), length: length),
            target: makeTarget(family),
            table: makeTable(),
            metric: chance(0.3) ? number(1...5000) : nil
        )
        if chance(0.1), family == .ipv4 { route.typeOfService = pick([4, 0x10, 0x1c]) }
        if chance(0.1), family == .ipv6 { route.preference = pick([.low, .high]) }
        guard case .nextHops(let hops) = route.target else { return route }
        for metric in RouteMetric.allCases where chance(0.1) {
            route.metrics[metric] = number(metric.values)
        }
        for metric in route.metrics.keys.sorted() where metric.canBeLocked && chance(0.3) {
            route.lockedMetrics.insert(metric)
        }
        route.usesECN = chance(0.1)
        if chance(0.1) { route.congestionControl = pick(["reno", "cubic", "tcp", "a-b_1"]) }
        if chance(0.3) { route.source = makeAddress(family) }
        if family == .ipv4, hops.count == 1, hops[0].gateway == nil, chance(0.3) { route.scope = .link }
        return route
    }

    private mutating func makeTarget(_ family: AddressFamily) -> Route.Target {
        if chance(0.2) { return pick([.blackhole, .unreachable, .prohibit, .nextRule] as [Route.Target]) }
        let device = InterfaceName(pick(Self.interfaceNames))
        if chance(0.1), let device { return .local(device) }
        if chance(0.2) {
            return .nextHops(
                several(2...3) { maker in
                    NextHop(gateway: maker.makeAddress(family), interface: nil, weight: maker.number(1...256))
                }
            )
        }
        return switch number(0...2) {
        case 0: .nextHops([NextHop(gateway: nil, interface: device)])
        case 1: .nextHops([NextHop(gateway: makeAddress(family), interface: device, isOnLink: chance(0.5))])
        default: .nextHops([NextHop(gateway: makeAddress(family), interface: nil)])
        }
    }

    mutating func makeRoutingRules() {
        for priority in [UInt32(1), 1000, 1000, 1000, 10_000, 10_001, 32765] where chance(0.25) {
            let family: AddressFamily = chance(0.6) ? .ipv4 : .ipv6
            var rule = RoutingRule(
                family: family,
                priority: priority,
                source: chance(0.5) ? makePrefix(family) : nil,
                destination: chance(0.3) ? makePrefix(family) : nil,
                inputInterface: chance(0.3) ? InterfaceName(pick(Self.interfaceNames)) : nil,
                outputInterface: chance(0.1) ? InterfaceName(pick(Self.interfaceNames)) : nil,
                mark: chance(0.4) ? makeMark() : nil,
                packets: chance(0.4) ? makeSelector() : PacketSelector(),
                action: makeRoutingRuleAction()
            )
            rule.isInverted = !rule.asksForNothing && chance(0.2)
            if case .lookup = rule.action {
                if chance(0.2) { rule.suppressedPrefixLength = number(0...UInt8(family.addressBits)) }
                if chance(0.1) { rule.suppressedGroup = number(0...9) }
            }
            guard !ruleset.routingRules.contains(where: { $0.identity.isMistakable(for: rule.identity) }) else {
                continue
            }
            ruleset.routingRules.append(rule)
        }
    }

    private mutating func makeRoutingRuleAction() -> RoutingRule.Action {
        switch number(0...9) {
        case 0: pick([.blackhole, .unreachable, .prohibit] as [RoutingRule.Action])
        case 1: pick([.lookupOfVRF, .nothing, .goTo(32766)] as [RoutingRule.Action])
        default: .lookup(makeTable())
        }
    }

    private mutating func makeSelector() -> PacketSelector {
        var packets = PacketSelector()
        switch number(0...4) {
        case 0: packets.typeOfService = pick([4, 0x10, 0x1c])
        case 1: packets.dscp = number(0...63)
        default: break
        }
        if chance(0.3) { packets.ipProtocol = pick([.tcp, .udp, .icmp, IPProtocol(rawValue: 47)]) }
        if chance(0.3) { packets.sourcePorts = makePorts() }
        if chance(0.3) { packets.destinationPorts = makePorts() }
        if chance(0.3) {
            let first: UInt32 = number(0...70_000)
            packets.users = Interval(first, chance(0.5) ? first : .max - 1)
        }
        return packets
    }

    private mutating func makePorts() -> Interval<UInt16>? {
        let first: UInt16 = number(1...65534)
        return chance(0.5) ? Interval(first) : Interval(first, number(first...65534))
    }

    private mutating func makePrefix(_ family: AddressFamily) -> IPPrefix {
        IPPrefix(masking: makeAddress(family), length: number(8...UInt8(family.addressBits)))
    }

    mutating func makeSysctls() {
        let settings = [
            ("net.ipv4.ip_forward", "1"), ("net.ipv4.conf.eth0/100.rp_filter", "2"),
            ("net.core.default_qdisc", "fq_codel"),
            ("net.ipv4.tcp_rmem", "4096 131072 6291456"), ("net.ipv4.ip_local_reserved_ports", "8080,9000-9010"),
        ]
        for (name, value) in settings where chance(0.3) {
            ruleset.sysctls.append(Sysctl(name: name, value: value))
        }
    }
}
