import Glibc

/// A moment on CLOCK_BOOTTIME: time since the machine was started, with the time that it slept. Nobody can set that clock, so that a
/// deadline stays where it is when the time of day jumps.
public struct BootInstant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the machine was started.
    public var nanoseconds: UInt64

    /// Names a moment.
    public init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// The present moment.
    public static var now: BootInstant {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return BootInstant(nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
    }

    /// The moment that comes so much later; the last there is where there is none.
    public func advanced(byNanoseconds count: UInt64) -> BootInstant {
        let (sum, isTooLate) = nanoseconds.addingReportingOverflow(count)
        return BootInstant(nanoseconds: isTooLate ? .max : sum)
    }

    /// How many nanoseconds there are until then; 0 where it has passed.
    public var remainingNanoseconds: UInt64 {
        let now = Self.now.nanoseconds
        return nanoseconds > now ? nanoseconds - now : 0
    }

    /// Whether the moment has come.
    public var hasPassed: Bool { remainingNanoseconds == 0 }

    public static func < (left: Self, right: Self) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
