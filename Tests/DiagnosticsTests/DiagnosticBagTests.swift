import Diagnostics
import Testing

struct DiagnosticBagTests {
    private func error(_ offset: UInt32, _ message: String = "m") -> Diagnostic {
        Diagnostic(.unexpectedToken, message, at: SourceRange(file: SourceID(rawValue: 0), start: offset, end: offset))
    }

    private func warning(_ offset: UInt32) -> Diagnostic {
        Diagnostic(
            .logPrefixAsComment,
            "w",
            at: SourceRange(file: SourceID(rawValue: 0), start: offset, end: offset)
        )
    }

    @Test func theSameIsKeptOnce() {
        var bag = DiagnosticBag()
        bag.report(error(1))
        bag.report(error(1))
        bag.report(error(1, "other"))
        #expect(bag.diagnostics.count == 2)
        #expect(bag.errorCount == 2)
    }

    @Test func whatIsTooMuchIsCounted() {
        var bag = DiagnosticBag(limit: 3)
        for offset in 0..<10 {
            bag.report(error(UInt32(offset)))
            bag.report(warning(UInt32(offset)))
        }
        #expect(bag.diagnostics.count == 6)
        #expect(bag.errorCount == 10)
        #expect(bag.warningCount == 10)
        #expect(bag.suppressedCount == 14)
        #expect(bag.isFull)
    }

    @Test func warningsAreNoErrors() {
        var bag = DiagnosticBag()
        bag.report(warning(0))
        #expect(!bag.hasErrors)
        bag.report(error(0))
        #expect(bag.hasErrors)
    }

    @Test func readingOrderIsByPlace() {
        var bag = DiagnosticBag()
        let placeless = Diagnostic(.fileTooLarge, "no place", at: nil)
        bag.report(error(7))
        bag.report(error(3, "first"))
        bag.report(error(3, "second"))
        bag.report(placeless)
        #expect(bag.sorted.map(\.message) == ["no place", "first", "second", "m"])
    }

    @Test func bagsAreJoined() {
        var bag = DiagnosticBag(limit: 2)
        var other = DiagnosticBag(limit: 2)
        bag.report(error(1))
        for offset in 1..<5 {
            other.report(error(UInt32(offset)))
        }
        bag.report(contentsOf: other)
        #expect(bag.diagnostics.count == 2)
        #expect(bag.errorCount == 4)
    }

    @Test func codesSayHowBadTheyAre() {
        for code in DiagnosticCode.allCases {
            #expect(code.severity == (code.rawValue.hasPrefix("W") ? .warning : .error))
            #expect(code.rawValue.utf8.count == 4)
            #expect(code.explanation.hasSuffix("."))
        }
    }
}

struct SuggestionTests {
    @Test(arguments: [
        ("dprot", "dport"), ("acept", "accept"), ("dorp", "drop"), ("DROP", "drop"), ("masqerade", "masquerade"),
        ("estalbished", "established"), ("in_", "in"),
    ])
    func whatIsCloseIsFound(_ word: String, _ expected: String) {
        let words = ["accept", "drop", "dport", "sport", "masquerade", "established", "in"]
        #expect(Suggestion.closest(to: word, among: words) == expected)
    }

    @Test(arguments: ["x", "", "frobnicate", "drop", "dpppport", String(repeating: "a", count: 100_000)])
    func whatIsFarOrTheSameIsNot(_ word: String) {
        #expect(Suggestion.closest(to: word, among: ["accept", "drop", "dport", "a"]) == nil)
    }
}
