import Diagnostics
import NetworkTypes
import RulesetModel

extension Compilation {
    /// Warns of rules behind one that decides on every packet of their chain; once a chain.
    func warnOfUnreachableRules() {
        var deciding = [SourceRange?](repeating: nil, count: StandardChain.allCases.count)
        var isReported = Array(repeating: false, count: StandardChain.allCases.count)
        var targets: [Int: Int] = [:]
        for jump in jumps { targets[jump.rule] = jump.target }
        for (index, rule) in ruleset.rules.enumerated() {
            let needs = targets[index].map { chainNeeds[$0] } ?? rule.action.chainNeeds
            guard let place = rule.direction?.standardChain(for: needs)?.rawValue else { continue }
            if let first = deciding[place] {
                guard !isReported[place] else { continue }
                isReported[place] = true
                report(.unreachableRule(deciding: first, at: provenance.rules[index]))
            } else if rule.decidesOnAll {
                deciding[place] = provenance.rules[index]
            }
        }
        for chain in chainBodies {
            guard let last = chain.rules.firstIndex(where: \.decidesOnAll), last + 1 < chain.rules.count else {
                continue
            }
            report(.unreachableRule(deciding: chain.ranges[last], at: chain.ranges[last + 1]))
        }
    }
}

extension Rule {
    /// Whether no packet gets behind the rule.
    fileprivate var decidesOnAll: Bool {
        matches.isEmpty && action.isTerminal && action.families == .both
    }
}
