import NetworkTypes
import RulesetModel

extension Compilation {
    /// Warns of a rule that refuses segments with SYN and means first ones, but holds for the answers to them too (SYN and ACK).
    func warnOfRefusedAnswers(_ rule: Rule, _ located: LocatedRule) {
        guard rule.action.refuses, let direction = rule.direction, !notes.keepsEstablished.contains(direction) else {
            return
        }
        for case .tcpFlags(let flags) in rule.matches {
            guard flags.holds(.syn), flags.holds([.syn, .ack]), !flags.holds(.ack) else { continue }
            let answers = MatchRegion([.connectionState(.established, isNegated: false)])
            guard !region(rule).isDisjoint(with: answers) else { continue }
            report(.synAnswersRefused(direction, at: range(of: Match.tcpFlags(flags).rank, located)))
        }
    }
}
