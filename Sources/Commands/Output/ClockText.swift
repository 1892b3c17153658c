import Glibc

/// Moments of the system's clock as text.
enum ClockText {
    /// Seconds since 1970 as a date and time of the time zone that is set (RFC 3339, without the offset).
    static func local(_ seconds: Int64) -> String {
        var instant = time_t(seconds)
        var parts = tm()
        guard localtime_r(&instant, &parts) != nil else { return "\(seconds)" }
        return text(of: parts, "%Y-%m-%d %H:%M:%S")
    }

    /// The present moment, as people read it.
    static var now: String { local(Int64(time(nil))) }

    /// The present moment in UTC, to the millisecond (RFC 3339).
    static var timestamp: String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        guard gmtime_r(&now.tv_sec, &parts) != nil else { return "\(now.tv_sec)" }
        let milliseconds = String(1000 + now.tv_nsec / 1_000_000).dropFirst()
        return text(of: parts, "%Y-%m-%dT%H:%M:%S") + ".\(milliseconds)Z"
    }

    private static func text(of parts: tm, _ format: String) -> String {
        var parts = parts
        return [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            count = buffer.withMemoryRebound(to: CChar.self) {
                strftime($0.baseAddress, 32, format, &parts)
            }
        }.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}
