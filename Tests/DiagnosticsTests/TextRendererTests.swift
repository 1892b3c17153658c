import Diagnostics
import Testing

struct TextRendererTests {
    private func render(_ text: String, _ offsets: Range<Int>, isColored: Bool = false) -> String {
        render(Array(text.utf8), offsets, isColored: isColored)
    }

    private func render(_ bytes: [UInt8], _ offsets: Range<Int>, isColored: Bool = false) -> String {
        let map = SourceMap(SourceFile(name: "a.weir", bytes: bytes))
        let diagnostic = Diagnostic(.unknownMatch, "what is this", at: range(offsets))
        return TextRenderer(map: map, isColored: isColored).render(diagnostic)
    }

    private func range(_ offsets: Range<Int>) -> SourceRange {
        SourceRange(
            file: SourceID(rawValue: 0),
            start: UInt32(offsets.lowerBound),
            end: UInt32(offsets.upperBound)
        )
    }

    @Test func theSpanIsUnderlined() {
        let expected = """
            a.weir:2:11: error[E031]: what is this
              2 | accept in dprot 22
                |           ^^^^^

            """
        #expect(render("# rules\naccept in dprot 22\n", 18..<23) == expected)
    }

    @Test func notesAndFixesFollow() {
        let map = SourceMap(SourceFile(name: "a.weir", text: "in {\n\n\n\n\n\n\n\n\nout\n"))
        var bag = DiagnosticBag()
        bag.report(
            Diagnostic(
                .misplacedDirection,
                "not that direction",
                at: range(13..<16),
                notes: [.init("outer", at: range(0..<2)), .init("and so on")],
                fixIts: [.init("did you mean `in`?", replacing: range(13..<16), with: "in")]
            )
        )
        let expected = """
            a.weir:10:1: error[E038]: not that direction
              10 | out
                 | ^^^
                 = note: and so on
                 = help: did you mean `in`?
            a.weir:1:1: note: outer
               1 | in {
                 | ^^

            """
        #expect(TextRenderer(map: map).render(bag) == expected)
    }

    @Test func tabsAndWideCharactersKeepTheCaretInPlace() {
        #expect(render("\tab", 1..<3).hasSuffix("  1 |     ab\n    |     ^^\n"))
        #expect(render("漢字ab", 6..<8).hasSuffix("  1 | 漢字ab\n    |     ^^\n"))
        #expect(render("e\u{301}x", 3..<4).hasSuffix("  1 | e\u{301}x\n    |  ^\n"))
        #expect(render("漢", 0..<3).hasSuffix("    | ^^\n"))
    }

    @Test func bytesThatATerminalWouldObeyAreShown() {
        #expect(render("\u{1B}[31mx", 5..<6).contains("  1 | ␛[31mx\n    |      ^\n"))
        #expect(render([0xFF, 0x78], 1..<2).contains("  1 | \\xFFx\n    |     ^\n"))
        #expect(render("\u{202E}x", 3..<4).contains("  1 | \\u{202E}x\n"))
        let message = Diagnostic(.unknownMatch, "a\u{1B}b\n", at: nil)
        #expect(TextRenderer(map: SourceMap()).render(message) == "error[E031]: a␛b␊\n")
    }

    @Test func longLinesAreCutAroundTheSpan() {
        let line = String(repeating: "x", count: 5000) + "HERE" + String(repeating: "y", count: 5000)
        let lines = render(line, 5000..<5004).split(separator: "\n")
        #expect(lines[1].hasPrefix("  1 | …xxxx"))
        #expect(lines[1].hasSuffix("yyy…"))
        #expect(lines[1].count < 140)
        #expect(lines[2].columns(before: "^") == lines[1].columns(before: "HERE"))
        #expect(lines[2].hasSuffix(" ^^^^"))
    }

    @Test func aSpanOverSeveralLinesIsUnderlinedOnItsFirst() {
        #expect(render("ab\ncd", 1..<5).hasSuffix("  1 | ab\n    |  ^\n"))
    }

    @Test func theEndOfAFileIsAPlace() {
        #expect(render("ab", 2..<2).hasSuffix("  1 | ab\n    |   ^\n"))
        #expect(render("ab\n", 3..<3).hasPrefix("a.weir:2:1:"))
        #expect(render("", 0..<0).hasPrefix("a.weir:1:1:"))
        #expect(render("ab", 70..<90).hasSuffix("  1 | ab\n    |   ^\n"))
    }

    @Test func colorsAreEscapeSequences() {
        let text = render("ab", 0..<1, isColored: true)
        #expect(text.contains("\u{1B}[1;31merror[E031]:\u{1B}[0m"))
        #expect(text.contains("| \u{1B}[1;31m^\u{1B}[0m"))
    }

    @Test func thatThereMayBeMoreIsSaid() {
        var bag = DiagnosticBag(limit: 1)
        bag.report(Diagnostic(.unknownMatch, "m", at: nil))
        bag.report(Diagnostic(.logPrefixAsComment, "w", at: nil))
        let renderer = TextRenderer(map: SourceMap())
        #expect(renderer.render(bag) == "error[E031]: m\nwarning[W001]: w\nonly the first 1 errors are shown\n")
        bag.report(Diagnostic(.logPrefixAsComment, "v", at: nil))
        #expect(renderer.render(bag).hasSuffix("errors are shown\nonly the first 1 warnings are shown\n"))
    }
}

extension Substring {
    /// How many characters stand before a text.
    fileprivate func columns(before text: String) -> Int? {
        indices.first { self[$0...].hasPrefix(text) }.map { distance(from: startIndex, to: $0) }
    }
}
