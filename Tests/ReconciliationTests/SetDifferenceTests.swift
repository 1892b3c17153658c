import KernelObjects
import Reconciliation
import Testing

private func elementChanges(
    desired: SetObject,
    observed: SetObject
) -> (added: [ClosedRange<UInt32>], deleted: [ClosedRange<UInt32>])? {
    let changes = difference(
        desired: DesiredState(firewall: FirewallState(sets: [desired])),
        observed: ObservedState(firewall: FirewallState(sets: [observed]), setCommit: .atomic)
    ).changes
    guard case .change(_, _, let added, let deleted)? = changes.firewall?.sets.first else {
        #expect(changes.isEmpty)
        return nil
    }
    func intervals(_ elements: [SetElement]) -> [ClosedRange<UInt32>] {
        elements.map { UInt32($0.start.rawValue >> 96)...UInt32($0.end.rawValue >> 96) }
    }
    return (intervals(added), intervals(deleted))
}

struct SetDifferenceTests {
    /// Intervals desired and observed, then what is added and deleted.
    @Test(
        arguments: [
            ([1...2, 5...6], [1...2], [5...6], []), ([5...6], [1...2, 5...6], [], [1...2]),
            ([1...2, 5...6], [1...3, 5...6], [1...2], [1...3]), ([1...9], [1...3, 4...9], [1...9], [1...3, 4...9]),
            ([2...2], [1...1, 3...3], [2...2], [1...1, 3...3]), ([], [0...0], [], [0...0]), ([0...0], [], [0...0], []),
        ] as [([ClosedRange<UInt32>], [ClosedRange<UInt32>], [ClosedRange<UInt32>], [ClosedRange<UInt32>])]
    )
    func setsChangeByInterval(
        desired: [ClosedRange<UInt32>],
        observed: [ClosedRange<UInt32>],
        added: [ClosedRange<UInt32>],
        deleted: [ClosedRange<UInt32>]
    ) throws {
        let changes = try #require(
            elementChanges(desired: SetObject("a", desired), observed: SetObject("a", observed))
        )
        #expect(changes.added == added)
        #expect(changes.deleted == deleted)
    }

    @Test func membersInAnyOrderAreTheSame() {
        var observed = SetObject("a", [1...2, 5...6, 8...8])
        observed.elements.reverse()
        #expect(elementChanges(desired: SetObject("a", [1...2, 5...6, 8...8]), observed: observed) == nil)
    }

    @Test func membersAddedAtRunTimeAreNoDrift() throws {
        let desired = SetObject("seen", [1...1], flags: [.timeout, .evaluated])
        var observed = desired
        observed.elements = [SetElement(1...1), SetElement(7...7, timeout: 60_000), SetElement(9...9)]
        let changes = try #require(elementChanges(desired: desired, observed: observed))
        #expect(changes.added.isEmpty)
        #expect(changes.deleted == [9...9])
    }

    @Test func theSetsOwnLifetimeIsThatOfItsMembers() {
        var desired = SetObject("seen", [], flags: .timeout)
        desired.timeout = 1001
        var observed = desired
        observed.timeout = 1000
        observed.elements = [SetElement(9...9)]
        #expect(elementChanges(desired: desired, observed: observed) == nil)
    }

    @Test func aMemberWithAnotherLifetimeIsMadeAnew() throws {
        var desired = SetObject("seen", [], flags: .timeout)
        desired.elements = [SetElement(1...1, timeout: 60_000), SetElement(2...2, timeout: 1001)]
        var observed = desired
        observed.elements = [SetElement(1...1, timeout: 30_000), SetElement(2...2, timeout: 1000)]
        let changes = try #require(elementChanges(desired: desired, observed: observed))
        #expect(changes.added == [1...1])
        #expect(changes.deleted == [1...1])
    }
}
