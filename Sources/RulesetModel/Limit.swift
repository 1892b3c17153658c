public import NetworkTypes

/// A token bucket (`limit rate`).
public struct Limit: Sendable, Hashable {
    /// What is counted.
    public enum Unit: String, Sendable, Hashable, CaseIterable {
        case packets
        case bytes
    }

    /// The time that the rate is given for; raw values are seconds.
    public enum Period: UInt64, NamedValue, TextWritable, CaseIterable {
        case second = 1
        case minute = 60
        case hour = 3600
        case day = 86400
        case week = 604800

        /// nft's names.
        public static let nameTable = NameTable<Self>([
            ("second", .second), ("minute", .minute), ("hour", .hour), ("day", .day), ("week", .week),
        ])
    }

    /// Packets or bytes per period; at least 1.
    public var rate: UInt64
    /// What is counted.
    public var unit: Unit
    /// The time that the rate is given for.
    public var period: Period
    /// How much may come at once beyond the rate: nft's default is 5 packets or 0 bytes.
    public var burst: UInt32
    /// Whether the rule holds for what exceeds the rate rather than for what keeps to it.
    public var isOver: Bool

    /// Creates the condition; `burst` nothing means nft's default.
    public init(rate: UInt64, unit: Unit = .packets, period: Period, burst: UInt32? = nil, isOver: Bool = false) {
        self.rate = rate
        self.unit = unit
        self.period = period
        self.burst = burst ?? Self.defaultBurst(unit)
        self.isOver = isOver
    }

    /// The burst where none is said.
    public static func defaultBurst(_ unit: Unit) -> UInt32 {
        unit == .packets ? 5 : 0
    }

    /// Whether the kernel can count it: it calculates nanoseconds times bytes in 64 bits (`nft_limit_init`), and takes a burst
    /// of no packets for the default.
    public var isWithinKernelBounds: Bool {
        let nanoseconds = period.rawValue * 1_000_000_000
        switch unit {
        case .packets:
            return rate > 0 && burst > 0
                && !(nanoseconds / rate).multipliedReportingOverflow(by: UInt64(burst)).overflow
        case .bytes:
            let (sum, overflow) = rate.addingReportingOverflow(UInt64(burst))
            return rate > 0 && !overflow && !nanoseconds.multipliedReportingOverflow(by: sum).overflow
        }
    }
}
