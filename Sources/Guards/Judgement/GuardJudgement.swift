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
    // If there is nobody to look after, all rules need not be made ready for packets.
    let leases = before.leasesEnded(by: after.changedSettings)
    guard !facts.connections.isEmpty else { return missingRoutes + leases }
    var judgement = GuardJudgement(before: before, after: after, facts: facts)
    return judgement.findings(missingRoutes) + leases
}

struct GuardJudgement {
    private let before: NetworkState
    private let after: NetworkState
    private let facts: HostFacts
    private let hostBefore: HostWalk
    private let hostAfter: HostWalk

    private struct End: Hashable {
        var part: ConversationPart
        var cut: Cut
    }

    private struct Question: Hashable {
        var part: ConversationPart
        var doubts: [Doubt]
        /// Whether it is about a connection that there is, or about a new one.
        var isAboutNewOne: Bool
    }

    private var lockouts = Groups<End>()
    private var former = Groups<End>()
    private var doubts = Groups<Question>()
    private var untracked: [ConnectionFact] = []
    private var detours: [(fact: ConnectionFact, from: WayOut, to: WayOut)] = []
    /// What new connections from a peer would fare is asked once.
    private var openedFrom: Set<Opening> = []
    /// Whether a login is certain to work, or a session to stay.
    private var isWayInCertain = false

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
            let inputs = Inputs(of: fact, on: hostBefore)
            if fact.role == .other {
                if hasToBeTracked(fact, inputs) { untracked.append(fact) }
                continue
            }
            judge(fact, inputs)
            if let detour = detour(of: fact) { detours.append(detour) }
        }
        var findings = lockouts.map { GuardFinding.lockout($1, $0.part, $0.cut) }
        findings += missingRoutes + endingDefaultRoutes(hostBefore, hostAfter)
        if !untracked.isEmpty { findings.append(.untracked(untracked)) }
        let questions = doubts.map {
            GuardFinding.uncertain($1, $0.part, $0.doubts, isDecisive: isDecisive($0, $1))
        }
        findings += questions.filter { $0.override != nil } + questions.filter { $0.override == nil }
        findings += former.map { GuardFinding.stillCut($1, $0.part, $0.cut) }
        return findings
            + detours.map {
                .otherWayBack($0.fact, from: $0.from, to: $0.to, isDecisive: $0.fact.role.isOwn || !isWayInCertain)
            }
    }

    /// Whether what is not known may lock out whoever makes the change: it is about the session that Weir runs in, or nobody is certain to
    /// get in. A rate lets people in at times.
    private func isDecisive(_ question: Question, _ facts: [ConnectionFact]) -> Bool {
        if question.isAboutNewOne, question.doubts.allSatisfy(\.isRate), !question.doubts.isEmpty { return false }
        if !question.isAboutNewOne, facts.contains(where: \.role.isOwn) { return true }
        // Where people come in besides is unlikely, and about others only a hint.
        if question.doubts.contains(.otherInterface) { return false }
        return !isWayInCertain
    }

    // MARK: Connections

    private mutating func judge(_ fact: ConnectionFact, _ inputs: Inputs) {
        if fact.isEstablished {
            let now = inputs.outcome { Conversation.established(fact, comingInBy: $0, on: hostBefore) }
            var then = inputs.outcome { Conversation.established(fact, comingInBy: $0, on: hostAfter) }
            then.doubt(settings(about: fact, inputs))
            if hasToBeTracked(fact, inputs) {
                untracked.append(fact)
            } else if note(fact, now, then, isNew: false) {
                return
            }
            judgeSilence(of: fact, inputs)
            if judgeCarriers(of: fact, inputs) { return }
        }
        guard openedFrom.insert(Opening(peer: fact.peer.address, local: fact.local)).inserted else { return }
        var (now, then) = openings(fact, inputs, translatedByOthers: false)
        var isTranslatedByOthers = false
        if case .isCut(_, .noServer) = now.verdict {
            isTranslatedByOthers = true
            (now, then) = openings(fact, inputs, translatedByOthers: true)
        }
        let isCut = note(fact, now, then, isNew: true)
        guard !isCut, detour(of: fact) == nil, settings(about: fact, inputs).isEmpty,
            inputs.isLikely({
                Conversation.opening(fact, comingInBy: $0, on: hostAfter, translatedByOthers: isTranslatedByOthers)
            })
        else { return }
        guard fact.peer.address.family == .ipv6 else {
            isWayInCertain = true
            return
        }
        let question = RouteQuestion(answersTo: fact)
        let discovery = (
            now: ConversationOutcome(verdict: hostBefore.neighbourDiscovery(question)),
            then: ConversationOutcome(verdict: hostAfter.neighbourDiscovery(question))
        )
        _ = note(fact, discovery.now, discovery.then, isNew: false)
        // Packets may come in by another way than the answers go.
        let address = fact.local.address
        let arrival = (
            now: inputs.outcome { hostBefore.neighbourDiscovery(of: address, comingInBy: $0) },
            then: inputs.outcome { hostAfter.neighbourDiscovery(of: address, comingInBy: $0) }
        )
        if discovery.then.verdict == .passes {
            _ = note(fact, arrival.now, arrival.then, isNew: false)
            isWayInCertain = inputs.isLikely { hostAfter.neighbourDiscovery(of: address, comingInBy: $0) }
        }
    }

    /// Judges a connection on which nobody says anything for a while.
    private mutating func judgeSilence(of fact: ConnectionFact, _ inputs: Inputs) {
        guard after.forgetsAfter != nil else { return }
        let nothing = ConversationOutcome(verdict: .passes)
        let now = inputs.outcome { Conversation.resumed(fact, comingInBy: $0, on: hostBefore) ?? nothing }
        let then = inputs.outcome { Conversation.resumed(fact, comingInBy: $0, on: hostAfter) ?? nothing }
        _ = note(fact, now, then, isNew: false)
    }

    /// Judges the packets that carry those of a connection, if it goes by a tunnel; says whether they would be cut.
    private mutating func judgeCarriers(of fact: ConnectionFact, _ inputs: Inputs) -> Bool {
        let ways = RouteChoice(RouteQuestion(answersTo: fact), in: before).interfaces
        var isCut = false
        for link in before.links where inputs.names.union(ways).contains(link.name) {
            if let tunnel = link.tunnel {
                let (now, then) = (hostBefore.carriers(of: tunnel), hostAfter.carriers(of: tunnel))
                isCut = note(fact, now, then, isNew: false) || isCut
            } else if link.isUnjudgedTunnel {
                doubts.add(
                    fact,
                    Question(part: .established, doubts: [.carrier(link.name)], isAboutNewOne: false)
                )
            }
        }
        return isCut
    }

    /// What is not known about a connection because of the settings that the change writes.
    private func settings(about fact: ConnectionFact, _ inputs: Inputs) -> [Doubt] {
        guard !after.changedSettings.isEmpty else { return [] }
        let ways = RouteChoice(RouteQuestion(answersTo: fact), in: before).ways
        let holders = Set(before.addresses.filter { $0.address == fact.local.address }.map(\.interfaceIndex))
        func doubts(ofInputs names: Set<String>) -> [Doubt] {
            let subject = SettingEffect.Subject(
                family: fact.peer.address.family,
                inputs: names,
                outputs: Set(ways.compactMap(\.interface)),
                isOnLink: !ways.isEmpty && ways.allSatisfy { $0.gateway == nil },
                isAddressThere: before.links.filter { names.contains($0.name) }.allSatisfy {
                    holders.contains($0.index)
                },
                distance: fact.distance
            )
            return after.changedSettings.compactMap { SettingEffect($0).doubt(about: subject) }
        }
        let all = doubts(ofInputs: inputs.names)
        let isAboutInput = inputs.names.contains { doubts(ofInputs: [$0]) != all }
        return isAboutInput ? all + [.inputInterface] : all
    }

    /// What becomes of a new connection, before and after.
    private func openings(
        _ fact: ConnectionFact,
        _ inputs: Inputs,
        translatedByOthers: Bool
    ) -> (now: ConversationOutcome, then: ConversationOutcome) {
        func opening(_ host: HostWalk) -> ConversationOutcome {
            inputs.outcome {
                Conversation.opening(fact, comingInBy: $0, on: host, translatedByOthers: translatedByOthers)
            }
        }
        return (opening(hostBefore), opening(hostAfter))
    }

    /// Takes note of what would become of a connection; says whether it would be cut.
    private mutating func note(
        _ fact: ConnectionFact,
        _ now: ConversationOutcome,
        _ then: ConversationOutcome,
        isNew: Bool
    ) -> Bool {
        var then = then
        then.doubtWhatOthersDo(with: now.sights)
        if let carrier = fact.unjudgedCarrier { then.doubt([.carrier(carrier)]) }
        if fact.isSeenAlive, !isNew, case .isCut(let part, let cut) = now.verdict, part.isAboutNow {
            // It lives, so that the model is wrong.
            doubts.add(fact, Question(part: part, doubts: [.contradiction(cut)], isAboutNewOne: false))
            return false
        }
        switch (now.verdict, then.verdict) {
        case (.isCut, .isCut(let part, let cut)):
            former.add(fact, End(part: part, cut: cut))
            return true
        case (_, .isCut(let part, let cut)):
            lockouts.add(fact, End(part: part, cut: cut))
            return true
        case (.isUnknown(_, let former), .isUnknown(let part, let why)):
            let comparison = DoubtComparison(before: hostBefore.program, after: hostAfter.program)
            // What was not known before and did no harm does none as long as nothing is added to it.
            guard comparison.hasNews(why, since: former) else { return false }
            doubts.add(fact, Question(part: part, doubts: why.doubts, isAboutNewOne: isNew))
            return false
        case (.passes, .isUnknown(let part, let why)), (.isCut, .isUnknown(let part, let why)):
            doubts.add(fact, Question(part: part, doubts: why.doubts, isAboutNewOne: isNew))
            return false
        case (_, .passes): return false
        }
    }

    /// Whether a connection lives on if, and only if, connection tracking has seen it before the change.
    private func hasToBeTracked(_ fact: ConnectionFact, _ inputs: Inputs) -> Bool {
        guard fact.isEstablished, fact.tracking == .untracked else { return false }
        let asItIs = inputs.outcome { Conversation.established(fact, comingInBy: $0, on: hostAfter) }
        guard asItIs.verdict != .passes else { return false }
        let asTracked = inputs.outcome {
            Conversation.established(fact, comingInBy: $0, on: hostAfter, assumingTracked: true)
        }
        return asTracked.verdict == .passes
    }

    // MARK: Routes

    private func detour(of fact: ConnectionFact) -> (fact: ConnectionFact, from: WayOut, to: WayOut)? {
        let question = RouteQuestion(answersTo: fact)
        let (now, then) = (RouteChoice(question, in: before), RouteChoice(question, in: after))
        guard now.cuts.isEmpty, then.cuts.isEmpty, now.ways != then.ways, let from = now.ways.first,
            let to = then.ways.first(where: { !now.ways.contains($0) }) ?? then.ways.first
        else { return nil }
        return (fact, from, to)
    }
}

extension ConversationPart {
    /// Whether it is about packets that come and go all the time.
    fileprivate var isAboutNow: Bool {
        if case .resumption = self { false } else { true }
    }
}

extension ConversationOutcome {
    /// A chain of another program that sees what it did not see before may do with it what it did not do before.
    fileprivate mutating func doubtWhatOthersDo(with former: Set<ForeignSight>) {
        let tables = Set(sights.subtracting(former).map(\.table)).sorted()
        guard !tables.isEmpty else { return }
        add(Uncertainty(doubts: tables.map { .foreignTable($0) }, cuts: tables.map { .foreignTable($0) }))
    }

    /// More that it depends on.
    fileprivate mutating func doubt(_ doubts: [Doubt]) {
        if !doubts.isEmpty { add(Uncertainty(doubts: doubts)) }
    }

    private mutating func add(_ news: Uncertainty) {
        switch verdict {
        case .passes: verdict = .isUnknown(.established, news)
        case .isUnknown(let part, var why):
            why.formUnion(news)
            verdict = .isUnknown(part, why)
        case .isCut: break
        }
    }
}
