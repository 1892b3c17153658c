import Diagnostics
import TestSupport
import Testing

/// The reference in `docs/language.md` says of every code what the sources say.
struct ReferenceTests {
    @Test func theTableOfCodesIsThatOfTheSources() throws {
        let bytes = try #require(readFile(packageDirectory + "/docs/language.md"))
        let rows = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix("| E") || $0.hasPrefix("| W") }
        let codes = DiagnosticCode.allCases.map { "| \($0.rawValue) | \($0.explanation) |" }.sorted()
        expectSameText(rows.joined(separator: "\n"), codes.joined(separator: "\n"))
    }
}
