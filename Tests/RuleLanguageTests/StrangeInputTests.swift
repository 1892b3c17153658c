import Diagnostics
import RuleLanguage
import Testing

/// Inputs that no person writes: each ends in time, with few and sensible diagnostics.
struct StrangeInputTests {
    private func codes(_ parsed: Parsed) -> [String] {
        parsed.bag.diagnostics.map(\.code.rawValue)
    }

    @Test(arguments: [
        "accept in # caf\u{0}e\n", "acc\u{0}ept in\n", "\u{0}", "log \"\u{0}\" in", "let x = { 1, \u{0} }",
    ])
    func aNULByteIsAnErrorAtItsPlace(_ text: String) throws {
        let parsed = Parsed(text)
        let bytes = Array(text.utf8)
        let error = try #require(parsed.bag.diagnostics.first)
        #expect(error.code == .nulByte)
        #expect(error.range?.offsets.lowerBound == bytes.firstIndex(of: 0))
    }

    @Test func invalidUTF8IsAnErrorAtItsPlaceAndWhatIsGoodIsStillRead() {
        var bytes = Array("# Stra".utf8) + [0xDF] + Array("e\naccept in\nlog \"".utf8)
        bytes += [0xFF, 0xFE] + Array("\" in\ndrop in tcp dprot 3\n".utf8)
        let parsed = Parsed(bytes: bytes)
        #expect(codes(parsed) == ["E003", "E003", "E031"])
        #expect(parsed.bag.diagnostics[0].range?.offsets == 6..<7)
        #expect(parsed.statements.count == 2)
    }

    @Test func binaryGarbageIsRefusedInAFewLines() {
        var generator = TestGenerator(seed: 1)
        let bytes = (0..<1_000_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let parsed = Parsed(bytes: bytes)
        #expect(parsed.bag.hasErrors)
        #expect(parsed.bag.diagnostics.count <= 200)
        #expect(!parsed.rendered.utf8.contains { $0 < 0x20 && $0 != UInt8(ascii: "\n") })
    }

    @Test func carriageReturnsBeforeLineFeedsAreBlank() {
        let text = "accept in\r\nset x: port {\r\n 22,\r\n}\r\ndrop \\\r\n in # x\r\nlog \"a\" in\r\n"
        let parsed = Parsed(text)
        #expect(codes(parsed) == [])
        #expect(parsed.statements.count == 4)
    }

    @Test func aLoneCarriageReturnIsAnError() {
        expectDiagnostics("accept in⟪E007|\r⟫drop in\n")
        expectDiagnostics("# comment⟪E007|\r⟫drop in\n")
        expectDiagnostics("log \"a⟪E004|\r⟫b\" in\n")
    }

    @Test func aByteOrderMarkIsPassedOver() {
        #expect(codes(Parsed("\u{FEFF}accept in")) == [])
        expectDiagnostics("\u{FEFF}⟪E020|acept⟫ in")
        expectDiagnostics("accept ⟪E004|\u{FEFF}⟫in")
    }

    @Test func charactersWithoutAMeaningAreNamed() {
        let parsed = expectDiagnostics(
            "accept in tcp dport ⟪E004|“⟫22”\ndrop⟪E004|\u{A0}⟫in\n⟪E004|é⟫t\naccept in ⟪E004|$⟫"
        )
        #expect(parsed.rendered.contains("the character U+201C has no meaning here"))
        #expect(parsed.rendered.contains("the character 'é' has no meaning here"))
        #expect(parsed.rendered.contains("write an ordinary blank"))
    }

    @Test(arguments: [
        "drop in ⟪E005|\"⟫abc\ndrop in\n",
        "drop in ⟪E005|\"⟫abc\r\ndrop in\n",
        "drop in ⟪E005|\"⟫",
        "drop in ⟪E005|\"⟫abc\\\"",
        "drop in ⟪E005|\"⟫a\\\n",
        "drop in \"a⟪E006|\\x⟫b\"",
        "drop in \"tab\tis fine\"",
        "drop in \"⟪E004|\u{1B}⟫[31m\"",
    ])
    func stringsEndOnTheirLine(_ marked: String) {
        expectDiagnostics(marked)
    }

    @Test func aHundredThousandNestedBracesAreOneError() {
        let depth = 100_000
        func nested(_ head: String) -> String {
            String(repeating: head, count: depth)
        }
        #expect(codes(Parsed(nested("tcp {") + nested("}"))) == ["E028"])
        #expect(codes(Parsed(nested("tcp {\n") + nested("}\n"))) == ["E028"])
        #expect(codes(Parsed(nested("tcp {"))) == ["E028"])
        #expect(codes(Parsed(nested("{"))) == ["E020"])
        #expect(codes(Parsed(nested("{") + nested("}"))) == ["E020"])
        #expect(codes(Parsed("let x = " + nested("{"))) == ["E022", "E026"])
        #expect(Parsed(nested("in {\n")).bag.isFull)
    }

    @Test func sixtyFourNestedBlocksAreFine() {
        func nested(_ depth: Int) -> Parsed {
            let open = String(repeating: "tcp {", count: depth - 1)
            return Parsed("in {" + open + "accept" + String(repeating: "}", count: depth))
        }
        #expect(codes(nested(64)) == [])
        #expect(codes(nested(65)) == ["E028"])
    }

    @Test func tenMegabytesOfOneLineAreRead() {
        // A debug build takes a second for 10 MB of a word, so what has more structure is shorter.
        let (size, structured) = (10_000_000, 500_000)
        let inputs = [
            String(repeating: "x", count: size),
            "# " + String(repeating: "x", count: structured),
            "drop in \"" + String(repeating: "x", count: structured),
            String(repeating: "accept in;", count: structured / 10),
            String(repeating: "acept in;", count: structured / 9),
            "let x = {" + String(repeating: "1,", count: structured / 2) + "}",
            "let x = " + String(repeating: "1,", count: structured / 2) + "1",
            String(repeating: "}", count: structured),
            String(repeating: "a:", count: structured / 2),
            String(repeating: "1-", count: structured / 2),
        ]
        for input in inputs {
            let parsed = Parsed(input)
            #expect(parsed.bag.diagnostics.count <= 200)
            #expect(parsed.rendered.utf8.count < 200_000)
        }
    }

    @Test func aFileOverTheLimitIsOneError() {
        let parsed = Parsed(bytes: Array(repeating: UInt8(ascii: "x"), count: SourceFile.maximumSize + 1))
        #expect(codes(parsed) == ["E001"])
        #expect(parsed.statements.isEmpty)
    }

    @Test func anEmptyFileIsARuleFile() {
        for text in ["", "\n", "# nothing", "\u{FEFF}", ";;;\n;"] {
            #expect(codes(Parsed(text)) == [])
        }
    }

    @Test func aFileThatIsNotThereHasNoStatements() {
        var bag = DiagnosticBag()
        let syntax = RuleFileParser.parse(SourceID(rawValue: 7), of: SourceMap(), diagnostics: &bag)
        #expect(syntax[syntax.topLevel].isEmpty)
    }
}
