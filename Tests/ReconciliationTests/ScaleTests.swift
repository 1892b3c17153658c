import KernelObjects
import Reconciliation
import Testing

struct ScaleTests {
    private func difference(_ desired: [RuleObject], _ observed: [RuleObject]) -> ChangeSet {
        Reconciliation.difference(
            desired: DesiredState(firewall: FirewallState(chains: [.input(desired)])),
            observed: ObservedState(firewall: FirewallState(chains: [.input(observed)]))
        ).changes
    }

    /// Orders that make naive algorithms quadratic; each has to be done long before the time limit.
    @Test(.timeLimit(.minutes(1)))
    func largeChainsInTheWorstOrderAreComparedQuickly() {
        let rules = (0..<30_000).map { RuleObject($0) }
        #expect(difference(Array(rules.reversed()), rules).summary.changed == 29_999)
        var dice = Dice(state: 1)
        #expect(!difference(rules.shuffled(using: &dice), rules).isEmpty)
        #expect(difference((30_000..<60_000).map { RuleObject($0) }, rules).summary.changed == 30_000)
        let few = (0..<30_000).map { _ in RuleObject(Int.random(in: 0..<3, using: &dice)) }
        #expect(!difference(few, few.shuffled(using: &dice)).isEmpty)
    }

    @Test(.timeLimit(.minutes(1)))
    func largeSetsAreComparedQuickly() {
        let observed = SetObject("a", (0..<200_000).map { $0 * 4...$0 * 4 + 1 })
        let desired = SetObject("a", (0..<200_000).map { $0 * 4...$0 * 4 + ($0 % 1000 == 0 ? 2 : 1) })
        let changes = Reconciliation.difference(
            desired: DesiredState(firewall: FirewallState(sets: [desired])),
            observed: ObservedState(firewall: FirewallState(sets: [observed]))
        ).changes
        guard case .change(_, _, let added, let deleted)? = changes.firewall?.sets.first else {
            Issue.record("no change of members")
            return
        }
        #expect(added.count == 200)
        #expect(deleted.count == 200)
    }
}
