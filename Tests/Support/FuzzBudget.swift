import Glibc

/// How long random tests go on: a fixed number of rounds with the same random numbers each time, or, in a long run, the seconds in
/// `WEIR_FUZZ_SECONDS` with other random numbers each time.
///
/// A long run says on standard output where its random numbers start, and at its end how much was tried. `WEIR_FUZZ_SEED` repeats it.
public struct FuzzBudget {
    /// Where random numbers start.
    public let seed: UInt64
    private let name: String
    private let rounds: Int
    private let seconds: Int?

    /// Creates a budget of so many rounds, unless the environment says otherwise; the name is for what a long run says.
    public init(_ name: String, rounds: Int) {
        self.name = name
        self.rounds = rounds
        seconds = environmentVariable("WEIR_FUZZ_SECONDS").flatMap { Int($0) }
        let repeated = environmentVariable("WEIR_FUZZ_SEED").flatMap { UInt64($0) }
        seed = repeated ?? (seconds == nil ? 17 : UInt64.random(in: 0...UInt64.max))
    }

    /// Calls the closure with the number of each round.
    public func forEachRound(_ body: (Int) throws -> Void) rethrows {
        guard let seconds else {
            for round in 0..<rounds { try body(round) }
            return
        }
        // At once and not when the buffer is full: a crash must not take the seed with it.
        say("fuzzing \(name) for \(seconds) seconds with the seed \(seed)")
        let start = ContinuousClock.now
        var round = 0
        while start.duration(to: .now) < .seconds(seconds) {
            try body(round)
            round += 1
        }
        say("fuzzed \(name): \(round) inputs in \(start.duration(to: .now).components.seconds) seconds")
    }

    private func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}
