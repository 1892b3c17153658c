import Glibc
import Testing

@testable import Transactions

/// When it is looked: soon, and never so often that looking is all that is done.
struct WatchTimingTests {
    private static let second: UInt64 = 1_000_000_000

    @Test func thePauseIsNineTimesWhatALookHasCost() {
        var timing = WatchTiming()
        timing.noteLook(costing: Self.second / 10, isSettled: true)
        timing.noteNews(isAboutLinks: false)
        #expect(timing.next.remainingNanoseconds <= Self.second * 9 / 10)
        // Until then settings are looked at.
        timing.noteLook(costing: 100 * Self.second, isSettled: true)
        timing.noteNews(isAboutLinks: false)
        #expect(!timing.isLookDue)
        #expect(timing.next.remainingNanoseconds <= 2 * Self.second)
    }

    /// Who waits, is stopped, or sleeps with the machine uses nothing meanwhile.
    @Test func timeThatPassesCostsNothing() {
        let start = ProcessorTime.used
        usleep(300_000)
        #expect(start.nanosecondsSince < Self.second / 10)
        var sum: UInt64 = 0
        while start.nanosecondsSince < Self.second / 10 { sum &+= 1 }
        #expect(sum > 0)
    }
}
