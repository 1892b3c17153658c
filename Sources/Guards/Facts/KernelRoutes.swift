import KernelObjects
import NetworkTypes

/// What the kernel says about ways that Weir works out too: as long as routing is not changed this counts, and if both say different
/// things Weir does not know what the kernel would do after a change.
public struct KernelRoutes: Sendable {
    /// What the kernel would do with a packet.
    public enum Answer: Sendable, Hashable {
        /// It leaves one of these ways.
        case ways([WayOut])
        /// It is for this host.
        case delivery
        /// It goes nowhere.
        case nowhere
    }

    private var answers: [RouteQuestion: Answer] = [:]
    /// Questions that the kernel and Weir answer differently.
    private var contradictions: Set<Place> = []

    /// From where to where a packet goes, whatever its mark is.
    private struct Place: Hashable {
        var source: String
        var destination: String

        init(_ question: RouteQuestion) {
            source = question.inputInterface ?? ""
            destination = "\(question.source) \(question.destination)"
        }
    }

    init() {}

    /// Takes note of an answer.
    mutating func note(_ question: RouteQuestion, _ answer: Answer, isAsExpected: Bool) {
        answers[question] = answer
        if !isAsExpected { contradictions.insert(Place(question)) }
    }

    /// How often the kernel said something else than Weir expected.
    var contradictionCount: Int { contradictions.count }

    /// Forgets answers: the ways out of this host, or what it takes in, will be different.
    mutating func forgetAnswers(waysToo: Bool, deliveriesToo: Bool) {
        answers = answers.filter { question, _ in question.inputInterface == "lo" ? !waysToo : !deliveriesToo }
    }

    /// The kernel's answer, if it was asked.
    func answer(_ question: RouteQuestion) -> Answer? {
        answers[question]
    }

    /// Whether what comes in is this host's own; nil if the kernel was not asked.
    func isDelivered(_ question: RouteQuestion) -> Bool? {
        answers[question].map { $0 == .delivery }
    }

    /// Whether the kernel answered otherwise than Weir would.
    func contradicts(_ question: RouteQuestion) -> Bool {
        contradictions.contains(Place(question))
    }
}

extension NetworkState {
    /// What to ask the kernel about a connection: the way of its answers, and whether it takes what comes in by each interface that is up.
    public func kernelQuestions(about fact: ConnectionFact) -> [RouteQuestion] {
        // What it says is true of packets without a type of service only.
        guard !asksForTypeOfService(fact.peer.address.family) else { return [] }
        return [RouteQuestion(answersTo: fact)]
            + links.filter { $0.isUp && $0.name != "lo" }.prefix(Self.mostInputs).map {
                RouteQuestion(from: fact.peer, to: fact.local, inputInterface: $0.name)
            }
    }

    /// By how many interfaces a connection may be thought to come in.
    private static let mostInputs = 32

    /// Whether a route or a policy routing rule is for packets with a type of service.
    private func asksForTypeOfService(_ family: AddressFamily) -> Bool {
        routes.contains { $0.key.tos != 0 && $0.key.destination.family == family }
            || routingRules.contains {
                guard $0.family == family else { return false }
                return $0.packets.asksForTypeOfService
                    || $0.hasUnknownAttributes && RoutingRuleSelector($0)?.hasTypeOfService ?? true
            }
    }

    /// Takes note of what the kernel answers now.
    public mutating func learn(_ question: RouteQuestion, _ answer: KernelRoutes.Answer) {
        kernelRoutes.note(question, answer, isAsExpected: expects(answer, to: question))
    }

    private func expects(_ answer: KernelRoutes.Answer, to question: RouteQuestion) -> Bool {
        if let input = question.inputInterface, input != "lo" {
            guard let link = links.first(where: { $0.name == input }) else { return false }
            let expected = Delivery(question, by: link, in: self).truth
            return expected == .maybe || (expected == .yes) == (answer == .delivery)
        }
        let choice = RouteChoice(question, in: self)
        switch answer {
        case .nowhere: return !choice.cuts.isEmpty
        case .delivery: return choice.outcomes.contains(.delivery)
        case .ways(let ways):
            return ways.allSatisfy { way in
                choice.outcomes.contains { outcome in
                    guard case .way(let expected) = outcome else { return false }
                    return expected == way || expected.interface == nil
                }
            }
        }
    }
}
