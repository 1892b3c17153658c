import KernelObjects
import KernelState
import NetworkTypes
import TestSupport
import Testing

@testable import Guards

/// What is predicted for a connection is what happens to its packets: random rules on the real kernel, a real connection, and a new one.
@Suite(.freshNetworkNamespace, .requires(.ip))
struct PredictionTests {
    /// How many rule files are tried by each of the cases; `make soak` tries many more.
    private static let budget = SoakBudget(share: 25, all: 1000)

    /// What connection tracking saw of the connection before the rules come.
    enum Tracking: String, CaseIterable {
        case none = "untracked"
        case fromItsMiddle = "tracked from its middle on"
        case whole = "tracked"
    }

    struct Family: CustomTestStringConvertible {
        var isIPv6: Bool
        var tracking: Tracking
        var seed: UInt64
        var testDescription: String { "IPv\(isIPv6 ? 6 : 4), \(tracking.rawValue), seed \(seed)" }
    }

    static let families = [false, true].flatMap { isIPv6 in
        Tracking.allCases.flatMap { tracking in
            [UInt64(1), 2].map { Family(isIPv6: isIPv6, tracking: tracking, seed: $0) }
        }
    }

    @Test(arguments: families)
    func packetsFareAsPredicted(_ family: Family) throws {
        let lab = try GuardLab(isIPv6: family.isIPv6)
        var connection = try KernelConnection()
        var tally: [String: Int] = [:]
        var round: UInt64 = 0
        var tried = 0
        var refused = 0
        while tried < Self.budget.count {
            round += 1
            let seed = family.seed &* 1_000_003 &+ round
            var rules = RandomRules(seed: seed, isIPv6: family.isIPv6)
            let text = rules.text()
            guard let desired = try desired(text) else {
                refused += 1
                continue
            }
            tried += 1
            let routing = RandomRouting(seed: seed, isIPv6: family.isIPv6)
            try judge(text, desired, routing, lab, &connection, family, &tally)
        }
        // What is refused is not tried: the generator must know the language.
        #expect(refused * 10 <= tried, "\(refused) of \(refused + tried) files were refused")
        // The rules must be such that both happens, and that most is known.
        let (passed, cut) = (tally["passes", default: 0], tally["cut", default: 0])
        #expect(passed > tried / 5 && cut > tried / 5, "\(tally)")
        #expect(tally["unknown", default: 0] < tried / 2, "\(tally)")
        let words = tally.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        Self.budget.say("predictions, \(family.testDescription): \(tried) rule files: \(words)")
    }

