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
            #expect(!pace.isFought(over: [.chain("input")], at: now))
            pace.noteHeal(of: [.chain("input")], at: now)
            pauses.append((pace.next.nanoseconds - now.nanoseconds) / Self.second)
            now = pace.next
        }
        #expect(pauses == [1, 1, 2, 4, 8])
        #expect(pace.isFought(over: [.chain("input"), .table], at: now))
        #expect(!pace.isFought(over: [.table], at: now))
        #expect(!pace.isFought(over: [.chain("input")], at: moment(61)))
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
            #expect(!pace.isFought(over: [.table], at: now))
            pace.noteHeal(of: [.table], at: now)
        }
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
