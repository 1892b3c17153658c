import KernelObjects
import Reconciliation
import Testing

/// What happens to one set with a rule that uses it.
private func change(
    _ observed: SetObject,
    to desired: SetObject,
    on commit: SetCommit = .interleaved
) throws -> (change: SetChange?, table: FakeTable) {
    let rules = [RuleObject(1), RuleObject(2, set: "a"), RuleObject(3)]
    var table = try FakeTable(FirewallState(chains: [.input(rules)], sets: [observed]))
    let changes = difference(
        desired: DesiredState(firewall: FirewallState(chains: [.input(rules)], sets: [desired])),
        observed: ObservedState(firewall: table.state, setCommit: commit)
    ).changes.firewall
    try table.apply(changes)
    return (changes?.sets.first, table)
}

private func exchange(_ observed: SetObject, to desired: SetObject) throws -> SetExchange {
    guard case .exchange(let exchange)? = try change(observed, to: desired).change else { throw NotExchanged() }
    return exchange
}

private struct NotExchanged: Error {}

struct SetExchangeTests {
    /// Intervals before and after, and whether some of those that go touch some of those that come.
    private static let cases: [(before: [ClosedRange<UInt32>], after: [ClosedRange<UInt32>], meet: Bool)] = [
        ([0...9], [0...4, 6...9], true), ([0...4, 6...9], [0...9], true), ([0...9], [0...12], true),
        ([0...12], [0...9], true), ([3...9], [0...9], true), ([0...9, 20...29], [0...9, 20...24, 26...29], true),
        ([0...9], [0...9, 20...29], false), ([0...9, 20...29], [0...9], false), ([0...9], [20...29], false),
        ([0...9, 20...29], [0...9, 11...11, 40...49], false), ([0...9, 11...19], [0...9, 20...29], false),
        // Neighbours that touch have no key in common.
        ([0...9], [0...9, 10...19], false), ([0...9, 10...19], [0...9], false),
    ]

    /// Where a commit interleaves, only what comes and goes apart from all else changes in place.
    @Test(arguments: cases)
    func membersThatMeetAreExchanged(before: [ClosedRange<UInt32>], after: [ClosedRange<UInt32>], meet: Bool) throws {
        for commit in [SetCommit.interleaved, .atomic] {
            let (change, table) = try change(SetObject("a", before), to: SetObject("a", after), on: commit)
            let isExchanged = if case .exchange? = change { true } else { false }
            #expect(isExchanged == (meet && commit == .interleaved), "\(before) \(after) \(commit)")
            #expect(table.state?.sets.first?.elements == SetObject("a", after).elements)
            // All rules go on counting, at their places.
            #expect(table.state?.chains[0].rules.map(\.packets) == [100, 200, 300])
            #expect(table.state?.chains[0].rules.map(\.bytes) == [1000, 2000, 3000])
        }
    }

    /// What is shown is what would be shown if the set changed in place.
    @Test func anExchangeCountsWhatChanges() throws {
        let exchange = try exchange(SetObject("a", [0...9, 20...29]), to: SetObject("a", [0...4, 6...9, 20...29]))
        #expect(exchange.reason == .interleaving)
        #expect(exchange.added == 2 && exchange.deleted == 1)
        #expect(exchange.fresh == SetObject("a", [0...4, 6...9, 20...29]).elements)
    }

    @Test func undoingAChangeExchangesToo() throws {
        let rules = [RuleObject(2, set: "a")]
        let before = FirewallState(chains: [.input(rules)], sets: [SetObject("a", [0...9])])
        let after = FirewallState(chains: [.input(rules)], sets: [SetObject("a", [0...4, 6...9])])
        let made = difference(
            desired: DesiredState(firewall: after),
            observed: ObservedState(firewall: before)
        ).changes
        for commit in [SetCommit.interleaved, .atomic] {
            let undo = restoration(
                of: ObservedState(firewall: before),
                undoing: made,
                observed: ObservedState(firewall: after, setCommit: commit)
            )
            guard let change = undo.changes.firewall?.sets.first else { throw NotExchanged() }
            let isExchanged = if case .exchange = change { true } else { false }
            #expect(isExchanged == (commit == .interleaved))
        }
    }

