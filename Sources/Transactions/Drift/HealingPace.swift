/// When something may be put back, so that a fight costs little, and when to give up.
struct HealingPace {
    /// The shortest pause behind an attempt, in nanoseconds. It doubles with each one that fails, and with each one in a row that puts back
    /// what was put back a short time ago.
    private static let shortestPause: UInt64 = 1_000_000_000
    /// The longest one; and for how long it is remembered what was put back.
    private static let longestPause: UInt64 = 60_000_000_000
    /// How often the same may be put back within that time.
    private static let mostHeals = 5

    private var pause = Self.shortestPause
    private var heals: [DriftPlace: [BootInstant]] = [:]

    /// The first moment at which it may be tried.
    private(set) var next = BootInstant(nanoseconds: 0)

    /// Notes that something was put back that somebody else had changed.
    mutating func noteHeal(of places: Set<DriftPlace>, at now: BootInstant = .now) {
        forgetWhatIsLongAgo(now)
        wait(from: now, isRepeated: places.contains { heals[$0] != nil })
        for place in places { heals[place, default: []].append(now) }
    }

    /// Notes an attempt in vain.
    mutating func noteFailure(at now: BootInstant = .now) {
        wait(from: now, isRepeated: true)
    }

    /// Whether something has been put back so often that it makes no sense to go on.
    func isFought(over places: Set<DriftPlace>, at now: BootInstant = .now) -> Bool {
        places.contains { Self.recent(heals[$0] ?? [], now).count >= Self.mostHeals }
    }

    private mutating func wait(from now: BootInstant, isRepeated: Bool) {
        next = now.advanced(byNanoseconds: isRepeated ? pause : Self.shortestPause)
        pause = isRepeated ? min(pause * 2, Self.longestPause) : Self.shortestPause
    }

    private mutating func forgetWhatIsLongAgo(_ now: BootInstant) {
        for (place, moments) in heals {
            let recent = Self.recent(moments, now)
            heals[place] = recent.isEmpty ? nil : recent
        }
    }

    private static func recent(_ moments: [BootInstant], _ now: BootInstant) -> [BootInstant] {
        moments.filter { $0.advanced(byNanoseconds: longestPause) > now }
    }
}
