import Glibc

/// How much of the processor the thread has used. A clock says something else: it goes on while others have the processor, while the program
/// is stopped and while the machine sleeps.
struct ProcessorTime {
    private let nanoseconds: UInt64

    /// What was used until now.
    static var used: ProcessorTime {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return ProcessorTime(nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
    }

    /// How many nanoseconds were used since.
    var nanosecondsSince: UInt64 {
        let now = Self.used.nanoseconds
        return now > nanoseconds ? now - nanoseconds : 0
    }
}
