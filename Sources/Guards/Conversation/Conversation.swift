import KernelObjects
import NetworkTypes

/// What becomes of a conversation, and what chains of other programs see of it.
struct ConversationOutcome {
    var verdict: ConversationVerdict
    var sights: Set<ForeignSight> = []
}

/// Plays the packets of a connection through a host.
struct Conversation {
    private let host: HostWalk
    private let fact: ConnectionFact
    private let input: Packet.Interface
    private var doubt: (part: ConversationPart, why: Uncertainty)?
    private var sights: Set<ForeignSight> = []
    private var entry: TrackedEntry
    /// The mark of the server's socket.
    private var socketMark: KnownNumber

    /// What becomes of the connection that there is.
    /// - Parameter isTracked: Whether connection tracking is taken to have seen the connection though it has not yet.
    static func established(
        _ fact: ConnectionFact,
        comingInBy input: Packet.Interface,
        on host: HostWalk,
        assumingTracked isTracked: Bool = false
    ) -> ConversationOutcome {
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
        var outcome = start.goingOn(to: destination)
        // Of a connection that is not tracked the first packet is a new one: it matters who sends it.
        guard case .none = entry.stage, outcome.verdict != .passes else { return outcome }
        let other = start.goingOnFromServer()
        outcome.sights.formUnion(other.sights)
        if case .isCut = outcome.verdict, case .isCut = other.verdict { return outcome }
        var why = outcome.verdict.uncertainty
        why.formUnion(other.verdict.uncertainty)
        outcome.verdict = .isUnknown(.established, why)
        return outcome
    }

    /// What becomes of the connection that there is once connection tracking has forgotten it; nil if it does not forget.
    static func resumed(
        _ fact: ConnectionFact,
        comingInBy input: Packet.Interface,
        on host: HostWalk
    ) -> ConversationOutcome? {
        guard let seconds = host.state.forgetsAfter else { return nil }
        var destination = fact.local
        if case .tracked(let known) = fact.tracking, known.original.source == fact.peer {
            destination = known.original.destination
        }
        let start = Conversation(host, fact, input, host.newEntry(stage: .none, server: destination))
        let part = ConversationPart.resumption(seconds: seconds)
        var outcome = start.goingOn(to: destination)
        // Whoever types to a host that does not answer is cut, though the host may say something by itself some time.
        if case .isCut(_, let cut) = outcome.verdict {
            outcome.verdict = .isCut(part, cut)
            return outcome
        }
        let other = start.goingOnFromServer()
        outcome.sights.formUnion(other.sights)
        guard outcome.verdict != .passes || other.verdict != .passes else { return outcome }
        var why = outcome.verdict.uncertainty
        why.formUnion(other.verdict.uncertainty)
        why.formUnion(Uncertainty(doubts: [.setting(NetworkState.trackingTimeout)]))
        outcome.verdict = .isUnknown(part, why)
        return outcome
    }

    /// The peer sends, the server answers.
    private func goingOn(to destination: TCPEndpoint) -> ConversationOutcome {
        var conversation = self
        // The second packet of an untracked connection is another matter than the first.
        for _ in 0..<2 {
            if let end = conversation.arrive(.ack, at: destination, .established) { return end }
            if let end = conversation.leave(.ack, .establishedAnswer) { return end }
        }
        return conversation.outcome
    }

    /// The server sends, the peer answers.
    private func goingOnFromServer() -> ConversationOutcome {
        var conversation = self
        for _ in 0..<2 {
            if let end = conversation.leave(.ack, .establishedAnswer) { return end }
            if let end = conversation.arrive(.ack, at: fact.local, .established) { return end }
        }
        return conversation.outcome
    }

