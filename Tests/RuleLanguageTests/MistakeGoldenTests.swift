import Diagnostics
import TestSupport
import Testing

@testable import RuleLanguage

/// The wrong files in `Tests/Mistakes`, each named for the code it is about, and what is said about them.
///
/// Only the codes of characters and grammar are looked at here; what the words mean is the compiler's.
struct MistakeGoldenTests {
    private static let directory = packageDirectory + "/Tests/Mistakes"

    /// The names of the files that are about this target's codes.
    static let names = directoryContents(directory).filter { name in
        name.hasSuffix(".weir") && codes.contains { name.hasPrefix($0.rawValue) }
    }

    private static let codes = DiagnosticCode.allCases.filter { code in
        code.rawValue < "E050" || code == .logPrefixAsComment
    }

    /// What no file of a sensible size can show; tests below make the text.
    private static let codesOfHugeFiles: Set<DiagnosticCode> = [.fileTooLarge, .tooManyStatements]

    @Test(arguments: names)
    func aMistakeIsExplained(_ name: String) throws {
        let bytes = try #require(readFile(Self.directory + "/" + name))
        let map = SourceMap(SourceFile(name: name, bytes: bytes))
        var bag = DiagnosticBag()
        _ = RuleFileParser.parse(SourceID(rawValue: 0), of: map, diagnostics: &bag)
        #expect(bag.diagnostics.contains { name.hasPrefix($0.code.rawValue) })
        expectGolden(TextRenderer(map: map).render(bag), "Tests/Mistakes/\(name.dropLast(5)).txt")
    }

    @Test func aFileThatIsTooLargeIsExplained() {
        let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: SourceFile.maximumSize + 1)
        let map = SourceMap(SourceFile(name: "huge.weir", bytes: bytes))
        var bag = DiagnosticBag()
        let syntax = RuleFileParser.parse(SourceID(rawValue: 0), of: map, diagnostics: &bag)
        #expect(bag.diagnostics.map(\.code) == [.fileTooLarge])
        #expect(syntax[syntax.topLevel].isEmpty)
        expectGolden(TextRenderer(map: map).render(bag), "Tests/Mistakes/E001-too-large.txt")
    }

    @Test(arguments: [
        ("statements", String(repeating: "accept in\n", count: 9), 35, 36),
        ("statements-in-a-block", "in {\n" + String(repeating: "    accept\n", count: 9) + "}\n", 35, 36),
        ("values", "drop in tcp dport { 1, 2, 3, 4, 5, 6, 7, 8, 9 }\ndrop in\n", 8, 18),
    ])
    func aFileThatHoldsTooMuchIsExplainedOnce(name: String, text: String, tooFew: Int, enough: Int) {
        let map = SourceMap(SourceFile(name: "\(name).weir", text: text))
        var bag = DiagnosticBag()
        _ = RuleFileParser.parse(SourceID(rawValue: 0), of: map, maximumNodes: tooFew, diagnostics: &bag)
        #expect(bag.diagnostics.map(\.code) == [.tooManyStatements])
        expectGolden(TextRenderer(map: map).render(bag), "Tests/Mistakes/E036-too-many-\(name).txt")
        bag = DiagnosticBag()
        _ = RuleFileParser.parse(SourceID(rawValue: 0), of: map, maximumNodes: enough, diagnostics: &bag)
        #expect(!bag.hasErrors, "as many as there may be")
    }

    @Test func everyCodeHasAnExample() {
        for code in Self.codes where !Self.codesOfHugeFiles.contains(code) {
            #expect(Self.names.contains { $0.hasPrefix(code.rawValue) }, "no example of \(code)")
        }
    }
}
