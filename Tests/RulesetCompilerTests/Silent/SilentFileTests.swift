import Diagnostics
import RulesetCompiler
import Testing

/// Files that do something else than their words say are refused or warned of, with words that help; or they mean what they say.
@Suite struct SilentFileTests {
    @Test(arguments: SilentFiles.all)
    func aFileIsNotTakenInSilence(kind: SilentFiles.Kind) throws {
        for file in kind.files {
            let result = RuleFileCompiler.compile(text: file.text)
            let said = result.diagnostics.diagnostics.map { diagnostic in
                let line = diagnostic.range.flatMap { range in
                    result.sources[range.file]?.line(at: range.start)
                }
                return "\(diagnostic.code.rawValue)@\(line ?? 0)"
            }
            #expect(said.sorted() == file.said.sorted(), "\(file.text)")
            let texts = result.diagnostics.diagnostics.flatMap { diagnostic in
                [diagnostic.message] + diagnostic.notes.map(\.message) + diagnostic.fixIts.map(\.message)
            }
            if let help = file.help {
                #expect(texts.contains { $0.contains(help) }, "\(help) is not in \(texts)")
            }
            if let meant = file.meant {
                let ruleset = try #require(RuleFileCompiler.compile(text: meant).ruleset)
                #expect(result.ruleset == ruleset, "\(file.text)")
            }
        }
    }

    /// One that was found, and three others of its kind.
    @Test(arguments: SilentFiles.all)
    func eachKindHasSeveral(kind: SilentFiles.Kind) {
        #expect(kind.files.count >= 4)
        #expect(kind.files.allSatisfy { !$0.said.isEmpty || $0.meant != nil })
    }
}
