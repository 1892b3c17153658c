import KernelObjects
import NetworkTypes

extension HostWalk {
    /// Leads the first packet of a connection through the nat chains of a hook that may give it another destination.
    func translateDestination(_ packet: Packet, _ hook: NetfilterHook, _ entry: TrackedEntry) -> Passage {
        var packet = packet
        guard packet.tracking.states.contains(.new), program.tracksConnections || entry.destinationByOthers != nil
        else {
            // Later packets fare as the first one did.
            if hook == .prerouting, packet.tracking.hasEntry == .yes { packet.destination = entry.server }
            return Passage(packet: packet)
        }
        var passage = Passage(packet: nil)
        var rest: Packet? = packet
        for chain in program.natChains(hook) {
            guard let untranslated = rest else { break }
            let walk = ChainWalk(program, chain, untranslated)
            for (translation, packet, place) in walk.translations {
                passage.join(apply(translation, to: packet, place, hook))
            }
            passage.cuts += walk.passage.cuts
            for doubt in walk.passage.doubts { passage.doubt(doubt) }
            rest = walk.passage.packet
        }
        if hook == .prerouting, let destination = entry.destinationByOthers { rest?.translate(to: destination) }
        if packet.tracking.states != .new {
            // Perhaps it is no first packet, and then none of this happens.
            rest.join(packet)
        }
        passage.join(Passage(packet: rest))
        return passage
    }

    private func apply(
        _ translation: Translation,
        to packet: Packet,
        _ place: RulePlace,
        _ hook: NetfilterHook
    ) -> Passage {
        var target = packet.destination
        switch translation {
        case .destination(let address, let port):
            target = TCPEndpoint(address: address ?? target.address, port: port ?? target.port)
        case .redirect(let port):
            guard hook == .prerouting else { return Passage(packet: nil, cuts: [.diverted(place)]) }
            target = TCPEndpoint(address: primaryAddress(packet) ?? target.address, port: port ?? target.port)
        case .unknownDestination: return Passage(packet: nil, cuts: [.diverted(place)])
        case .source: return Passage(packet: packet, cuts: [.unjudged(place)], doubts: [.rule(place)])
        }
        guard target != packet.destination else { return Passage(packet: packet) }
        let isServer =
            hook == .prerouting && managementPorts.contains(target.port)
            && state.owns(target.address)
        guard isServer else { return Passage(packet: nil, cuts: [.diverted(place)]) }
        var packet = packet
        packet.translate(to: target)
        return Passage(packet: packet)
    }

    /// The address that `redirect` takes: the first one of the interface (`nf_nat_redirect_ipv4`); any where it does not matter.
    private func primaryAddress(_ packet: Packet) -> IPAddress? {
        guard case .link(let link) = packet.input else { return nil }
        return state.addresses.first { $0.interfaceIndex == link.index && $0.address.family == packet.family }?.address
    }

    /// Leads the first packet of a connection through the nat chains of a hook that may give it another source.
    func translateSource(_ packet: Packet, _ hook: NetfilterHook) -> Passage {
        guard packet.tracking.states.contains(.new), program.tracksConnections else { return Passage(packet: packet) }
        var passage = Passage(packet: packet)
        for chain in program.natChains(hook) {
            passage.then { packet in
                let walk = ChainWalk(program, chain, packet)
                var passage = walk.passage
                for (_, packet, place) in walk.translations {
                    passage.doubt(.rule(place))
                    passage.cuts.append(.unjudged(place))
                    passage.packet.join(packet)
                }
                return passage
            }
        }
        return passage
    }
}

extension Packet {
    /// Gives the packet, and with it its connection, another destination.
    fileprivate mutating func translate(to target: TCPEndpoint) {
        destination = target
        let status = tracking.status
        let dnat = ConntrackStatus.dnat.rawValue
        tracking.status = KnownNumber(status.value | dnat, known: status.known | dnat)
    }
}

extension NetworkState {
    /// Whether an address is one of this host's.
    fileprivate func owns(_ address: IPAddress) -> Bool {
        addresses.contains { $0.address == address }
    }
}
