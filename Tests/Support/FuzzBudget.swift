import Glibc

/// How long random tests go on: a fixed number of rounds, or the seconds in `WEIR_FUZZ_SECONDS`.
public struct FuzzBudget {
    private let rounds: Int
    private let end: ContinuousClock.Instant?

    /// Creates a budget of so many rounds, unless the environment says otherwise.
    public init(rounds: Int) {
        self.rounds = rounds
        end = getenv("WEIR_FUZZ_SECONDS").flatMap { Int(String(cString: $0)) }.map { .now + .seconds($0) }
    }

    /// Where random numbers start: the same each time in a short run, another one each time in a long run.
    public var seed: UInt64 {
        end == nil ? 17 : UInt64.random(in: 0...UInt64.max)
    }

    /// Calls the closure with the number of each round.
    public func forEachRound(_ body: (Int) throws -> Void) rethrows {
        var round = 0
        while end.map({ $0 > .now }) ?? (round < rounds) {
            try body(round)
            round += 1
        }
    }
}
