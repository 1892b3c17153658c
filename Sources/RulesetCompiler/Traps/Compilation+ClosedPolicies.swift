import Diagnostics
import NetworkTypes
import RulesetModel

extension Compilation {
    /// How many pairs of rules and packets are compared at most, so that the warnings take no noticeable time in any file.
    private static var mostComparisons: Int { 200_000 }

    /// Warns of what a policy that drops cuts though nobody means it to: answers, a host's connections to itself, neighbour discovery, and
    /// the second connections of some services.
    func warnOfClosedPolicies(_ all: [OpenWays]) {
        guard all.contains(where: \.isClosed) else { return }
        let input = all.filter { $0.direction == .input }
        let output = all.filter { $0.direction == .output }
        let forward = all.filter { $0.direction == .forward }
        var budget = Self.mostComparisons
        let mayCall = output.allSatisfy { $0.within != nil || mayPass(.calls, $0, &budget) }
        let lost = input.first { mayCall && !mayPass(.answersToCalls, $0, &budget) }
        if let lost, let closing = lost.closing { report(.answersDropped(lost, to: nil, closing)) }
        for (answering, asked) in [(output, input), (forward, forward)] {
            warnOfLostAnswers(to: asked, in: answering, &budget)
        }
        for ways in [input, output] {
            if let lost = ways.first(where: { !mayPass(.loopback($0.direction), $0, &budget) }),
                let closing = lost.closing
            {
                report(.loopbackDropped(lost, closing))
            }
            warnOfLostNeighbours(ways, &budget)
        }
        for ways in (input + forward) where ways.isClosed && ways.within == nil { warnOfSecondConnections(ways) }
    }

    // MARK: Answers

    /// Warns where packets are accepted in one direction and their answers are dropped in another; once for a direction.
    private func warnOfLostAnswers(to asked: [OpenWays], in answering: [OpenWays], _ budget: inout Int) {
        for ways in answering {
            guard let closing = ways.closing, !ways.keepsEstablished else { continue }
            for opener in asked.filter({ $0.within == nil }).flatMap(\.openers) {
                let first: MatchRegion = opener.rule.direction == .input ? .callsFromOutside : .new
                let calls = region(opener.rule).intersection(first)
                guard !calls.isEmpty, !mayPass(calls.answers, ways, &budget) else { continue }
                report(.answersDropped(ways, to: range(of: opener.key), closing))
                return
            }
        }
    }

    // MARK: Neighbours

    /// Warns where IPv6 is accepted and the neighbours that it comes from cannot be found; once for a direction.
    private func warnOfLostNeighbours(_ all: [OpenWays], _ budget: inout Int) {
        for ways in all {
            let direction = ways.direction
            guard let closing = ways.closing, !isIPv6Off else { continue }
            guard mayPass(.ipv6(direction), ways, &budget) else { continue }
            let messages = MatchRegion.neighbourDiscovery(direction)
            guard messages.contains(where: { !mayPass($0, ways, &budget) }) else { continue }
            // Who refuses IPv6 by a rule of its own means it, but not who refuses the rest of it.
            let isRefused = ways.refusals.contains { key, rule in
                guard families(of: rule) == .ipv6, messages.contains(where: { !$0.isDisjoint(with: region(rule)) })
                else { return false }
                return range(of: key) != closing.place || !ways.openers.contains { families(of: $0.rule) == .ipv6 }
            }
            if isRefused { continue }
            report(.neighboursDropped(ways, closing))
            return
        }
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
            report(.secondConnections(service, ways, at: range(of: first.key)))
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
