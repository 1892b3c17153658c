import Diagnostics
import Testing

/// Characters by which text looks like something else than it is.
struct HiddenCharacterTests {
    /// Embeddings, overrides, isolates and marks of direction; separators; what nobody sees; bytes that are no text.
    private static let characters: [Unicode.Scalar] =
        (0x202A...0x202E).compactMap(Unicode.Scalar.init) + (0x2066...0x2069).compactMap(Unicode.Scalar.init)
        + ["\u{200E}", "\u{200F}", "\u{61C}", "\u{2028}", "\u{2029}", "\u{200B}", "\u{FEFF}", "\u{7F}", "\u{9B}"]
        + ["\u{10FF80}", "\u{10FFFF}", "\u{E0001}"]

    @Test(arguments: characters) func areEscapedInJSON(_ character: Unicode.Scalar) {
        let json = JSONEscapes.escaped("{\"a\":\"x\(character)y\",\n \"b\":\"é日\"}")
        #expect(!json.unicodeScalars.contains(character))
        let units = String(character).utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        #expect(json == "{\"a\":\"x\(units.joined())y\",\n \"b\":\"é日\"}")
        let map = SourceMap(SourceFile(name: "a\(character).weir", text: "accept in\n"))
        var bag = DiagnosticBag()
        let range = SourceRange(file: SourceID(rawValue: 0), start: 0, end: 6)
        bag.report(Diagnostic(.unexpectedCharacter, "what is '\(character)'", at: range))
        let rendered = JSONRenderer(map: map).render(bag)
        #expect(!rendered.unicodeScalars.contains(character))
        #expect(rendered.contains("what is '\(units.joined())'"))
    }

    @Test(arguments: characters) func areEscapedOnATerminal(_ character: Unicode.Scalar) {
        for text in [TerminalText.safe("x\(character)y"), TerminalText.safeLines("x\(character)y\n")] {
            #expect(!text.unicodeScalars.contains(character))
        }
    }

    @Test func aByteOfANameIsShownAsOne() {
        #expect(TerminalText.safe("caf\u{10FFE9}") == "caf\\xE9")
    }
}
