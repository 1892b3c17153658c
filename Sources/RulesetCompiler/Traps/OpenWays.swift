import NetworkTypes
import RulesetModel

/// What the rules of a direction may let pass.
struct OpenWays {
    /// A rule that accepts, or leads to a chain that may.
    struct Opener {
        /// The number of the rule, for `and accept` that of the rule which says it.
        let rule: Int
        /// The packets that it holds for.
        let region: MatchRegion
        /// The chain that it leads to.
        let chain: Int?
    }

    /// Whether what no rule decides on is dropped.
    let isClosed: Bool
    /// The rules that may accept.
    let openers: [Opener]
}

extension Compilation {
    /// Looks through the rules of a direction.
    func openWays(_ direction: RulesetModel.Direction) -> OpenWays {
        var openers: [OpenWays.Opener] = []
        for (number, rule) in ruleset.rules.enumerated() {
            if rule.direction == direction, rule.action == .accept || rule.action.targetChain != nil {
                let chain = rule.action.targetChain.flatMap { chains.index(of: $0) }
                openers.append(.init(rule: number, region: region(rule), chain: chain))
            }
            // What cannot be derived was reported.
            for derived in (try? rule.derivedAccepts()) ?? [] where derived.direction == direction {
                openers.append(.init(rule: number, region: region(derived), chain: nil))
            }
        }
        return OpenWays(isClosed: dropsByDefault(direction), openers: openers)
    }

    /// Whether some of the packets may be accepted; in doubt they are.
    func mayPass(_ packets: MatchRegion, _ ways: OpenWays, _ budget: inout Int) -> Bool {
        guard ways.isClosed else { return true }
        var visited: Set<Int> = []
        return ways.openers.contains { mayAccept(packets, $0.region, $0.chain, &visited, &budget) }
    }

    private func mayAccept(
        _ packets: MatchRegion,
        _ region: MatchRegion,
        _ chain: Int?,
        _ visited: inout Set<Int>,
        _ budget: inout Int
    ) -> Bool {
        budget -= 1
        guard budget > 0 else { return true }
        guard !packets.isDisjoint(with: region) else { return false }
        guard let chain else { return true }
        guard visited.insert(chain).inserted else { return false }
        for rule in chainBodies[chain].rules where rule.action == .accept || rule.action.targetChain != nil {
            let target = rule.action.targetChain.flatMap { chains.index(of: $0) }
            if mayAccept(packets, self.region(rule), target, &visited, &budget) { return true }
        }
        return false
    }
}
