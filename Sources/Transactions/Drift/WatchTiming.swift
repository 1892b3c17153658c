/// When to read and compare: soon after an announcement, but not between announcements, and never so often that Weir does nothing else.
struct WatchTiming {
    private static let millisecond: UInt64 = 1_000_000

    /// How long it has to be silent.
    private static let silence = 75 * millisecond
    /// How long to wait for silence at most.
    private static let patience = 500 * millisecond
    /// How long to wait while Weir itself changes something.
    private static let pause = 50 * millisecond
    /// After an interface has changed its routes may go a little later, without a word.
    private static let aftermath = 1000 * millisecond
    /// How often to look at settings.
    private static let polling = 2000 * millisecond
    /// How often to look at everything, whatever is announced.
    private static let round = 60_000 * millisecond
    /// How many times as long as a look has used the processor the pause after it is.
    private static let idleness: UInt64 = 9
    /// From when on a change by Weir takes long.
    private static let longChange = 5000 * millisecond

    private var firstNews: BootInstant?
    private var lastNews: BootInstant?
    private var later: BootInstant? = BootInstant.now
    private var earliest = BootInstant.now
    private var poll = BootInstant.now.advanced(byNanoseconds: polling)
    private var unsettledSince: BootInstant?

    /// Notes that something may have changed.
    mutating func noteNews(isAboutLinks: Bool) {
        let now = BootInstant.now
        firstNews = firstNews ?? now
        lastNews = now
        if isAboutLinks { later = now.advanced(byNanoseconds: Self.aftermath) }
    }

    /// When to look next.
    private var look: BootInstant {
        var moment = later ?? BootInstant(nanoseconds: .max)
        if let firstNews, let lastNews {
            moment = min(
                moment,
                lastNews.advanced(byNanoseconds: Self.silence),
                firstNews.advanced(byNanoseconds: Self.patience)
            )
        }
        return max(moment, earliest)
    }

    /// When there is something to do next.
    var next: BootInstant { min(look, poll) }

    /// Whether it is time to look.
    var isLookDue: Bool { look.hasPassed }

    /// Notes that everything was read.
    /// - Parameter cost: How long the processor was used for it, in nanoseconds.
    mutating func noteLook(costing cost: UInt64, isSettled: Bool) {
        let now = BootInstant.now
        firstNews = nil
        lastNews = nil
        guard isSettled else {
            unsettledSince = unsettledSince ?? now
            later = now.advanced(byNanoseconds: isUnsettledLong ? Self.aftermath : Self.pause)
            earliest = now
            return
        }
        unsettledSince = nil
        if let later, later <= now { self.later = nil }
        later = later ?? now.advanced(byNanoseconds: Self.round)
        earliest = now.advanced(byNanoseconds: cost &* Self.idleness)
    }

    /// Notes that a change by Weir has come further.
    mutating func noteProgress() {
        unsettledSince = BootInstant.now
    }

    /// Notes that it could not be read.
    mutating func noteFailedLook() {
        later = BootInstant.now.advanced(byNanoseconds: Self.aftermath)
        firstNews = nil
        lastNews = nil
    }

    /// Whether Weir itself has been changing something for long.
    var isUnsettledLong: Bool {
        unsettledSince?.advanced(byNanoseconds: Self.longChange).hasPassed ?? false
    }

    /// Whether it is time to look at settings; from now on it is not for a while.
    mutating func takePolling() -> Bool {
        guard poll.hasPassed else { return false }
        poll = BootInstant.now.advanced(byNanoseconds: Self.polling)
        return true
    }
}
