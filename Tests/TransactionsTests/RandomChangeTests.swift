import KernelObjects
import KernelState
import Lowering
import Reconciliation
import RulesetModel
import SystemPackage
import TestSupport
import Testing

@testable import Transactions

/// Rulesets that turn into each other on the real kernel. The session itself reads back after each change and fails if the kernel does not
/// have what is desired; the listing tells whether the way back leads to the same place.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .sysctl))
struct RandomChangeTests {
    private func desired(_ ruleset: Ruleset) throws -> DesiredState {
        var state = try lower(ruleset).state
        // Routes and settings need interfaces that are not there.
        state.routes = []
        state.sysctls = []
        return state
    }

    /// A ruleset that has much in common with another one.
    private func variation(of ruleset: Ruleset, _ generator: inout SeededGenerator) -> Ruleset {
        var result = ruleset
        for _ in 0..<3 where !result.rules.isEmpty {
            let place = result.rules.indices.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: result.rules.remove(at: place)
            case 1: result.rules.append(result.rules[place])
            case 2: result.rules.swapAt(place, result.rules.count - 1)
            default: result.rules.insert(result.rules[result.rules.count - 1], at: place)
            }
        }
        result.options.counters = Int.random(in: 0..<6, using: &generator) == 0
        return result
    }

    /// What can be seen of the state. The kernel lists chains and sets in the order in which they were made, which means nothing.
    private func listing() throws -> String {
        var blocks: [[Substring]] = [[]]
        for line in try KernelLab.listing().split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty || line == "}" || line.hasPrefix("table ") {
                blocks.append([])
            } else {
                blocks[blocks.count - 1].append(line)
            }
        }
        return blocks.map { $0.joined(separator: "\n") }.sorted().joined(separator: "\n\n")
    }

    @Test(arguments: 0..<10)
    func anyRulesetBecomesAnyOtherAndBack(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let first = Ruleset.random(seed: seed * 2 + 1)
        let before = try listing()
        try KernelLab.withSession { (session) throws in
            _ = try session.apply(desired(first))
            let afterFirst = try listing()
            for step in 0..<4 as Range<UInt64> {
                let next =
                    step % 2 == 0
                    ? variation(of: first, &generator) : Ruleset.random(seed: seed * 100 + step)
                let state = try desired(next)
                let preview = try session.preview(state)
                #expect(preview.complaints.isEmpty)
                _ = try session.apply(state)
                #expect(try session.apply(state).isUnchanged)
            }
            guard try session.store.current()?.number != 1 else { return }
            _ = try session.rollback(to: 1)
            try expectSameText(listing(), afterFirst)
            _ = try session.revert()
            try expectSameText(listing(), before)
        }
    }
}