    /// Tracking that ended in the middle of a handshake knows a window that the connection has left since.
    @Test func whatTrackingSawHalfOfIsNotTakenForKnown() throws {
        let lab = try GuardLab()
        var connection = try KernelConnection()
        try connection.apply(try #require(try desired("notrack out\ncount in ct state new\n")))
        var session = try #require(try lab.connect())
        try connection.apply(DesiredState())
        try #require(session.isAlive(within: 5))
        let entry = try connection.trackedConnection(local: session.fact.local, peer: session.fact.peer)
        session.fact.tracking = .tracked(try #require(entry))
        let rules = try #require(try desired("policy in drop\naccept in ct state new,established\n"))
        let walk = HostWalk(
            try connection.networkState(with: rules),
            facts: HostFacts(connections: [session.fact], managementPorts: [GuardLab.port])
        )
        guard
            case .isUnknown = Conversation.established(session.fact, comingInBy: walk.interface("eth0"), on: walk)
                .verdict
        else {
            Issue.record("what becomes of it was taken for known")
            return
        }
        try connection.apply(rules)
        #expect(!session.isAlive(within: 1))
    }

    private func judge(
        _ text: String,
        _ desired: DesiredState,
        _ routing: RandomRouting,
        _ lab: GuardLab,
        _ connection: inout KernelConnection,
        _ family: Family,
        _ tally: inout [String: Int]
    ) throws {
        var tracking = family.tracking == .whole ? try connection.startTracking() : nil
        var session = try #require(try lab.connect())
        try #require(session.isAlive(within: 5))
        if family.tracking == .fromItsMiddle {
            tracking = try connection.startTracking()
            try #require(session.isAlive(within: 5))
        }
        // Of the rules before, the kernel ends the tracking a moment later than it answers: it may have seen the connection begin.
        let entry = try connection.trackedConnection(local: session.fact.local, peer: session.fact.peer)
        try #require(entry != nil || family.tracking == .none)
        session.fact.tracking = entry.map { .tracked($0) } ?? .untracked
        try compare(session, text, desired, routing, lab, &connection, family, &tally)
        _ = consume tracking
    }

    private func compare(
        _ session: GuardLab.Session,
        _ text: String,
        _ desired: DesiredState,
        _ routing: RandomRouting,
        _ lab: GuardLab,
        _ connection: inout KernelConnection,
        _ family: Family,
        _ tally: inout [String: Int]
    ) throws {
        try routing.make()
        defer { #expect(throws: Never.self) { try routing.remove() } }
        let text = text + "with:\n" + routing.text
        var before = try connection.networkState()
        try compare(&before, about: session.fact, &connection, text)
        let after = try connection.networkState(with: desired)
        let facts = HostFacts(connections: [session.fact], managementPorts: [GuardLab.port])
        let walk = HostWalk(after, facts: facts)
        let input = walk.interface("eth0")
        var predictions = (
            Conversation.established(session.fact, comingInBy: input, on: walk).verdict,
            Conversation.opening(session.fact, comingInBy: input, on: walk).verdict
        )
        // Without neighbour discovery it is chance how long neighbours are known.
        var question = RouteQuestion(answersTo: session.fact)
        let discovery = walk.neighbourDiscovery(question)
        question.mark = .unknown
        if family.isIPv6, discovery != .passes || walk.neighbourDiscovery(question) != .passes {
            if predictions.0 == .passes { predictions.0 = discovery }
            if predictions.1 == .passes { predictions.1 = discovery }
        }
        try connection.apply(desired)
        check(predictions.0, "the connection that there is", text, &tally) { session.isAlive(within: $0) }
        try check(predictions.1, "a new connection", text, &tally) { seconds in
            try lab.connect(within: seconds).map { $0.isAlive(within: seconds) } ?? false
        }
        try connection.apply(DesiredState())
        for (name, value) in before.settings where after.settings[name] != value {
            try connection.writeSysctl(name, value: value)
        }
    }

    /// What the kernel says about the ways of a connection is what is expected.
    private func compare(
        _ state: inout NetworkState,
        about fact: ConnectionFact,
        _ connection: inout KernelConnection,
        _ text: String
    ) throws {
        for question in state.kernelQuestions(about: fact) {
            let links = state.links
            let lookup = try #require(question.lookup { name in links.first { $0.name == name }?.index })
            let answer = try connection.lookUp(lookup) { number in links.first { $0.index == number }?.name }
            switch answer {
            case .route(let route) where route.type == 2: state.learn(question, .delivery)
            case .route(let route):
                state.learn(question, .ways(route.hops.map { WayOut(interface: $0.interface, gateway: $0.gateway) }))
            default: state.learn(question, .nowhere)
            }
            #expect(state.kernelRoutes.contradictionCount == 0, "\(question): \(answer):\n\(text)")
        }
    }

    private func check(
        _ prediction: ConversationVerdict,
        _ what: String,
        _ text: String,
        _ tally: inout [String: Int],
        _ happens: (Double) throws -> Bool
    ) rethrows {
        switch prediction {
        case .passes:
            tally["passes", default: 0] += 1
            #expect(try happens(3), "\(what) was predicted to pass:\n\(text)")
        case .isCut(.neighbourDiscovery, _):
            tally["unknown", default: 0] += 1
        case .isCut(let part, let cut):
            tally["cut", default: 0] += 1
            #expect(try !happens(0.05), "\(what) was predicted to be cut, \(part), by \(cut):\n\(text)")
        case .isUnknown:
            tally["unknown", default: 0] += 1
        }
    }
}
