/// When something may be put back, so that a fight costs little, and when to give up.
struct HealingPace {
    /// The shortest pause after an attempt, in nanoseconds. It doubles with each one that fails, and with each one in a row that puts back
    /// what was put back a short time ago.
    private static let shortestPause: UInt64 = 1_000_000_000
    /// The longest one.
    private static let longestPause: UInt64 = 60_000_000_000
    /// What has stayed as it was put back for so long was put back for good.
    private static let peace: UInt64 = 20_000_000_000
    /// How often the same may be put back without such a peace.
    private static let mostHeals = 5

    /// What was put back and has not had its peace yet.
    private struct Heal {
        var count = 0
        var last = BootInstant(nanoseconds: 0)
        /// Whether another program has changed it again.
        var isDisturbed = false

        func isForGood(at now: BootInstant) -> Bool {
            !isDisturbed && last.advanced(byNanoseconds: peace) <= now
        }
    }

    private var pause = Self.shortestPause
    private var heals: [DriftPlace: Heal] = [:]

    /// The first moment at which it may be tried.
    private(set) var next = BootInstant(nanoseconds: 0)

    /// Notes that another program has changed something. However long it takes to put that back then, it is the same fight.
    mutating func noteChange(of places: Set<DriftPlace>, at now: BootInstant = .now) {
        heals = heals.filter { !$1.isForGood(at: now) }
        for place in places { heals[place]?.isDisturbed = true }
    }

    /// Notes that something was put back that another program had changed.
    mutating func noteHeal(of places: Set<DriftPlace>, at now: BootInstant = .now) {
        noteChange(of: places, at: now)
        wait(from: now, isRepeated: places.contains { heals[$0] != nil })
        for place in places {
            heals[place] = Heal(count: heals[place, default: Heal()].count + 1, last: now)
        }
    }

    /// Notes an attempt in vain.
    mutating func noteFailure(at now: BootInstant = .now) {
        wait(from: now, isRepeated: true)
    }

    /// Notes that another program changed something at the same time, so nothing could be put back: the pause does not grow for that.
    /// - Parameter cost: How long the processor was used for the attempt, in nanoseconds.
    mutating func noteContention(costing cost: UInt64, at now: BootInstant = .now) {
        next = now.advanced(byNanoseconds: max(Self.shortestPause, cost))
    }

    /// Whether something has been put back so often that it makes no sense to go on.
    func isFought(over places: Set<DriftPlace>) -> Bool {
        places.contains { heals[$0, default: Heal()].count >= Self.mostHeals }
    }

    private mutating func wait(from now: BootInstant, isRepeated: Bool) {
        next = now.advanced(byNanoseconds: isRepeated ? pause : Self.shortestPause)
        pause = isRepeated ? min(pause * 2, Self.longestPause) : Self.shortestPause
    }
}