    /// What becomes of a new connection from the same peer.
    /// - Parameter isTranslatedByOthers: Whether rules of other programs make of what the peer asks for what the connection has now.
    static func opening(
        _ fact: ConnectionFact,
        comingInBy input: Packet.Interface,
        on host: HostWalk,
        translatedByOthers isTranslatedByOthers: Bool = false
    ) -> ConversationOutcome {
        guard !fact.role.isOutgoing else { return openingToPeer(fact, comingInBy: input, on: host) }
        var destination = fact.local
        // The peer asked for what the rules made this of.
        if case .tracked(let known) = fact.tracking, known.original.source == fact.peer {
            destination = known.original.destination
        }
        var entry = host.newEntry(stage: .none, server: destination)
        if isTranslatedByOthers { entry.destinationByOthers = fact.local }
        var conversation = Conversation(host, fact, input, entry)
        if let end = conversation.arrive(.syn, at: destination, .opening) { return end }
        if destination != fact.local, conversation.entry.server == destination {
            let cut = Cut.noServer(port: destination.port)
            return conversation.doubt == nil ? conversation.end(.isCut(.opening, cut)) : conversation.outcome
        }
        if let end = conversation.leave(.synAck, .openingAnswer) { return end }
        // The second one acknowledges what the answer to the first one was.
        for _ in 0..<2 {
            if let end = conversation.arrive(.ack, at: destination, .continuation) { return end }
            if let end = conversation.leave(.ack, .continuationAnswer) { return end }
        }
        return conversation.outcome
    }

    /// What becomes of a new connection to the same peer.
    private static func openingToPeer(
        _ fact: ConnectionFact,
        comingInBy input: Packet.Interface,
        on host: HostWalk
    ) -> ConversationOutcome {
        var conversation = Conversation(host, fact, input, host.newEntry(stage: .none, server: fact.local))
        if let end = conversation.leave(.syn, .opening) { return end }
        if let end = conversation.arrive(.synAck, at: fact.local, .openingAnswer) { return end }
        for _ in 0..<2 {
            if let end = conversation.leave(.ack, .continuation) { return end }
            if let end = conversation.arrive(.ack, at: fact.local, .continuationAnswer) { return end }
        }
        return conversation.outcome
    }

    private init(_ host: HostWalk, _ fact: ConnectionFact, _ input: Packet.Interface, _ entry: TrackedEntry) {
        self.host = host
        self.fact = fact
        self.input = input
        self.entry = entry
        socketMark = fact.mark.map { KnownNumber($0) } ?? KnownNumber(0)
    }

    private var outcome: ConversationOutcome {
        end(doubt.map { .isUnknown($0.part, $0.why) } ?? .passes)
    }

    private func end(_ verdict: ConversationVerdict) -> ConversationOutcome {
        ConversationOutcome(verdict: verdict, sights: sights)
    }

    private mutating func arrive(
        _ flags: Packet.Flags,
        at destination: TCPEndpoint,
        _ part: ConversationPart
    ) -> ConversationOutcome? {
        var packet = Packet(source: fact.peer, destination: destination, transport: .tcp(flags))
        packet.input = input
        let passage = host.arrive(packet, in: entry)
        if flags == .syn, host.handsMarksOn, let mark = passage.packet?.mark { socketMark = mark }
        return note(passage, isArriving: true, part)
    }

    private mutating func leave(_ flags: Packet.Flags, _ part: ConversationPart) -> ConversationOutcome? {
        var packet = Packet(source: entry.server, destination: fact.peer, transport: .tcp(flags))
        packet.mark = socketMark
        packet.user = fact.user
        return note(host.leave(packet, in: entry, of: HostWalk.Socket(fact)), isArriving: false, part)
    }

    /// Takes note of how a packet fared; an outcome if it is the end.
    private mutating func note(
        _ passage: Passage,
        isArriving: Bool,
        _ part: ConversationPart
    ) -> ConversationOutcome? {
        sights.formUnion(passage.sights)
        guard let packet = passage.packet else {
            // If nothing is said to be the end, the rules were not understood.
            guard let cut = passage.cuts.last else {
                return end(.isUnknown(part, Uncertainty(doubts: passage.doubts)))
            }
            return end(.isCut(part, cut))
        }
        if !passage.cuts.isEmpty {
            let why = Uncertainty(doubts: passage.doubts, cuts: passage.cuts)
            if doubt == nil { doubt = (part, why) } else { doubt?.why.formUnion(why) }
        }
        entry = entry.noting(packet, isArriving: isArriving)
        return nil
    }
}

extension ConversationVerdict {
    /// What it depends on, as far as it is one that may not pass.
    var uncertainty: Uncertainty {
        switch self {
        case .passes: Uncertainty(doubts: [])
        case .isCut(_, let cut):
            switch cut {
            case .rule(let place), .diverted(let place), .unjudged(let place):
                Uncertainty(doubts: [.rule(place)], cuts: [cut])
            default: Uncertainty(doubts: [], cuts: [cut])
            }
        case .isUnknown(_, let why): why
        }
    }
}
