import Testing

@testable import Transactions

/// How often something is put back: soon, but never as often as somebody else can change it.
struct HealingPaceTests {
    private static let second: UInt64 = 1_000_000_000
    private static let start = BootInstant(nanoseconds: 1_000 * second)

    private func moment(_ seconds: UInt64) -> BootInstant {
        Self.start.advanced(byNanoseconds: seconds * Self.second)
    }

    @Test func theFirstTimeIsAtOnceAndTheSecondASecondLater() {
        var pace = HealingPace()
        #expect(pace.next <= Self.start)
        pace.noteHeal(of: [.table], at: Self.start)
        #expect(pace.next == moment(1))
    }

    @Test func whatIsPutBackAgainAndAgainWaitsTwiceAsLongEachTime() {
        var pace = HealingPace()
        var now = Self.start
        var pauses: [UInt64] = []
        for _ in 0..<5 {
            pace.noteChange(of: [.chain("input")], at: now)
            #expect(!pace.isFought(over: [.chain("input")]))
            pace.noteHeal(of: [.chain("input")], at: now)
            pauses.append((pace.next.nanoseconds - now.nanoseconds) / Self.second)
            now = pace.next
        }
        #expect(pauses == [1, 1, 2, 4, 8])
        var later = pace
        pace.noteChange(of: [.chain("input"), .table], at: now)
        #expect(pace.isFought(over: [.chain("input"), .table]))
        #expect(!pace.isFought(over: [.table]))
        // What has stayed for a while is no fight.
        later.noteChange(of: [.chain("input")], at: now.advanced(byNanoseconds: 20 * Self.second))
        #expect(!later.isFought(over: [.chain("input")]))
    }

    @Test func differentThingsDoNotMakeAFight() {
        var pace = HealingPace()
        for second in 0..<20 {
            pace.noteHeal(of: [.setting("net.x.\(second)")], at: moment(UInt64(second)))
            #expect(pace.next == moment(UInt64(second) + 1))
        }
    }

    @Test func whatGoesSlowlyIsNoFight() {
        var pace = HealingPace()
        for round in 0..<20 {
            let now = moment(UInt64(round) * 20)
            pace.noteChange(of: [.table], at: now)
            #expect(!pace.isFought(over: [.table]))
            pace.noteHeal(of: [.table], at: now)
        }
    }

    /// A machine that is busy, or on which others change so much that it takes many attempts, does not make peace of a fight.
    @Test func whatTakesLongToPutBackIsAFightAllTheSame() {
        var pace = HealingPace()
        var now = Self.start
        for _ in 0..<5 {
            pace.noteChange(of: [.table], at: now)
            #expect(!pace.isFought(over: [.table]))
            now = now.advanced(byNanoseconds: 100 * Self.second)
            pace.noteHeal(of: [.table], at: now)
            now = now.advanced(byNanoseconds: Self.second)
        }
        pace.noteChange(of: [.table], at: now)
        #expect(pace.isFought(over: [.table]))
    }

    /// Whoever is in the way is gone in a moment: it is not waited longer than the attempt has cost.
    @Test func othersAtTheSameTimeAreNotWaitedForLongerAndLonger() {
        var pace = HealingPace()
        for round in 0..<9 {
            let now = moment(UInt64(round) * 10)
            pace.noteContention(costing: 3 * Self.second, at: now)
            #expect(pace.next == now.advanced(byNanoseconds: 3 * Self.second))
        }
        pace.noteFailure(at: moment(100))
        #expect(pace.next == moment(101))
    }

    @Test func failuresAreTriedLessAndLessOften() {
        var pace = HealingPace()
        var now = Self.start
        var pauses: [UInt64] = []
        for _ in 0..<9 {
            pace.noteFailure(at: now)
            pauses.append((pace.next.nanoseconds - now.nanoseconds) / Self.second)
            now = pace.next
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60])
    }
}
