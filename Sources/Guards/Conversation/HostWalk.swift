import KernelObjects
import NetworkTypes

/// Leads packets through this host: its rules, routes and settings.
struct HostWalk {
    let state: NetworkState
    let program: FirewallProgram
    /// The ports that a server for management listens on.
    let managementPorts: Set<UInt16>
    /// Whether others may have set marks before Weir's rules see a packet.
    let hasForeignRules: Bool

    init(_ state: NetworkState, facts: HostFacts) {
        self.state = state
        program = FirewallProgram(state.firewall)
        managementPorts = facts.managementPorts
        hasForeignRules = !facts.foreignTables.isEmpty
    }

    /// `NF_IP_PRI_CONNTRACK`
    private static let trackingPriority: Int32 = -200
    /// `NF_IP_PRI_NAT_DST`
    private static let destinationPriority: Int32 = -100

    /// The mark that packets have in the beginning.
    var initialMark: KnownNumber {
        hasForeignRules ? .unknown : KnownNumber(0)
    }

    /// What connection tracking notes of a conversation on this host.
    func newEntry(stage: TrackedEntry.Stage, server: TCPEndpoint) -> TrackedEntry {
        let isLiberal = state.settings[NetworkState.liberalTracking] == "1"
        return TrackedEntry(stage: stage, server: server, isAlwaysLiberal: isLiberal)
    }

    // MARK: Into this host

    /// Leads a packet from the wire to the server's socket.
    func arrive(_ packet: Packet, in entry: TrackedEntry, boundTo interface: String?) -> Passage {
        var passage = Passage(packet: packet)
        filter(.prerouting, below: Self.trackingPriority, &passage)
        passage.then { packet in Passage(packet: entry.tracking(packet, isArriving: true)) }
        filter(.prerouting, from: Self.trackingPriority, below: Self.destinationPriority, &passage)
        passage.then { translateDestination($0, .prerouting, entry) }
        filter(.prerouting, from: Self.destinationPriority, &passage)
        passage.then { checkReversePath($0, boundTo: interface) }
        filter(.input, &passage)
        passage.then { translateSource($0, .input) }
        return passage
    }

    // MARK: Out of this host

    /// Leads a packet from the server's socket to the wire.
    func leave(_ packet: Packet, in entry: TrackedEntry, boundTo interface: String?) -> Passage {
        var passage = route(packet, boundTo: interface)
        filter(.output, below: Self.trackingPriority, &passage)
        passage.then { packet in Passage(packet: entry.tracking(packet, isArriving: false)) }
        filter(.output, from: Self.trackingPriority, below: Self.destinationPriority, boundTo: interface, &passage)
        passage.then { translateDestination($0, .output, entry) }
        filter(.output, from: Self.destinationPriority, boundTo: interface, &passage)
        filter(.postrouting, &passage)
        passage.then { translateSource($0, .postrouting) }
        return passage
    }

    // MARK: Messages of neighbour discovery

    /// Leads a message of a neighbour to this host: it is for no connection, and for no other way.
    func takeIn(_ message: Packet) -> Passage {
        var message = message
        message.mark = initialMark
        var passage = Passage(packet: message)
        filter(.prerouting, below: Self.trackingPriority, &passage)
        passage.then { packet in Passage(packet: Self.unconnected.tracking(packet, isArriving: true)) }
        filter(.prerouting, from: Self.trackingPriority, &passage)
        filter(.input, &passage)
        return passage
    }

    /// Leads a message to a neighbour out of this host.
    func sendOut(_ message: Packet) -> Passage {
        var message = message
        message.mark = initialMark
        var passage = Passage(packet: message)
        filter(.output, below: Self.trackingPriority, reroutes: false, &passage)
        passage.then { packet in Passage(packet: Self.unconnected.tracking(packet, isArriving: false)) }
        filter(.output, from: Self.trackingPriority, reroutes: false, &passage)
        filter(.postrouting, &passage)
        return passage
    }

    private static let unconnected = TrackedEntry(
        stage: .none,
        server: TCPEndpoint(address: .ipv4(IPv4Address(rawValue: 0)), port: 0)
    )

    /// Chooses the way out.
    private func route(_ packet: Packet, boundTo interface: String?) -> Passage {
        let choice = RouteChoice(
            RouteChoice.Question(
                destination: packet.destination.address,
                source: packet.source.address,
                mark: packet.mark,
                boundInterface: interface
            ),
            in: state
        )
        var packet = packet
        packet.output = choice.interface.map(self.interface) ?? .unknown
        return Passage(packet: choice.ways.isEmpty ? nil : packet, cuts: choice.cuts)
    }

