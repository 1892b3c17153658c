import NetworkTypes
import RulesetModel

/// What the rules of a direction may let pass.
struct OpenWays {
    /// A rule that accepts, or leads to a chain that may.
    struct Opener {
        /// The number of the rule, for `and accept` that of the rule which says it.
        let number: Int
        let rule: Rule
    }

    let direction: RulesetModel.Direction
    /// Whether what no rule decides on is dropped.
    let isClosed: Bool
    /// The rules that may accept.
    let openers: [Opener]
    /// Whether one of them accepts whatever belongs to a known connection.
    let keepsEstablished: Bool
}

extension Compilation {
    /// Looks through the rules of a direction.
    func openWays(_ direction: RulesetModel.Direction) -> OpenWays {
        var openers: [OpenWays.Opener] = []
        var keepsEstablished = false
        for (number, rule) in ruleset.rules.enumerated() {
            if rule.direction == direction, rule.action == .accept || rule.action.targetChain != nil {
                openers.append(.init(number: number, rule: rule))
                keepsEstablished = keepsEstablished || rule.keepsAllEstablished
            }
            guard rule.isAccepted else { continue }
            // What cannot be derived was reported.
            for derived in (try? rule.derivedAccepts()) ?? [] where derived.direction == direction {
                openers.append(.init(number: number, rule: derived))
            }
        }
        return OpenWays(
            direction: direction,
            isClosed: dropsByDefault(direction),
            openers: openers,
            keepsEstablished: keepsEstablished
        )
    }

    /// Whether some of the packets may be accepted; in doubt they are.
    func mayPass(_ packets: MatchRegion, _ ways: OpenWays, _ budget: inout Int) -> Bool {
        guard ways.isClosed else { return true }
        var visited: Set<Int> = []
        return ways.openers.contains { mayAccept(packets, $0.rule, &visited, &budget) }
    }

    private func mayAccept(
        _ packets: MatchRegion,
        _ rule: Rule,
        _ visited: inout Set<Int>,
        _ budget: inout Int
    ) -> Bool {
        budget -= 1
        guard budget > 0 else { return true }
        guard !packets.isDisjoint(with: region(rule)) else { return false }
        guard let name = rule.action.targetChain else { return rule.action == .accept }
        guard let chain = chains.index(of: name), visited.insert(chain).inserted else { return false }
        return chainBodies[chain].rules.contains { inner in
            (inner.action == .accept || inner.action.targetChain != nil)
                && mayAccept(packets, inner, &visited, &budget)
        }
    }
}

extension Rule {
    /// Whether the rule accepts every packet of a known connection.
    fileprivate var keepsAllEstablished: Bool {
        guard action == .accept, matches.count == 1, case .connectionState(let states, let isNegated) = matches[0]
        else {
            return false
        }
        return states.contains(.established) != isNegated
    }
}
