import Glibc

/// Pauses between attempts at something that fails: short at first, then longer, without end.
struct RetryPace {
    /// How often it failed.
    private(set) var attempts = 0

    /// Waits a little.
    mutating func rest() {
        attempts += 1
        let pause: UInt32 =
            switch attempts {
            case ..<5: 200_000
            case ..<60: 2_000_000
            default: 30_000_000
            }
        usleep(pause)
    }
}
