import KernelObjects
import NetworkTypes
import Reconciliation

/// Finds out what a change would do to those who look after the host.
/// - Parameters:
///   - before: What there is.
///   - after: What there would be.
///   - facts: Who is connected.
/// - Returns: What is found, the gravest first.
public func guardFindings(before: NetworkState, after: NetworkState, facts: HostFacts) -> [GuardFinding] {
    let missingRoutes = missingDefaultRoutes(before: before, after: after)
    // Where there is nobody to look after, all rules need not be made ready for packets.
    guard !facts.connections.isEmpty else { return missingRoutes }
    var judgement = GuardJudgement(before: before, after: after, facts: facts)
    return judgement.findings(missingRoutes)
}

private func missingDefaultRoutes(before: NetworkState, after: NetworkState) -> [GuardFinding] {
    AddressFamily.allCases.compactMap { family in
        guard let route = before.defaultRoute(family), after.defaultRoute(family) == nil else { return nil }
        return .noDefaultRoute(family, route)
    }
}

private struct GuardJudgement {
    private let before: NetworkState
    private let after: NetworkState
    private let facts: HostFacts
    private let hostBefore: HostWalk
    private let hostAfter: HostWalk

    /// Connections that fare alike, in the order in which they were found.
    private struct Group<Reason: Hashable> {
        private(set) var reasons: [Reason] = []
        private(set) var members: [Reason: [ConnectionFact]] = [:]

        mutating func add(_ fact: ConnectionFact, _ reason: Reason) {
            if members[reason] == nil { reasons.append(reason) }
            members[reason, default: []].append(fact)
        }

        func map<Result>(_ body: (Reason, [ConnectionFact]) -> Result) -> [Result] {
            reasons.map { body($0, members[$0] ?? []) }
        }
    }

    private struct End: Hashable {
        var part: ConversationPart
        var cut: Cut
    }

    private struct Doubt: Hashable {
        var part: ConversationPart
        var places: [RulePlace]
    }

    private var lockouts = Group<End>()
    private var former = Group<End>()
    private var doubts = Group<Doubt>()
    private var untracked: [ConnectionFact] = []
    private var detours: [GuardFinding] = []
    /// What new connections from a peer would fare is asked once.
    private var openedFrom: Set<Opening> = []

    private struct Opening: Hashable {
        var peer: IPAddress
        var local: TCPEndpoint
    }

    init(before: NetworkState, after: NetworkState, facts: HostFacts) {
        self.before = before
        self.after = after
        self.facts = facts
        hostBefore = HostWalk(before, facts: facts)
        hostAfter = HostWalk(after, facts: facts)
    }

    /// Judges all connections; what else was found gets its place among it.
    mutating func findings(_ missingRoutes: [GuardFinding]) -> [GuardFinding] {
        for fact in facts.connections {
            let inputs = inputs(of: fact)
            if fact.role == .other {
                if hasToBeTracked(fact, inputs) { untracked.append(fact) }
                continue
            }
            judge(fact, inputs)
            if let finding = detour(of: fact) { detours.append(finding) }
        }
        var findings = lockouts.map { GuardFinding.lockout($1, $0.part, $0.cut) }
        findings += missingRoutes
        if !untracked.isEmpty { findings.append(.untracked(untracked)) }
        findings += doubts.map { GuardFinding.uncertain($1, $0.part, $0.places) }
        findings += former.map { GuardFinding.stillCut($1, $0.part, $0.cut) }
        return findings + detours
    }

    // MARK: Connections

    private mutating func judge(_ fact: ConnectionFact, _ inputs: [Packet.Interface]) {
        if fact.isEstablished {
            let now = verdict(inputs) { Conversation.established(fact, comingInBy: $0, on: hostBefore) }
            let then = verdict(inputs) { Conversation.established(fact, comingInBy: $0, on: hostAfter) }
            if hasToBeTracked(fact, inputs) {
                untracked.append(fact)
            } else if note(fact, now, then) {
                return
            }
        }
        guard openedFrom.insert(Opening(peer: fact.peer.address, local: fact.local)).inserted else { return }
        var (now, then) = openings(fact, inputs)
        if case .isCut(_, .noServer) = now {
            // Others translate the connection: Weir's rules see it as it is then.
            var translated = fact
            translated.tracking = .unknown
            (now, then) = openings(translated, inputs)
        }
        guard !note(fact, now, then), then == .passes, fact.peer.address.family == .ipv6 else { return }
        let question = RouteChoice.question(about: fact)
        _ = note(fact, hostBefore.neighbourDiscovery(question), hostAfter.neighbourDiscovery(question))
    }

