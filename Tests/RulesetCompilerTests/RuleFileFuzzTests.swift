import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetCompiler
import RulesetModel
import SystemPackage
import TestSupport
import Testing

/// Damaged rule files: nothing breaks, every message points into a file, and what is understood can be written and read again.
@Suite struct RuleFileFuzzTests {
    @Test func damagedRuleFilesAreExplainedOrUnderstood() throws {
        let budget = FuzzBudget("rules", rounds: 1500)
        let seed = budget.seed
        let texts = try ruleFiles()
        var understood = 0
        try budget.forEachRound { round in
            var mutator = Mutator(seed: seed &+ UInt64(round), texts: texts)
            var loader = MemoryFileLoader()
            for name in ["rules.weir", "other.weir", "list"] { loader.files[FilePath(name)] = mutator.damagedText() }
            let result = try RuleFileCompiler.compile(path: "rules.weir", loader: loader)
            check(result, "seed \(seed), round \(round)")
            checkLayout(result.sources, "seed \(seed), round \(round)")
            understood += result.ruleset == nil ? 0 : 1
        }
        // Were all of them refused, nothing but the parser would be tried.
        #expect(understood > 0)
    }

    private func check(_ result: CompilationResult, _ label: String) {
        #expect((result.ruleset == nil) == result.diagnostics.hasErrors, "\(label)")
        #expect(
            !TextRenderer(map: result.sources).render(result.diagnostics).isEmpty || result.ruleset != nil,
            "\(label)"
        )
        for diagnostic in result.diagnostics.diagnostics {
            let ranges = [diagnostic.range] + diagnostic.notes.map(\.range) + diagnostic.fixIts.map(\.range)
            for case let range? in ranges {
                let size = result.sources[range.file]?.bytes.count ?? -1
                #expect(Int(range.end) <= size, "\(label): \(diagnostic)")
            }
        }
        guard let ruleset = result.ruleset else { return }
        #expect(result.provenance.rules.count == ruleset.rules.count, "\(label)")
        let text = ruleset.description
        let again = RuleFileCompiler.compile(text: text)
        #expect(
            again.ruleset == ruleset,
            "\(label):\n\(text)\(TextRenderer(map: again.sources).render(again.diagnostics))"
        )
    }

    /// What can be laid out is laid out once: doing it again changes nothing.
    private func checkLayout(_ sources: SourceMap, _ label: String) {
        var bag = DiagnosticBag()
        guard let once = RuleFileFormatter.format(SourceID(rawValue: 0), of: sources, diagnostics: &bag) else {
            #expect(bag.hasErrors, "\(label)")
            return
        }
        let laidOut = SourceMap(SourceFile(name: "rules.weir", text: once))
        let twice = RuleFileFormatter.format(SourceID(rawValue: 0), of: laidOut, diagnostics: &bag)
        #expect(twice == once, "\(label)")
    }

    /// The rule files of the project, right and wrong ones.
    private func ruleFiles() throws -> [[UInt8]] {
        var texts: [[UInt8]] = []
        var directories = ["rules", "Tests/Mistakes"].map { "\(packageDirectory)/\($0)" }
        while let directory = directories.popLast() {
            for name in directoryContents(directory).sorted() {
                let path = "\(directory)/\(name)"
                if name.hasSuffix(".weir"), let bytes = readFile(path), bytes.count < 4096 {
                    texts.append(bytes)
                } else if !name.contains(".") {
                    directories.append(path)
                }
            }
        }
        try #require(texts.count > 20)
        return texts
    }
}

/// Takes rule files apart and puts them together wrongly.
private struct Mutator {
    private var generator: SeededGenerator
    private let texts: [[UInt8]]

    init(seed: UInt64, texts: [[UInt8]]) {
        generator = SeededGenerator(seed: seed)
        self.texts = texts
    }

    /// Lines of several files, some of them damaged.
    mutating func damagedText() -> [UInt8] {
        var text: [UInt8] = []
        for _ in 0..<number(1...12) {
            text += number(0...3) == 0 ? damaged(line()) : line()
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }

    private mutating func line() -> [UInt8] {
        let text = texts[number(0...texts.count - 1)]
        let lines = text.split(separator: UInt8(ascii: "\n"))
        return lines.isEmpty ? [] : Array(lines[number(0...lines.count - 1)].prefix(300))
    }

    private mutating func damaged(_ line: [UInt8]) -> [UInt8] {
        var line = line
        for _ in 0..<number(1...3) {
            let place = number(0...line.count)
            switch number(0...5) {
            case 0: line.insert(UInt8(number(0...255)), at: place)
            case 1 where place < line.count: line.remove(at: place)
            case 2: line.insert(contentsOf: Array(Self.words[number(0...Self.words.count - 1)].utf8), at: place)
            case 3: line.insert(contentsOf: self.line().prefix(number(0...40)), at: place)
            case 4: line.removeSubrange(place..<min(line.count, place + number(0...8)))
            default: line.append(contentsOf: line.suffix(number(0...20)))
            }
        }
        return line
    }

    private static let words = [
        " { ", " } ", " $x ", " @s ", " ! ", "/", "-", ",", ";", " in ", " forward ", " tcp ", " dport 22 ",
        " 10.0.0.0/8 ",
        " ::1 ", " 99999999999999999999 ", " \"", "\\", " include \"other.weir\" ", "let x = $x\n", " from \"list\" ",
        "set s: prefix from \"list\"\n", " priority raw - 10 ", " 0x ", " 1h1h ", " 10/second ", " with icmp ",
    ]

    private mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &generator)
    }
}