    /// An interface by name.
    func interface(_ name: String) -> Packet.Interface {
        state.links.first { $0.name == name }.map { .link($0) } ?? .unknown
    }

    // MARK: Hooks

    /// Leads a packet through the filter chains of a hook that have a priority in a range.
    private func filter(
        _ hook: NetfilterHook,
        from lowest: Int32 = .min,
        below highest: Int32? = nil,
        boundTo interface: String? = nil,
        reroutes: Bool = true,
        _ passage: inout Passage
    ) {
        for chain in program.filterChains(hook) {
            let priority = chain.base?.priority ?? 0
            guard priority >= lowest, highest.map({ priority < $0 }) ?? true else { continue }
            passage.then { packet in
                var way = ChainWalk(program, chain, packet).passage
                guard reroutes, chain.base?.type == .route else { return way }
                // Another mark may mean another way (`nft_chain_route.c`).
                way.then { $0.mark == packet.mark ? Passage(packet: $0) : route($0, boundTo: interface) }
                return way
            }
        }
    }

    /// Leads the first packet of a connection through the nat chains of a hook that may give it another destination.
    private func translateDestination(_ packet: Packet, _ hook: NetfilterHook, _ entry: TrackedEntry) -> Passage {
        var packet = packet
        guard packet.tracking.states.contains(.new), program.tracksConnections else {
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
            for place in walk.passage.doubts { passage.doubt(place) }
            rest = walk.passage.packet
        }
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
        case .source: return Passage(packet: packet, cuts: [.unjudged(place)], doubts: [place])
        }
        guard target != packet.destination else { return Passage(packet: packet) }
        let isServer =
            hook == .prerouting && managementPorts.contains(target.port)
            && state.addresses.contains { $0.address == target.address }
        guard isServer else { return Passage(packet: nil, cuts: [.diverted(place)]) }
        var packet = packet
        packet.destination = target
        let status = packet.tracking.status
        let dnat = ConntrackStatus.dnat.rawValue
        packet.tracking.status = KnownNumber(status.value | dnat, known: status.known | dnat)
        return Passage(packet: packet)
    }

    /// The address that `redirect` takes: the first one of the interface (`nf_nat_redirect_ipv4`); any where it does not matter.
    private func primaryAddress(_ packet: Packet) -> IPAddress? {
        guard case .link(let link) = packet.input else { return nil }
        return state.addresses.first { $0.interfaceIndex == link.index && $0.address.family == packet.family }?.address
    }

    /// Leads the first packet of a connection through the nat chains of a hook that may give it another source.
    private func translateSource(_ packet: Packet, _ hook: NetfilterHook) -> Passage {
        guard packet.tracking.states.contains(.new), program.tracksConnections else { return Passage(packet: packet) }
        var passage = Passage(packet: packet)
        for chain in program.natChains(hook) {
            passage.then { packet in
                let walk = ChainWalk(program, chain, packet)
                var passage = walk.passage
                for (_, packet, place) in walk.translations {
                    passage.doubt(place)
                    passage.cuts.append(.unjudged(place))
                    passage.packet.join(packet)
                }
                return passage
            }
        }
        return passage
    }

    /// What the kernel does with packets whose answer would go elsewhere (`__fib_validate_source`), and where IPv6 is switched off.
    private func checkReversePath(_ packet: Packet, boundTo interface: String?) -> Passage {
        guard case .link(let link) = packet.input else { return Passage(packet: packet) }
        guard packet.family == .ipv4 else {
            let setting = link.setting("net.ipv6.conf", "disable_ipv6")
            return state.settings[setting] == "1"
                ? Passage(packet: nil, cuts: [.familyDisabled(setting: setting)]) : Passage(packet: packet)
        }
        let modes = ["net.ipv4.conf.all.rp_filter", link.setting("net.ipv4.conf", "rp_filter")].map {
            state.settings[$0]
        }
        guard modes.contains("1"), !modes.contains("2"), link.name != "lo" else { return Passage(packet: packet) }
        let choice = RouteChoice(
            RouteChoice.Question(
                destination: packet.source.address,
                source: packet.destination.address,
                mark: KnownNumber(0),
                boundInterface: nil
            ),
            in: state
        )
        let cut = Cut.reversePath(input: link.name)
        if choice.interface == link.name { return Passage(packet: packet, cuts: choice.cuts) }
        let isPossible = choice.ways.contains { $0.interface == nil || $0.interface == link.name }
        return Passage(packet: isPossible ? packet : nil, cuts: [cut])
    }
}
