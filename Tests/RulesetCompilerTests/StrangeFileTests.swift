import Diagnostics
import RulesetCompiler
import RulesetModel
import SystemPackage
import TestSupport
import Testing

/// Files that are too large, too many or too deep to lie in a directory: what is said, and that nothing breaks.
@Suite struct StrangeFileTests {
    /// The codes of what is said, each once however often it follows itself.
    private func codes(_ text: String, _ files: [String: String] = [:]) -> [DiagnosticCode] {
        let result = RuleFileCompiler.compile(text: text, loader: MemoryFileLoader(files))
        #expect((result.ruleset == nil) == result.diagnostics.hasErrors)
        let codes = result.diagnostics.diagnostics.map(\.code)
        return codes.indices.filter { $0 == 0 || codes[$0] != codes[$0 - 1] }.map { codes[$0] }
    }

    @Test func aFileOfMoreThan64MiBIsRefused() {
        let text = String(repeating: "# comment\n", count: (SourceFile.maximumSize / 10) + 1)
        #expect(codes(text) == [.fileTooLarge])
        #expect(codes("include \"large\"\n", ["large": text]) == [.fileTooLarge])
        #expect(codes("set s: address from \"large\"\ndrop in saddr @s\n", ["large": text]) == [.fileTooLarge])
    }

    @Test func aLineOf10MegabytesIsReported() {
        #expect(codes("drop in " + String(repeating: "a", count: 10 << 20)) == [.unknownMatch])
        #expect(codes("drop in saddr { " + String(repeating: "10.0.0.1, ", count: 100_000) + "}") == [])
    }

    @Test func aHundredThousandNestedBracesAreReportedOnce() {
        let count = 100_000
        let nested = String(repeating: "tcp {", count: count) + String(repeating: "}", count: count)
        #expect(codes("in {" + nested + "}") == [.nestingTooDeep])
        #expect(codes(String(repeating: "{", count: count)).count == 1)
    }

    @Test func aHundredThousandVariablesInARowAreReportedOnce() {
        var text = "let v0 = 10.0.0.1\n"
        for index in 1...100_000 { text += "let v\(index) = $v\(index - 1)\n" }
        let result = RuleFileCompiler.compile(text: text + "drop in saddr $v100000\n")
        #expect(result.diagnostics.diagnostics.map(\.code) == [.circularDefinition])
    }

    @Test func variablesThatDoubleEachOtherStaySmall() {
        var text = "let v0 = 10.0.0.1\nlet m0 = mark 1\n"
        for index in 1...60 {
            text += "let v\(index) = { $v\(index - 1), $v\(index - 1) }\n"
            text += "let m\(index) = $m\(index - 1) $m\(index - 1)\n"
        }
        #expect(codes(text + "drop in saddr $v60\ndrop in $m4 tcp dport 1\n") == [.unusedName])
        #expect(codes(text + "drop in saddr $v60\ndrop in $m60\n") == [.tooManyMatches])
    }

    @Test func tenThousandChainsInARowAreReportedOnce() {
        var text = ""
        for index in 0..<10_000 { text += "chain c\(index) { jump c\(index + 1) }\n" }
        text += "chain c10000 { drop }\njump c0 in\n"
        #expect(codes(text) == [.jumpTooDeep])
    }

    @Test func chainsThatDoubleTheirJumpsTakeNoTime() {
        var text = "policy in drop\nredirect in tcp dport 21 to :27664\n"
        for index in 0..<14 {
            text += "chain c\(index) {" + String(repeating: "jump c\(index + 1);", count: 20) + "}\n"
        }
        text += "chain c14 { accept udp dport 1 }\njump c0 in\n"
        #expect(codes(text) == [.targetNotAccepted, .answersDropped, .loopbackDropped, .neighboursDropped])
    }

    @Test func filesThatIncludeEachOtherTooDeepAreRefused() {
        var files: [String: String] = [:]
        for index in 0..<40 { files["f\(index)"] = "include \"f\(index + 1)\"\n" }
        #expect(codes("include \"f0\"\n", files) == [.includeTooDeep])
    }

    @Test func aThousandFilesAreEnough() {
        var files: [String: String] = [:]
        for index in 0..<1100 { files["d/f\(index)"] = "accept in tcp dport \(index)\n" }
        #expect(codes("include \"d/*\"\n", files).first == .tooManyFiles)
    }

    @Test func aFileThatIsAllWrongIsGivenUp() {
        let text = String(repeating: "accept in tcp dport 99999\naccept in tcp dport htttp\n", count: 50_000)
        let result = RuleFileCompiler.compile(text: text)
        #expect(result.ruleset == nil)
        #expect(result.diagnostics.diagnostics.count == 100)
    }

    @Test(arguments: ["", "\n", "\u{FEFF}", "\u{FEFF}\r\n", "#", ";;;", " \t "])
    func aFileThatSaysNothingIsAnEmptyRuleset(text: String) {
        #expect(RuleFileCompiler.compile(text: text).ruleset == .init())
    }
}
