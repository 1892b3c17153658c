import Diagnostics
import NetworkTypes
import RulesetModel

extension Compilation {
    /// How many pairs of rules and packets are compared at most, so that the warnings take no noticeable time in any file.
    private static var mostComparisons: Int { 200_000 }

    /// Warns of what a policy that drops cuts though nobody means it to: answers, a host's connections to itself, neighbour discovery, and
    /// the second connections of some services.
    func warnOfClosedPolicies() {
        let directions = RulesetModel.Direction.allCases
        guard directions.contains(where: dropsByDefault) else { return }
        let (input, output, forward) = (openWays(.input), openWays(.output), openWays(.forward))
        var budget = Self.mostComparisons
        if input.isClosed, let place = closingPlace(.input) {
            if mayPass(.calls, output, &budget), !mayPass(.answersToCalls, input, &budget) {
                report(.answersDropped(.input, to: nil, at: place))
            }
            if !mayPass(.loopback(.input), input, &budget) { report(.loopbackDropped(.input, at: place)) }
        }
        if output.isClosed, let place = closingPlace(.output) {
            warnOfLostAnswers(to: input, in: output, at: place, &budget)
            if !mayPass(.loopback(.output), output, &budget) { report(.loopbackDropped(.output, at: place)) }
        }
        if forward.isClosed, let place = closingPlace(.forward) {
            warnOfLostAnswers(to: forward, in: forward, at: place, &budget)
        }
        for ways in [input, output] { warnOfLostNeighbours(ways, &budget) }
        for ways in [input, forward] where ways.isClosed { warnOfSecondConnections(ways) }
    }

    /// Where it is written that what no rule of the direction decides on is dropped.
    private func closingPlace(_ direction: RulesetModel.Direction) -> SourceRange? {
        if ruleset.policies[direction] == .drop { return provenance.policies[direction] }
        let refusing = notes.deciding.first { number in
            ruleset.rules[number].direction == direction && ruleset.rules[number].action.refuses
        }
        return refusing.map { provenance.rules[$0] }
    }

    // MARK: Answers

    /// Warns where packets are accepted in one direction and their answers are dropped in another; once for a direction.
    private func warnOfLostAnswers(
        to ways: OpenWays,
        in answering: OpenWays,
        at place: SourceRange,
        _ budget: inout Int
    ) {
        guard !answering.keepsEstablished else { return }
        for opener in ways.openers {
            let first: MatchRegion = ways.direction == .input ? .callsFromOutside : .new
            let calls = region(opener.rule).intersection(first)
            guard !calls.isEmpty, !mayPass(calls.answers, answering, &budget) else { continue }
            report(.answersDropped(answering.direction, to: provenance.rules[opener.number], at: place))
            return
        }
    }

    // MARK: Neighbours

    /// Warns where IPv6 is accepted and the neighbours that it comes from cannot be found.
    private func warnOfLostNeighbours(_ ways: OpenWays, _ budget: inout Int) {
        let direction = ways.direction
        guard ways.isClosed, let place = closingPlace(direction), !isIPv6Off else { return }
        guard mayPass(.ipv6(direction), ways, &budget) else { return }
        let messages = MatchRegion.neighbourDiscovery(direction)
        guard messages.contains(where: { !mayPass($0, ways, &budget) }) else { return }
        // Who refuses IPv6 by a rule of its own means it.
        let isRefused = ruleset.rules.contains { rule in
            rule.direction == direction && rule.action.refuses && families(of: rule) == .ipv6
                && messages.contains { !$0.isDisjoint(with: region(rule)) }
        }
        if !isRefused { report(.neighboursDropped(direction, at: place)) }
    }

    /// Whether the file turns IPv6 off.
    var isIPv6Off: Bool {
        ruleset.sysctls.contains { $0.name == "net.ipv6.conf.all.disable_ipv6" && $0.value == "1" }
    }

    // MARK: Second connections

    /// Warns where a service is let in that needs more connections, to ports that are agreed on later.
    private func warnOfSecondConnections(_ ways: OpenWays) {
        for service in ServiceOfTwoConnections.all {
            let first = ways.openers.first { opener in
                opener.rule.action == .accept && opener.rule.opens(service)
                    && !region(opener.rule).isDisjoint(with: .new)
            }
            guard let first else { continue }
            let opensSecond = ways.openers.contains { opener in
                opener.rule.action.targetChain != nil || opener.rule.opensManyPorts(of: service.secondProtocol)
            }
            guard !opensSecond else { continue }
            report(.secondConnections(service, ways.direction, at: provenance.rules[first.number]))
        }
    }
}

/// A service whose data comes by other connections than the one that asks for it.
struct ServiceOfTwoConnections {
    let port: UInt16
    let transport: IPProtocol
    /// What the data comes by.
    let secondProtocol: IPProtocol
    let data: String
    /// A rule that lets the data in, for ports that the service was told to take.
    let example: String

