/// What Weir said in a situation, and what became of the session.
struct SituationOutcome {
    enum Verdict: String, CaseIterable {
        case madeRightly = "made, and all lived"
        case refusedRightly = "refused, and something would have been cut"
        case refusedAsUnknown = "refused as not known, though all would have lived"
        case falseRefusal = "refused, though all would have lived"
        case silentCut = "cut in silence"
        case warnedCut = "cut after a warning"
        case broken = "could not be tried"

        var isRight: Bool { self == .madeRightly || self == .refusedRightly }
    }

    let name: String
    let rules: String
    /// The exit status, and what was written to standard error.
    let status: Int32
    let message: String
    /// With which options the change was made in the end.
    let overrides: [String]
    let doesSessionLive: Bool
    let isNextLetIn: Bool

    var verdict: Verdict {
        let isCut = !doesSessionLive || !isNextLetIn
        let isUnknown = message.contains("whether") || message.contains("not known") || message.contains("cannot know")
        switch (status, isCut) {
        case (0, false): return .madeRightly
        case (0, true): return isUnknown ? .warnedCut : .silentCut
        case (25, true): return .refusedRightly
        case (25, false): return isUnknown ? .refusedAsUnknown : .falseRefusal
        default: return .broken
        }
    }

    /// One line that says all of it.
    var line: String {
        let fate = "session \(doesSessionLive ? "lives" : "dead"), new login \(isNextLetIn ? "works" : "fails")"
        let words = message.split(separator: "\n").joined(separator: " / ")
        let file = rules.split(separator: "\n").joined(separator: "; ")
        return
            "\(verdict.rawValue): \(name) | \(file) | exit \(status) \(overrides.joined(separator: " ")) | \(fate) | \(words)"
    }
}
