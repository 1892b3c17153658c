import NetworkTypes
import RulesetModel

extension Limit {
    /// The condition in the words of `limit`, or of `hashlimit`, which alone knows bytes and what exceeds a rate; its rates have
    /// names.
    func iptables(name: () -> String) throws(Inexpressible) -> [String] {
        switch unit {
        case .packets:
            let (rate, period) = try packetRate
            let hasBurst = burst != Limit.defaultBurst(.packets)
            if isOver {
                guard UInt64(burst) * period.rawValue <= rate * Self.mostSeconds else {
                    throw Inexpressible("its bursts beyond a rate are at most what the rate lets pass in a day")
                }
                guard burst <= Self.largestHashBurst else {
                    throw Inexpressible("its bursts beyond a rate are at most \(Self.largestHashBurst) packets")
                }
                return ["-m", "hashlimit", "--hashlimit-above", "\(rate)/\(period)"]
                    + (hasBurst ? ["--hashlimit-burst", "\(burst)"] : []) + ["--hashlimit-name", name()]
            }
            guard burst <= Self.largestBurst else {
                throw Inexpressible("its bursts are at most \(Self.largestBurst) packets")
            }
            return ["-m", "limit", "--limit", "\(rate)/\(period)"] + (hasBurst ? ["--limit-burst", "\(burst)"] : [])
        case .bytes:
            guard period == .second else { throw Inexpressible("its rates of bytes are per second") }
            guard rate <= UInt64(UInt32.max) else {
                throw Inexpressible("its rates of bytes are below 4 gbytes/second")
            }
            return ["-m", "hashlimit", isOver ? "--hashlimit-above" : "--hashlimit-upto", "\(Self.bytes(rate))/s"]
                + (burst > 0 ? ["--hashlimit-burst", Self.bytes(byteBurst)] : []) + ["--hashlimit-name", name()]
        }
    }

    /// The largest burst of `limit`.
    private static let largestBurst: UInt32 = 10_000
    /// The largest burst of packets of `hashlimit` (`XT_HASHLIMIT_BURST_MAX`).
    private static let largestHashBurst: UInt32 = 1_000_000
    /// For how long `hashlimit` can save up, in seconds: its credits hold no more, whatever the kernel's clock rate (`MAX_CPJ` in
    /// xt_hashlimit.c).
    private static let mostSeconds: UInt64 = 86400
    /// How finely `limit` and `hashlimit` divide a second (`XT_LIMIT_SCALE`).
    private static let scale: UInt64 = 10_000

    private var packetRate: (UInt64, Period) {
        get throws(Inexpressible) {
            var (rate, period) = (rate, period)
            if period == .week {
                guard rate % 7 == 0 else { throw Inexpressible("its longest period is a day") }
                (rate, period) = (rate / 7, .day)
            }
            guard rate <= Self.scale * period.rawValue else {
                throw Inexpressible("its rates are at most \(Self.scale) packets per second")
            }
            return (rate, period)
        }
    }

    /// What may come at once: `hashlimit` means all of it, nft what comes on top of the rate.
    private var byteBurst: UInt64 {
        // It counts in steps that get coarser with the rate, and takes no burst below one step more than that.
        let blocks = max(rate >> 4, 1)
        let cost = max(UInt64(UInt32.max) / blocks, 1)
        return max(rate + UInt64(burst), UInt64(UInt32.max) / cost << 4)
    }

    /// A number of bytes in the largest unit that divides it: `5mb`, `512b`.
    private static func bytes(_ number: UInt64) -> String {
        if number % (1 << 20) == 0 { return "\(number >> 20)mb" }
        if number % (1 << 10) == 0 { return "\(number >> 10)kb" }
        return "\(number)b"
    }
}
