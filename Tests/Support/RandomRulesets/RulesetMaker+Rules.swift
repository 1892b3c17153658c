import NetworkTypes
import RulesetModel

/// Which verbs a chain's rules may have.
enum ChainPurpose {
    case filter
    case nat
    case any
}

extension RulesetMaker {
    /// Makes a rule of a direction, or of a declared chain.
    mutating func makeRule(_ direction: Direction?, in purpose: ChainPurpose = .any) -> Rule {
        let transport = makeTransport()
        var matches = makeInterfaceMatches(direction)
        let family = makeFamilyMatches(into: &matches)
        matches += transport.matches
        if transport.matches.isEmpty, chance(0.2) { matches += [makeICMP(family)].filter { _ in family.isEmpty } }
        makeConnectionMatches(into: &matches, family, transport)
        if direction == .output, chance(0.15) {
            matches.append(.socketUser(Membership(makeUsers(), isNegated: chance(0.2))))
        }
        if direction == .output, chance(0.1) { matches.append(.socketGroup(Membership(makeUsers()))) }
        for _ in 0..<2 where chance(0.25) {
            let field = makeField(direction, matches)
            // Two conditions on one thing become one.
            if !field.contains(where: { match in matches.contains { $0.rank == match.rank } }) { matches += field }
        }
        if chance(0.15) { matches.append(.limit(makeLimit())) }

        let families = familiesOf(matches)
        let action = makeAction(direction, in: purpose, families, transport)
        let isLog = if case .log = action { true } else { false }
        var rule = Rule(
            direction: direction,
            matches: matches,
            action: action,
            log: !isLog && chance(0.15) ? makeLog() : nil,
            comment: chance(0.15) ? pick(Self.comments) : nil
        )
        if chance(0.5), let translation = makePrefixTranslation(rule) { rule.action = translation }
        // Some conditions cannot be asked for again.
        if case .redirect(var redirect) = action, (try? rule.derivedAccepts()) == nil {
            redirect.isAccepted = false
            rule.action = .redirect(redirect)
        }
        return rule
    }

    private func familiesOf(_ matches: [Match]) -> AddressFamilies {
        let families = ruleset.familiesOfSets
        return Rule(matches: matches, action: .accept).families { families[$0] ?? .both }
    }

    // MARK: - Matches

    private mutating func makeInterfaceMatches(_ direction: Direction?) -> [Match] {
        var matches: [Match] = []
        if direction == .input || direction == .forward, chance(0.4) {
            matches.append(.inputInterface(makeInterfaceMembership()))
        }
        if direction == .output || direction == .forward, chance(0.4) {
            matches.append(.outputInterface(makeInterfaceMembership()))
        }
        return matches
    }

    private mutating func makeInterfaceMembership() -> Membership<[InterfacePattern]> {
        if chance(0.2), let name = nameOfSet({ if case .interfaces = $0 { true } else { false } }) {
            return Membership(.namedSet(name), isNegated: chance(0.2))
        }
        return Membership(makeInterfaces(1...3), isNegated: chance(0.2))
    }

    /// Adds addresses or a family; the families that they leave, none where they say nothing.
    private mutating func makeFamilyMatches(into matches: inout [Match]) -> AddressFamilies {
        guard chance(0.6) else { return [] }
        if chance(0.15) {
            let family: AddressFamily = chance(0.5) ? .ipv4 : .ipv6
            matches.append(.family(family))
            return AddressFamilies(family)
        }
        if chance(0.2), let name = nameOfSet({ if case .prefixes = $0 { true } else { false } }) {
            matches.append(.sourceAddress(Membership(.namedSet(name), isNegated: chance(0.3))))
            return ruleset.familiesOfSets[name] ?? .both
        }
        let family: AddressFamily? = chance(0.3) ? nil : chance(0.7) ? .ipv4 : .ipv6
        let addresses = makeAddresses(family, 1...4)
        let membership = Membership(addresses, isNegated: isNegated(addresses))
        matches.append(chance(0.5) ? .sourceAddress(membership) : .destinationAddress(membership))
        return addresses.families
    }

    /// Whether a condition on the addresses is turned round; never where nothing would be left.
    private mutating func isNegated(_ addresses: AddressSet) -> Bool {
        chance(0.2) && !addresses.ranges.contains { $0.prefix?.length == 0 }
    }

    /// A transport protocol and what can be said of its header.
    struct Transport {
        var matches: [Match] = []
        var hasPorts = false
        var isTCP = false
    }

