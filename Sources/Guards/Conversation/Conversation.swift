import KernelObjects
import NetworkTypes

/// Plays the packets of a connection through a host.
struct Conversation {
    private let host: HostWalk
    private let fact: ConnectionFact
    private let input: Packet.Interface
    private var doubt: (part: ConversationPart, places: [RulePlace])?
    private var entry: TrackedEntry

    /// What becomes of the connection that there is.
    /// - Parameter isTracked: Whether connection tracking is taken to have seen the connection though it has not yet.
    static func established(
        _ fact: ConnectionFact,
        comingInBy input: Packet.Interface,
        on host: HostWalk,
        assumingTracked isTracked: Bool = false
    ) -> ConversationVerdict {
        let translated = ConntrackStatus([.snat, .dnat]).rawValue
        var entry = host.newEntry(stage: .established, server: fact.local)
        var destination = fact.local
        switch fact.tracking {
        case .tracked(let known):
            entry.status = KnownNumber(known.status, known: translated)
            entry.mark = KnownNumber(known.mark)
            if known.isLiberal { entry.isLiberal = true }
            entry.originalSource = known.original.source
            entry.originalDestination = known.original.destination
            if known.original.source == fact.peer { destination = known.original.destination }
            // Tracking ended while the connection began. When it goes on, what has been sent since is outside of the window that it knows
            // of, and invalid; of established ones the kernel forgets the window (`nf_ct_tcp_fixup`).
            if !known.isEstablished { entry.stage = .unknown }
        case .untracked, .unknown:
            guard !isTracked else {
                entry.status = KnownNumber(0, known: translated)
                entry.isLiberal = true
                break
            }
            entry.stage = fact.tracking == .untracked ? .none : .unknown
            entry.status = .unknown
            entry.mark = .unknown
        }
        let start = Conversation(host, fact, input, entry)
        let verdict = start.goingOn(to: destination)
        // Of a connection that is not tracked the first packet is a new one: it matters who sends it.
        guard case .none = entry.stage, verdict != .passes else { return verdict }
        let other = start.goingOnFromServer()
        if case .isCut = verdict, case .isCut = other { return verdict }
        return .isUnknown(.established, verdict.doubts + other.doubts)
    }

    /// The peer sends, the server answers.
    private func goingOn(to destination: TCPEndpoint) -> ConversationVerdict {
        var conversation = self
        // The second packet of an untracked connection is another matter than the first.
        for _ in 0..<2 {
            if let verdict = conversation.arrive(.ack, at: destination, .established) { return verdict }
            if let verdict = conversation.leave(.ack, .establishedAnswer) { return verdict }
        }
        return conversation.verdict
    }

    /// The server sends, the peer answers.
    private func goingOnFromServer() -> ConversationVerdict {
        var conversation = self
        for _ in 0..<2 {
            if let verdict = conversation.leave(.ack, .establishedAnswer) { return verdict }
            if let verdict = conversation.arrive(.ack, at: fact.local, .established) { return verdict }
        }
        return conversation.verdict
    }

    /// What becomes of a new connection from the same peer.
    static func opening(
        _ fact: ConnectionFact,
        comingInBy input: Packet.Interface,
        on host: HostWalk
    ) -> ConversationVerdict {
        var destination = fact.local
        // The peer asked for what the rules made this of.
        if case .tracked(let known) = fact.tracking, known.original.source == fact.peer {
            destination = known.original.destination
        }
        let entry = host.newEntry(stage: .none, server: destination)
        var conversation = Conversation(host, fact, input, entry)
        if let verdict = conversation.arrive(.syn, at: destination, .opening) { return verdict }
        if destination != fact.local, conversation.entry.server == destination {
            let cut = Cut.noServer(port: destination.port)
            return conversation.doubt == nil ? .isCut(.opening, cut) : conversation.verdict
        }
        if let verdict = conversation.leave(.synAck, .openingAnswer) { return verdict }
        // The second one acknowledges what the answer to the first one was.
        for _ in 0..<2 {
            if let verdict = conversation.arrive(.ack, at: destination, .continuation) { return verdict }
            if let verdict = conversation.leave(.ack, .continuationAnswer) { return verdict }
        }
        return conversation.verdict
    }

    private init(_ host: HostWalk, _ fact: ConnectionFact, _ input: Packet.Interface, _ entry: TrackedEntry) {
        self.host = host
        self.fact = fact
        self.input = input
        self.entry = entry
    }

    private var verdict: ConversationVerdict {
        doubt.map { .isUnknown($0.part, $0.places) } ?? .passes
    }

    private mutating func arrive(
        _ flags: Packet.Flags,
        at destination: TCPEndpoint,
        _ part: ConversationPart
    ) -> ConversationVerdict? {
        var packet = Packet(source: fact.peer, destination: destination, transport: .tcp(flags))
        packet.input = input
        packet.mark = host.initialMark
        return note(host.arrive(packet, in: entry, boundTo: fact.interface), isArriving: true, part)
    }

    private mutating func leave(_ flags: Packet.Flags, _ part: ConversationPart) -> ConversationVerdict? {
        var packet = Packet(source: entry.server, destination: fact.peer, transport: .tcp(flags))
        packet.mark = host.initialMark
        return note(host.leave(packet, in: entry, boundTo: fact.interface), isArriving: false, part)
    }

    /// Takes note of how a packet fared; a verdict where it is the end.
    private mutating func note(
        _ passage: Passage,
        isArriving: Bool,
        _ part: ConversationPart
    ) -> ConversationVerdict? {
        guard let packet = passage.packet else {
            // Where nothing is said to be the end the rules were not understood.
            guard let cut = passage.cuts.last else { return .isUnknown(part, passage.doubts) }
            return .isCut(part, cut)
        }
        if !passage.cuts.isEmpty, doubt == nil { doubt = (part, passage.doubts) }
        entry = entry.noting(packet, isArriving: isArriving)
        return nil
    }
}

extension ConversationVerdict {
    /// The rules that it depends on.
    fileprivate var doubts: [RulePlace] {
        switch self {
        case .passes: []
        case .isCut(_, .rule(let place)), .isCut(_, .diverted(let place)), .isCut(_, .unjudged(let place)): [place]
        case .isCut: []
        case .isUnknown(_, let places): places
        }
    }
}
