import KernelObjects
import NetworkTypes

extension HostWalk {
    /// Whether the next hop on the way of an IPv6 packet finds this host, and this host it: both ask and answer (RFC 4861 7.2).
    func neighbourDiscovery(_ question: RouteQuestion) -> ConversationVerdict {
        let choice = RouteChoice(question, in: state)
        guard question.destination.family == .ipv6, let way = choice.ways.first, way.interface != "lo" else {
            return .passes
        }
        let interface = choice.interface.map(self.interface) ?? .unknown
        // A router asks from its link-local address, which is not known; others from the one that is asked for afterwards.
        let neighbours = [way.gateway ?? question.destination, way.gateway.map { _ in Self.anyLinkLocal }].compactMap(
            \.self
        )
        var verdicts: [ConversationVerdict] = []
        for neighbour in neighbours {
            verdicts.append(discovery(of: question.source, by: neighbour, on: interface))
        }
        guard let first = verdicts.first else { return .passes }
        if verdicts.allSatisfy({ $0 == first }) { return first }
        return .isUnknown(.neighbourDiscovery, Uncertainty(doubts: choice.doubts))
    }

    /// Whether a router that sends packets for an address of this host's in by an interface finds this host: by the address itself if the
    /// interface has it, otherwise by the link-local one.
    func neighbourDiscovery(of address: IPAddress, comingInBy interface: Packet.Interface) -> ConversationOutcome {
        guard address.family == .ipv6, case .link(let link) = interface, link.name != "lo" else {
            return ConversationOutcome(verdict: .passes)
        }
        let own = state.addresses.filter { $0.interfaceIndex == link.index && $0.address.family == .ipv6 }.map(
            \.address
        )
        let asked = own.contains(address) ? address : own.first(where: \.isLinkLocal) ?? address
        return ConversationOutcome(verdict: discovery(of: asked, by: Self.anyLinkLocal, on: interface))
    }

    /// fe80::1
    private static let anyLinkLocal = IPAddress.ipv6(IPv6Address(rawValue: 0xfe80 << 112 | 1))

    private enum Message {
        static let solicitation = Packet.Transport.neighbourDiscovery(type: 135)
        static let advertisement = Packet.Transport.neighbourDiscovery(type: 136)
    }

    private func discovery(
        of host: IPAddress,
        by neighbour: IPAddress,
        on interface: Packet.Interface
    ) -> ConversationVerdict {
        func packet(_ transport: Packet.Transport, from source: IPAddress, to destination: IPAddress) -> Packet {
            Packet(
                source: TCPEndpoint(address: source, port: 0),
                destination: TCPEndpoint(address: destination, port: 0),
                transport: transport
            )
        }
        var passages: [Passage] = []
        for (transport, destination) in [(Message.solicitation, host.solicitedNode), (Message.advertisement, host)] {
            var arriving = packet(transport, from: neighbour, to: destination)
            arriving.input = interface
            passages.append(takeIn(arriving))
        }
        for (transport, destination) in [
            (Message.advertisement, neighbour), (Message.solicitation, neighbour.solicitedNode),
        ] {
            var leaving = packet(transport, from: host, to: destination)
            leaving.output = interface
            passages.append(sendOut(leaving))
        }
        if let cut = passages.first(where: { $0.packet == nil })?.cuts.last { return .isCut(.neighbourDiscovery, cut) }
        let doubtful = passages.filter { !$0.cuts.isEmpty }
        guard !doubtful.isEmpty else { return .passes }
        var why = Uncertainty(doubts: [])
        for passage in doubtful { why.formUnion(Uncertainty(doubts: passage.doubts, cuts: passage.cuts)) }
        return .isUnknown(.neighbourDiscovery, why)
    }
}

extension IPAddress {
    /// Where a neighbour with this IPv6 address is asked for (RFC 4291 2.7.1); an IPv4 address as it is.
    fileprivate var solicitedNode: IPAddress {
        guard case .ipv6(let address) = self else { return self }
        let prefix: UInt128 = 0xff02 << 112 | 0x1ff << 24
        return .ipv6(IPv6Address(rawValue: prefix | address.rawValue & 0xff_ffff))
    }
}
