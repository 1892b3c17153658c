import Diagnostics
import RulesetCompiler
import TestSupport
import Testing

/// The examples of `weir help CODE` are examples of it.
@Suite struct CodeExampleTests {
    private static let files = [
        "common.weir": "accept in on lo\n", "circle.weir": "include \"circle.weir\"\n",
        "blocked.netset": "192.0.2.0/24\n", "host-bits.netset": "192.0.2.7/24\n",
        "dirty.netset": "192.0.2.0/24\nnobody\n",
        "rules.d/other": "",
    ]

    @Test(arguments: DiagnosticCode.allCases.filter { $0.example != nil })
    func theWrongFileHasTheMistakeAndTheRightOneNone(code: DiagnosticCode) throws {
        let example = try #require(code.example)
        let wrong = RuleFileCompiler.compile(text: example.wrong + "\n", loader: MemoryFileLoader(Self.files))
        #expect(Set(wrong.diagnostics.diagnostics.map(\.code)) == [code], "\(example.wrong)")
        let right = RuleFileCompiler.compile(text: example.right + "\n", loader: MemoryFileLoader(Self.files))
        #expect(right.diagnostics.diagnostics.map(\.code) == [], "\(example.right)")
    }

    @Test func nearlyEveryCodeHasOne() {
        #expect(DiagnosticCode.allCases.filter { $0.example == nil }.count <= 14)
    }
}
