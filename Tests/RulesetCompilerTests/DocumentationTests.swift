import Diagnostics
import RulesetCompiler
import TestSupport
import Testing

/// A piece of a rule file in the documentation.
private struct Example: Sendable, CustomTestStringConvertible {
    let file: String
    let line: Int
    let text: String

    var testDescription: String { "\(file):\(line)" }

    /// The blocks of the language in all that people read.
    static let all: [Example] = {
        let documents = directoryContents("\(packageDirectory)/docs").filter { $0.hasSuffix(".md") }.map {
            "docs/\($0)"
        }
        return (documents.sorted() + ["README.md"]).flatMap { file -> [Example] in
            let text = String(decoding: readFile("\(packageDirectory)/\(file)") ?? [], as: UTF8.self)
            var examples: [Example] = []
            var current: (line: Int, lines: [Substring])?
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                if let open = current {
                    guard line.hasPrefix("```") else {
                        current?.lines.append(line)
                        continue
                    }
                    let body = open.lines.joined(separator: "\n") + "\n"
                    examples.append(Example(file: file, line: open.line, text: body))
                    current = nil
                } else if line.hasPrefix("```weir") {
                    current = (index + 2, [])
                } else if line.hasPrefix("```"), line != "```" {
                    continue
                }
            }
            return examples
        }
    }()
}

/// What the documentation shows is what the compiler takes.
@Suite struct DocumentationTests {
    @Test(arguments: Example.all)
    fileprivate func anExampleIsARuleFile(_ example: Example) {
        let lists = ["blocked.netset": "192.0.2.0/24\n2001:db8:dead::/48\n", "blocked.txt": "192.0.2.0/24\n"]
        let result = RuleFileCompiler.compile(text: example.text, loader: MemoryFileLoader(lists))
        let errors = result.diagnostics.diagnostics.filter { $0.severity == .error }
        let text = errors.map { TextRenderer(map: result.sources).render($0) }.joined()
        #expect(text == "", "\(example.file):\(example.line)")
    }

    @Test func thereAreExamples() {
        #expect(Example.all.count > 15)
        #expect(Set(Example.all.map(\.file)).isSuperset(of: ["README.md", "docs/language.md"]))
    }
}