    private mutating func makeTransport() -> Transport {
        guard chance(0.6) else { return Transport() }
        if chance(0.15) {
            return Transport(matches: [.transportProtocol(Membership(makeProtocols(1...3), isNegated: chance(0.3)))])
        }
        let protocols = chance(0.15) ? [IPProtocol.tcp, .udp] : [pick([.tcp, .tcp, .udp, .sctp] as [IPProtocol])]
        var transport = Transport(hasPorts: true, isTCP: protocols == [.tcp])
        transport.matches = [.transportProtocol(Membership(protocols))]
        if chance(0.15) { transport.matches.append(.sourcePort(makePortMembership())) }
        if chance(0.7) { transport.matches.append(.destinationPort(makePortMembership())) }
        if transport.isTCP, chance(0.15) { transport.matches.append(.tcpFlags(makeFlags())) }
        return transport
    }

    private mutating func makePortMembership() -> Membership<IntervalSet<UInt16>> {
        if chance(0.2), let name = nameOfSet({ if case .ports = $0 { true } else { false } }) {
            return Membership(.namedSet(name), isNegated: chance(0.2))
        }
        return Membership(makePorts(1...3), isNegated: chance(0.15))
    }

    private mutating func makeFlags() -> TCPFlagsMatch {
        let mask = TCPFlags(rawValue: number(1...255))
        return TCPFlagsMatch(
            flags: mask.intersection(TCPFlags(rawValue: number(0...255))),
            mask: mask,
            isNegated: chance(0.2)
        )
    }

    private mutating func makeICMP(_ families: AddressFamilies) -> Match {
        let family: AddressFamily = chance(0.5) ? .ipv4 : .ipv6
        let types = Set(several(1...3) { $0.number(0...20) } as [UInt8]).sorted()
        let unreachable: UInt8 = family == .ipv4 ? 3 : 1
        return switch number(0...3) {
        case 0: .icmp(ICMPMatch(family: family, types: [unreachable], code: number(0...15)))
        case 1: .icmp(ICMPMatch(family: family, types: [types[0]], code: number(0...255)))
        default: .icmp(ICMPMatch(family: family, types: types, isNegated: chance(0.2)))
        }
    }

    private mutating func makeConnectionMatches(
        into matches: inout [Match],
        _ families: AddressFamilies,
        _ transport: Transport
    ) {
        let family: AddressFamily? = families == .ipv4 ? .ipv4 : families == .ipv6 ? .ipv6 : nil
        if chance(0.2) {
            let states = ConntrackStates.nameTable.entries.map(\.value)
            let chosen = ConntrackStates(several(1...3) { $0.pick(states) })
            matches.append(.connectionState(chosen, isNegated: chance(0.2)))
        }
        if chance(0.1) {
            let status = ConntrackStatus.nameTable.entries.map(\.value)
            matches.append(
                .connectionStatus(ConntrackStatus(several(1...2) { $0.pick(status) }), isNegated: chance(0.2))
            )
        }
        if chance(0.1) { matches.append(.connectionMark(makeMarkMembership())) }
        // The address must not contradict what else tells the family.
        let hasICMP = matches.contains { if case .icmp = $0 { true } else { false } }
        if !hasICMP, families != .both, chance(0.1) {
            let addresses = makeAddresses(family ?? (chance(0.5) ? .ipv4 : .ipv6), 1...2)
            matches.append(.originalDestinationAddress(Membership(addresses, isNegated: isNegated(addresses))))
        }
        if transport.hasPorts, chance(0.1) { matches.append(.originalDestinationPort(Membership(makePorts(1...2)))) }
        if chance(0.1) { matches.append(.mark(makeMarkMembership())) }
    }

    private mutating func makeMarkMembership() -> Membership<Mark> {
        if chance(0.3), let name = nameOfSet({ if case .marks = $0 { true } else { false } }) {
            return Membership(.namedSet(name), isNegated: chance(0.2))
        }
        return Membership(makeMark(), isNegated: chance(0.2))
    }

    private mutating func makeUsers() -> IntervalSet<UInt32> {
        IntervalSet(
            several(1...3) { maker in
                let lower = maker.number(UInt32(0)...70000)
                return Interval(lower, lower + (maker.chance(0.3) ? maker.number(0...500) : 0)) ?? Interval(lower)
            }
        )
    }

    private mutating func makeLimit() -> Limit {
        let period = pick(Limit.Period.allCases)
        let isOver = chance(0.3)
        guard chance(0.3) else {
            let burst: UInt32? = chance(0.5) ? number(1...1000) : nil
            return Limit(rate: number(1...10_000), period: period, burst: burst, isOver: isOver)
        }
        let rate = UInt64(1) << number(UInt64(3)...13) * (period == .second ? 1024 : 1)
        return Limit(
            rate: rate,
            unit: .bytes,
            period: period,
            burst: chance(0.3) ? number(1...4) * 1024 : nil,
            isOver: isOver
        )
    }

    func nameOfSet(_ isWanted: (NamedSet.Contents) -> Bool) -> String? {
        ruleset.sets.first { isWanted($0.contents) }?.name
    }
}
