import Glibc

/// How much a test tries that could go on for ever: a share in every run of the tests, all of it with `WEIR_SOAK` set (`make soak`), which
/// then also says what was measured. The random numbers are the same each time, unless `WEIR_SOAK_SEED` says otherwise.
public struct SoakBudget: Sendable {
    /// How much to try.
    public let count: Int
    /// Where random numbers start.
    public let seed: UInt64

    /// Whether this is a long run.
    public static let isLong = environmentVariable("WEIR_SOAK") != nil

    /// Creates a budget.
    public init(share: Int, all: Int) {
        count = Self.isLong ? all : share
        seed = environmentVariable("WEIR_SOAK_SEED").flatMap { UInt64($0) } ?? 29
    }

    /// Says in a long run what was measured.
    public func say(_ line: String) {
        guard Self.isLong else { return }
        print("soak: \(line)")
        fflush(nil)
    }
}