    /// What becomes of a new connection, before and after.
    private func openings(
        _ fact: ConnectionFact,
        _ inputs: [Packet.Interface]
    ) -> (now: ConversationVerdict, then: ConversationVerdict) {
        (
            verdict(inputs) { Conversation.opening(fact, comingInBy: $0, on: hostBefore) },
            verdict(inputs) { Conversation.opening(fact, comingInBy: $0, on: hostAfter) }
        )
    }

    /// Takes note of what would become of a connection; says whether it would be cut.
    private mutating func note(
        _ fact: ConnectionFact,
        _ now: ConversationVerdict,
        _ then: ConversationVerdict
    ) -> Bool {
        switch (now, then) {
        case (.isCut, .isCut(let part, let cut)):
            former.add(fact, End(part: part, cut: cut))
            return true
        case (_, .isCut(let part, let cut)):
            lockouts.add(fact, End(part: part, cut: cut))
            return true
        case (.passes, .isUnknown(let part, let places)), (.isCut, .isUnknown(let part, let places)):
            doubts.add(fact, Doubt(part: part, places: places))
            return false
        case (.isUnknown, .isUnknown), (_, .passes): return false
        }
    }

    /// Whether a connection lives on if, and only if, connection tracking has seen it before the change.
    private func hasToBeTracked(_ fact: ConnectionFact, _ inputs: [Packet.Interface]) -> Bool {
        guard fact.isEstablished, fact.tracking == .untracked else { return false }
        let asItIs = verdict(inputs) { Conversation.established(fact, comingInBy: $0, on: hostAfter) }
        guard asItIs != .passes else { return false }
        let asTracked = verdict(inputs) {
            Conversation.established(fact, comingInBy: $0, on: hostAfter, assumingTracked: true)
        }
        return asTracked == .passes
    }

    /// What holds whichever interface the packets come in by.
    private func verdict(
        _ inputs: [Packet.Interface],
        _ judge: (Packet.Interface) -> ConversationVerdict
    ) -> ConversationVerdict {
        let verdicts = inputs.map(judge)
        guard let first = verdicts.first else { return judge(.unknown) }
        if verdicts.allSatisfy({ $0 == first }) { return first }
        var places: [RulePlace] = []
        var part: ConversationPart?
        var areAllCut = true
        for verdict in verdicts {
            switch verdict {
            case .passes: areAllCut = false
            case .isUnknown(let where_, let unknown):
                areAllCut = false
                part = part ?? where_
                places += unknown
            case .isCut(let where_, let cut):
                part = part ?? where_
                if case .rule(let place) = cut { places.append(place) }
            }
        }
        guard !areAllCut, let part else { return first }
        return .isUnknown(part, places)
    }

    /// The interfaces that packets of a connection may come in by: where its address is, and where its answers go.
    private func inputs(of fact: ConnectionFact) -> [Packet.Interface] {
        if let interface = fact.interface { return [hostBefore.interface(interface)] }
        let choice = RouteChoice(RouteChoice.question(about: fact), in: before)
        let holders = before.addresses.filter { $0.address == fact.local.address }.map(\.interfaceIndex)
        let names = choice.interfaces.union(before.links.filter { holders.contains($0.index) }.map(\.name))
        return names.sorted().map { hostBefore.interface($0) }
    }

    // MARK: Routes

    private func detour(of fact: ConnectionFact) -> GuardFinding? {
        let (now, then) = (
            RouteChoice(RouteChoice.question(about: fact), in: before),
            RouteChoice(RouteChoice.question(about: fact), in: after)
        )
        guard now.cuts.isEmpty, then.cuts.isEmpty, now.ways != then.ways, let from = now.ways.first,
            let to = then.ways.first
        else { return nil }
        return .otherWayBack(fact, from: from, to: to)
    }
}

extension NetworkState {
    /// A default route of the main table that leads somewhere.
    fileprivate func defaultRoute(_ family: AddressFamily) -> RouteObject? {
        routes.first { $0.key.table == 254 && $0.key.destination == .all(family) && $0.type == 1 }
    }
}