    // MARK: Another kind

    /// A set of single members becomes one of intervals; neighbours are joined then.
    @Test(
        arguments: [
            ([1...1, 2...2, 3...3, 9...9], [1...3, 9...9, 64...127], 1, 0),
            ([1...1, 70...70], [1...1, 64...127], 1, 0),
            ([1...1, 2...2, 9...9], [1...2, 64...127], 1, 1), ([1...1, 2...2, 4...4], [1...4], 1, 0),
            ([1...1, 2...2], [1...2], 0, 0),
        ] as [([ClosedRange<UInt32>], [ClosedRange<UInt32>], Int, Int)]
    )
    func whatCountsIsWhatPacketsSee(
        singles: [ClosedRange<UInt32>],
        intervals: [ClosedRange<UInt32>],
        added: Int,
        deleted: Int
    ) throws {
        let hashed = SetObject("a", singles, flags: [])
        let tree = SetObject("a", intervals)
        let there = try exchange(hashed, to: tree)
        #expect(there.reason == .kind)
        #expect(there.added == added && there.deleted == deleted)
    }

    /// Marks stand in the machine's order in a set of single ones, and in network order in one of ranges.
    @Test func marksOfBothKindsCompare() throws {
        var singles = SetObject("a", [], flags: [])
        var ranges = SetObject("a", [1...1, 0x100...0x1ff])
        (singles.keyType, ranges.keyType) = (SetDatatype.mark.rawValue, SetDatatype.mark.rawValue)
        let key = UInt32(1).byteSwapped
        singles.elements = [SetElement(key...key)]
        let there = try exchange(singles, to: ranges)
        #expect(there.added == 1 && there.deleted == 0)
    }

    // MARK: Lifetimes

    /// What others gave to the set lives on, but for what the file's members cover; the file's own members do too.
    @Test func membersWithALifetimeAreTakenOver() throws {
        let flags: SetFlags = [.interval, .timeout]
        var observed = SetObject("a", [], flags: flags)
        observed.elements = [
            SetElement(0...9), SetElement(20...29, timeout: 5000), SetElement(40...59, timeout: 7000),
            SetElement(70...70, timeout: 9000),
        ]
        var desired = SetObject("a", [0...4, 6...9, 45...49], flags: flags)
        desired.elements.append(SetElement(70...70, timeout: 9000))
        let exchange = try exchange(observed, to: desired)
        #expect(exchange.fresh == SetObject("a", [0...4, 6...9, 45...49]).elements)
        #expect(
            exchange.transient == [
                TransientElement(SetElement(20...29, timeout: 5000), of: SetElement(20...20).start),
                TransientElement(SetElement(40...44, timeout: 7000), of: SetElement(40...40).start),
                TransientElement(SetElement(50...59, timeout: 7000), of: SetElement(40...40).start),
                TransientElement(SetElement(70...70, timeout: 9000), of: SetElement(70...70).start),
            ]
        )
        #expect(exchange.added == 3 && exchange.deleted == 1)
    }

    /// A set with another default lifetime leaves members that live on the one that they have.
    @Test func theOldDefaultLifetimeIsKept() throws {
        var observed = SetObject("a", [3...3], flags: .timeout)
        observed.timeout = 60_000
        var desired = SetObject("a", [], flags: .timeout)
        desired.timeout = 90_000
        let exchange = try exchange(observed, to: desired)
        #expect(exchange.transient.map(\.element) == [SetElement(3...3, timeout: 60_000)])
        desired.flags = []
        desired.timeout = 0
        guard case .exchange(let plain)? = try change(observed, to: desired).change else { throw NotExchanged() }
        #expect(plain.transient.isEmpty)
    }
}
