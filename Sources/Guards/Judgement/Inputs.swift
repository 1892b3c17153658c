import KernelObjects
import NetworkTypes

/// The interfaces that packets of a connection may come in by.
struct Inputs {
    /// Where they come in by all that is known: where they were seen to, or where the address is and where the answers go.
    private var likely: [Packet.Interface]
    /// Where they might come in besides: a host takes what is for it by any interface.
    private var others: [Packet.Interface] = []

    init(of fact: ConnectionFact, on host: HostWalk) {
        if let name = fact.input ?? fact.interface {
            likely = [host.interface(name)]
            return
        }
        let state = host.state
        let choice = RouteChoice(RouteQuestion(answersTo: fact), in: state)
        let holders = state.addresses.filter { $0.address == fact.local.address }.map(\.interfaceIndex)
        var names = choice.interfaces.union(state.links.filter { holders.contains($0.index) }.map(\.name))
        // What is on top of an interface shares its wire, and either of them answers for the addresses of both.
        for link in state.links where names.contains(link.name) {
            names.formUnion(state.links.filter { $0.index == link.lower }.map(\.name))
        }
        let isLocal = choice.outcomes == [.delivery]
        let possible = state.links.filter { link in
            guard link.isUp, link.name != "lo" else { return false }
            let question = RouteQuestion(
                from: fact.peer,
                to: fact.local,
                mark: KnownNumber(0),
                inputInterface: link.name
            )
            return Delivery(question, by: link, in: state).truth != .no
        }
        let known = isLocal ? ["lo"] : names.filter { name in possible.contains { $0.name == name } }.sorted()
        likely = (known.isEmpty ? names.sorted() : known).map(host.interface)
        if !isLocal { others = possible.filter { !names.contains($0.name) }.map { .link($0) } }
    }

    /// The names of the likely ones.
    var names: Set<String> {
        Set(likely.compactMap(\.name))
    }

    /// Whether packets pass by all interfaces that they are likely to come in by.
    func isLikely(_ judge: (Packet.Interface) -> ConversationOutcome) -> Bool {
        likely.allSatisfy { judge($0).verdict == .passes }
    }

    /// What holds whichever interface the packets come in by.
    func outcome(_ judge: (Packet.Interface) -> ConversationOutcome) -> ConversationOutcome {
        let outcomes = likely.map(judge)
        guard var outcome = outcomes.first else { return judge(.unknown) }
        outcome.join(outcomes.dropFirst(), doubting: [.inputInterface])
        guard outcome.verdict == .passes else { return outcome }
        outcome.join(others.map(judge)[...], doubting: [.otherInterface])
        return outcome
    }
}

extension ConversationOutcome {
    /// Takes into account what may happen besides.
    fileprivate mutating func join(_ others: ArraySlice<ConversationOutcome>, doubting reasons: [Doubt]) {
        for other in others { sights.formUnion(other.sights) }
        let verdicts = [verdict] + others.map(\.verdict)
        guard verdicts.contains(where: { $0 != verdict }) else { return }
        var why = Uncertainty(doubts: [])
        var part: ConversationPart?
        for case .isUnknown(let place, let more) in verdicts {
            part = part ?? place
            why.formUnion(more)
        }
        var areAllCut = true
        for verdict in verdicts {
            guard case .isCut(let place, _) = verdict else {
                areAllCut = false
                continue
            }
            part = part ?? place
            why.formUnion(verdict.uncertainty)
        }
        guard !areAllCut, let part else { return }
        why.formUnion(Uncertainty(doubts: reasons))
        verdict = .isUnknown(part, why)
    }
}