    static let all = [
        ServiceOfTwoConnections(
            port: 21,
            transport: .tcp,
            secondProtocol: .tcp,
            data: "FTP sends files by other connections (passive mode, RFC 959 section 4.1.2)",
            example: "tcp dport 50000-50100"
        ),
        ServiceOfTwoConnections(
            port: 5060,
            transport: .udp,
            secondProtocol: .udp,
            data: "SIP sends voice by other ports (RTP, RFC 3550)",
            example: "udp dport 10000-20000"
        ),
    ]
}

extension Rule {
    /// Whether the rule is about the service, and not about many ports of which its own is one.
    fileprivate func opens(_ service: ServiceOfTwoConnections) -> Bool {
        var isOfProtocol = false
        for match in matches {
            switch match {
            case .transportProtocol(let protocols):
                guard case .values(let values) = protocols.operand, !protocols.isNegated else { return false }
                isOfProtocol = values.contains(service.transport)
            case .destinationPort(let ports):
                guard isOfProtocol, case .values(let values) = ports.operand, !ports.isNegated else { return false }
                return values.intervals.contains { $0.isSingle && $0.lower == service.port }
            default: continue
            }
        }
        return false
    }

    /// Whether the rule lets in more than single ports of a protocol.
    fileprivate func opensManyPorts(of transport: IPProtocol) -> Bool {
        var isOfProtocol = true
        for match in matches {
            switch match {
            case .transportProtocol(let protocols):
                guard case .values(let values) = protocols.operand else { continue }
                isOfProtocol = values.contains(transport) != protocols.isNegated
            case .destinationPort(let ports):
                guard case .values(let values) = ports.operand, !ports.isNegated else { continue }
                guard values.intervals.contains(where: { !$0.isSingle && $0.upper > 1023 }) else { return false }
            case .icmp: return false
            case .connectionState(let states, let isNegated):
                guard states.contains(.new) != isNegated else { return false }
            case .inputInterface(let interfaces):
                guard interfaces != .init([InterfacePattern(.loopback)]) else { return false }
            default: continue
            }
        }
        return isOfProtocol
    }
}

extension MatchRegion {
    private static let outside = Membership([InterfacePattern(.loopback)], isNegated: true)
    private static let loopbackOnly = Membership([InterfacePattern(.loopback)])

    /// The first packets of connections.
    fileprivate static let new = MatchRegion([.connectionState(.new, isNegated: false)])

    /// The first packets of connections of this host to others.
    fileprivate static let calls = MatchRegion([
        .outputInterface(outside), .transportProtocol(Membership([.tcp, .udp])),
        .connectionState(.new, isNegated: false),
    ])

    /// The first packets of connections that come in from others.
    fileprivate static let callsFromOutside = MatchRegion([
        .inputInterface(outside), .connectionState(.new, isNegated: false),
    ])

    /// What comes back from others, to the ports that the kernel chooses (`ip_local_port_range`).
    fileprivate static let answersToCalls = MatchRegion([
        .inputInterface(outside), .transportProtocol(Membership([.tcp, .udp])),
        .destinationPort(Membership(IntervalSet((32768...60999 as ClosedRange<UInt16>)))),
        .connectionState(.established, isNegated: false),
    ])

    /// A connection of this host to itself.
    fileprivate static func loopback(_ direction: RulesetModel.Direction) -> MatchRegion {
        let address = Membership(AddressSet(AddressRange(.ipv4(IPv4Address(rawValue: 0x7f00_0001)))))
        let interface: Match = direction == .input ? .inputInterface(loopbackOnly) : .outputInterface(loopbackOnly)
        return MatchRegion([
            interface, .sourceAddress(address), .destinationAddress(address), .transportProtocol(Membership([.tcp])),
            .destinationPort(Membership(IntervalSet((32768...60999 as ClosedRange<UInt16>)))),
            .connectionState(.new, isNegated: false),
        ])
    }

    /// IPv6 with others.
    fileprivate static func ipv6(_ direction: RulesetModel.Direction) -> MatchRegion {
        MatchRegion([direction == .input ? .inputInterface(outside) : .outputInterface(outside), .family(.ipv6)])
    }

    /// The messages without which no neighbour is found (RFC 4861); connection tracking leaves them alone.
    fileprivate static func neighbourDiscovery(_ direction: RulesetModel.Direction) -> [MatchRegion] {
        [135, 136].map { type in
            MatchRegion([
                direction == .input ? .inputInterface(outside) : .outputInterface(outside),
                .icmp(ICMPMatch(family: .ipv6, types: [type])),
                .connectionState(.untracked, isNegated: false),
            ])
        }
    }
}
