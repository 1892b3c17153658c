import KernelObjects
import NetworkTypes

/// Leads packets through this host: its rules, routes and settings.
struct HostWalk {
    let state: NetworkState
    let program: FirewallProgram
    /// The ports that a server for management listens on.
    let managementPorts: Set<UInt16>
    /// The chains of other programs.
    private let foreignChains: [NetfilterHook: [ForeignChain]]

    /// What routing has to know of the socket that a packet comes from.
    struct Socket {
        /// The interface that it is bound to.
        var interface: String?
        /// Whose it is; nil if it is not known.
        var user: UInt32?

        /// The kernel's own.
        init() {}

        init(_ fact: ConnectionFact) {
            interface = fact.interface
            user = fact.user
        }
    }

    init(_ state: NetworkState, facts: HostFacts) {
        self.state = state
        program = FirewallProgram(state.firewall)
        managementPorts = facts.managementPorts
        foreignChains = Dictionary(grouping: facts.foreignTables.flatMap(ForeignChain.chains), by: \.hook)
            .mapValues { $0.sorted { $0.priority < $1.priority } }
    }

    /// `NF_IP_PRI_CONNTRACK`
    private static let trackingPriority: Int32 = -200
    /// `NF_IP_PRI_NAT_DST`
    private static let destinationPriority: Int32 = -100

    /// Whether the socket of a new connection gets the mark of its first packet (`tcp_fwmark_accept`).
    var handsMarksOn: Bool {
        state.isOn(NetworkState.marksOfAccepted)
    }

    /// What connection tracking notes of a conversation on this host.
    func newEntry(stage: TrackedEntry.Stage, server: TCPEndpoint) -> TrackedEntry {
        TrackedEntry(
            stage: stage,
            server: server,
            isAlwaysLiberal: state.isOn(NetworkState.liberalTracking),
            picksUp: state.settings[NetworkState.looseTracking] != "0"
        )
    }

    // MARK: Into this host

    /// Leads a packet from the wire to the server's socket.
    func arrive(_ packet: Packet, in entry: TrackedEntry) -> Passage {
        var passage = Passage(packet: packet)
        filter(.prerouting, below: Self.trackingPriority, &passage)
        passage.then { packet in Passage(packet: entry.tracking(packet, isArriving: true)) }
        filter(.prerouting, from: Self.trackingPriority, below: Self.destinationPriority, &passage)
        passage.then { translateDestination($0, .prerouting, entry) }
        filter(.prerouting, from: Self.destinationPriority, &passage)
        passage.then(deliver)
        filter(.input, &passage)
        passage.then { translateSource($0, .input) }
        return passage
    }

    // MARK: Out of this host

    /// Leads a packet from the server's socket to the wire.
    func leave(_ packet: Packet, in entry: TrackedEntry, of socket: Socket) -> Passage {
        var passage = route(packet, of: socket)
        filter(.output, below: Self.trackingPriority, of: socket, &passage)
        passage.then { packet in Passage(packet: entry.tracking(packet, isArriving: false)) }
        filter(.output, from: Self.trackingPriority, below: Self.destinationPriority, of: socket, &passage)
        passage.then { translateDestination($0, .output, entry) }
        filter(.output, from: Self.destinationPriority, of: socket, &passage)
        filter(.postrouting, &passage)
        passage.then { translateSource($0, .postrouting) }
        return passage
    }

    // MARK: Messages of neighbour discovery

    /// Leads a message of a neighbour to this host: it is for no connection, and for no other way.
    func takeIn(_ message: Packet) -> Passage {
        var passage = Passage(packet: message)
        filter(.prerouting, below: Self.trackingPriority, &passage)
        passage.then { packet in Passage(packet: Self.unconnected.tracking(packet, isArriving: true)) }
        filter(.prerouting, from: Self.trackingPriority, &passage)
        filter(.input, &passage)
        return passage
    }

    /// Leads a message to a neighbour out of this host.
    func sendOut(_ message: Packet) -> Passage {
        var passage = Passage(packet: message)
        filter(.output, below: Self.trackingPriority, &passage)
        passage.then { packet in Passage(packet: Self.unconnected.tracking(packet, isArriving: false)) }
        filter(.output, from: Self.trackingPriority, &passage)
        filter(.postrouting, &passage)
        return passage
    }

    private static let unconnected = TrackedEntry(
        stage: .none,
        server: TCPEndpoint(address: .ipv4(IPv4Address(rawValue: 0)), port: 0)
    )

    /// Chooses the way out.
    private func route(_ packet: Packet, of socket: Socket) -> Passage {
        let choice = RouteChoice(
            RouteQuestion(
                from: packet.source,
                to: packet.destination,
                mark: packet.mark,
                boundInterface: socket.interface,
                user: socket.user
            ),
            in: state
        )
        var packet = packet
        packet.output = choice.interface.map(self.interface) ?? .unknown
        return Passage(packet: choice.ways.isEmpty ? nil : packet, cuts: choice.cuts, doubts: choice.doubts)
    }

    /// An interface by name.
    func interface(_ name: String) -> Packet.Interface {
        state.links.first { $0.name == name }.map { .link($0) } ?? .unknown
    }

    // MARK: Hooks

    /// Leads a packet through the filter chains of a hook that have a priority in a range, Weir's and those of other programs.
    /// - Parameter socket: Where the packet comes from, if another mark may mean another way.
    private func filter(
        _ hook: NetfilterHook,
        from lowest: Int32 = .min,
        below highest: Int32? = nil,
        of socket: Socket? = nil,
        _ passage: inout Passage
    ) {
        func isHere(_ priority: Int32) -> Bool {
            priority >= lowest && highest.map { priority < $0 } ?? true
        }
        func meet(_ other: ForeignChain) {
            passage.then { packet in
                var way = other.see(packet)
                guard let socket, other.reroutes else { return way }
                way.then { $0.mark == packet.mark ? Passage(packet: $0) : route($0, of: socket) }
                return way
            }
        }
        var others = foreignChains[hook, default: []].filter { isHere($0.priority) }[...]
        for chain in program.filterChains(hook) {
            let priority = chain.base?.priority ?? 0
            guard isHere(priority) else { continue }
            while let other = others.first, other.priority < priority {
                meet(other)
                others.removeFirst()
            }
            // Which of several chains with the same priority comes first cannot be seen: they are asked before and after.
            for other in others.prefix(while: { $0.priority == priority }) { meet(other) }
            passage.then { packet in
                var way = ChainWalk(program, chain, packet).passage
                guard let socket, chain.base?.type == .route else { return way }
                // Another mark may mean another way (`nft_chain_route.c`).
                way.then { $0.mark == packet.mark ? Passage(packet: $0) : route($0, of: socket) }
                return way
            }
        }
        for other in others { meet(other) }
    }
}
