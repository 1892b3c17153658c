import KernelObjects
import NetworkTypes

extension HostWalk {
    /// What becomes of the packets that carry those of an interface.
    func carriers(of tunnel: LinkObject.Tunnel) -> ConversationOutcome {
        let way = RouteChoice(
            RouteQuestion(
                from: TCPEndpoint(address: tunnel.local, port: 0),
                to: TCPEndpoint(address: tunnel.remote, port: 0)
            ),
            in: state
        )
        let input = way.interface.map(interface) ?? .unknown
        // Whether tracking has seen such packets before is not known.
        var outcome = carriers(of: tunnel, comingInBy: input, stage: .established)
        let other = carriers(of: tunnel, comingInBy: input, stage: .none)
        outcome.sights.formUnion(other.sights)
        guard outcome.verdict != other.verdict else { return outcome }
        var why = outcome.verdict.uncertainty
        why.formUnion(other.verdict.uncertainty)
        outcome.verdict = .isUnknown(.established, why)
        return outcome
    }

    private func carriers(
        of tunnel: LinkObject.Tunnel,
        comingInBy input: Packet.Interface,
        stage: TrackedEntry.Stage
    ) -> ConversationOutcome {
        let local = TCPEndpoint(address: tunnel.local, port: 0)
        let remote = TCPEndpoint(address: tunnel.remote, port: 0)
        let transport = Packet.Transport.carrier(number: tunnel.ipProtocol, port: tunnel.port)
        var entry = newEntry(stage: stage, server: local)
        var outcome = ConversationOutcome(verdict: .passes)
        // Whichever end sends first: both directions, twice.
        for isArriving in [true, false, true, false] {
            var packet =
                isArriving
                ? Packet(source: remote, destination: local, transport: transport)
                : Packet(source: local, destination: remote, transport: transport)
            if isArriving { packet.input = input }
            let passage = isArriving ? arrive(packet, in: entry) : leave(packet, in: entry, of: Socket())
            outcome.sights.formUnion(passage.sights)
            let part: ConversationPart = isArriving ? .established : .establishedAnswer
            guard let rest = passage.packet else {
                outcome.verdict =
                    passage.cuts.last.map { .isCut(part, $0) }
                    ?? .isUnknown(part, Uncertainty(doubts: passage.doubts))
                return outcome
            }
            if !passage.cuts.isEmpty, outcome.verdict == .passes {
                outcome.verdict = .isUnknown(part, Uncertainty(doubts: passage.doubts, cuts: passage.cuts))
            }
            entry = entry.noting(rest, isArriving: isArriving)
        }
        return outcome
    }
}

extension LinkObject {
    /// Whether it sends its packets in others and Weir does not know where.
    var isUnjudgedTunnel: Bool {
        guard tunnel == nil, let kind else { return false }
        return Self.tunnels.contains(kind)
    }

    /// The kinds of interfaces that send packets in others.
    private static let tunnels: Set<String> = [
        "amt", "bareudp", "erspan", "geneve", "gre", "gretap", "gtp", "ip6erspan", "ip6gre", "ip6gretap", "ip6tnl",
        "ipip",
        "ovpn", "ppp", "sit", "tun", "vti", "vti6", "vxlan", "wireguard", "xfrm",
    ]
}
