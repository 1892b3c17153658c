import Testing

@testable import Commands

/// The clock is compared with what it said before.
@Suite struct ClockTests {
    @Test(
        arguments: [
            (1_000_000, 1_000_000, false), (1_000_000, 999_999, false), (1_000_000, 1_000_060, false),
            (1_000_000, 1_000_121, true), (0, 1_700_000_000, true), (0, .max, true), (.min, .max, true),
            (.max, .min, false),
        ] as [(Int64, Int64, Bool)]
    )
    func aGenerationFromTheFutureMeansThatItWentBack(now: Int64, made: Int64, isBehind: Bool) {
        var diagnosis = Diagnosis()
        diagnosis.lookAtClock(now: now, generation: 3, madeAt: made)
        #expect(diagnosis.findings.map(\.name) == (isBehind ? ["clock"] : []))
    }
}
