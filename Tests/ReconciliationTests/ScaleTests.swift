import Glibc
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

    /// How many times as long four times as much takes, in processor time of this thread: other processes and sanitizers do not count.
    /// What grows in proportion takes four times as long, what grows with the square sixteen times.
    private func growth(from size: Int, _ work: (Int) -> Void) -> Double {
        func time(_ size: Int) -> Double {
            var (start, end) = (timespec(), timespec())
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
            work(size)
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
            return Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) / 1e9
        }
        return time(4 * size) / time(size)
    }

    /// Orders that make naive algorithms quadratic.
    @Test func largeChainsInTheWorstOrderAreComparedQuickly() {
        let growth = growth(from: 5000) { size in
            let rules = (0..<size).map { RuleObject($0) }
            #expect(difference(Array(rules.reversed()), rules).summary.changed == size - 1)
            var dice = Dice(state: 1)
            #expect(!difference(rules.shuffled(using: &dice), rules).isEmpty)
            #expect(difference((size..<2 * size).map { RuleObject($0) }, rules).summary.changed == size)
            let few = (0..<size).map { _ in RuleObject(Int.random(in: 0..<3, using: &dice)) }
            #expect(!difference(few, few.shuffled(using: &dice)).isEmpty)
        }
        #expect(growth < 10)
    }

    @Test func largeSetsAreComparedQuickly() {
        let growth = growth(from: 40_000) { size in
            let observed = SetObject("a", (0..<UInt32(size)).map { $0 * 4...$0 * 4 + 1 })
            let desired = SetObject("a", (0..<UInt32(size)).map { $0 * 4...$0 * 4 + ($0 % 1000 == 0 ? 2 : 1) })
            let changes = Reconciliation.difference(
                desired: DesiredState(firewall: FirewallState(sets: [desired])),
                observed: ObservedState(firewall: FirewallState(sets: [observed]), setCommit: .atomic)
            ).changes
            guard case .change(_, _, let added, let deleted)? = changes.firewall?.sets.first else {
                Issue.record("no change of members")
                return
            }
            #expect(added.count == size / 1000)
            #expect(deleted.count == size / 1000)
        }
        #expect(growth < 10)
    }
}
