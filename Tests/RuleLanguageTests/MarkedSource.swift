import Diagnostics
import RuleLanguage
import Testing

/// A source text in which `⟪E031|dprot⟫` marks where a diagnostic is expected: its code and exactly the text it underlines.
///
/// `⟪E022|⟫` is an empty place between two characters. A place with several diagnostics has marks inside each other.
struct MarkedSource {
    struct Mark: Hashable, Comparable, CustomStringConvertible {
        let code: String
        let offsets: Range<Int>

        var description: String { "\(code) at \(offsets.lowerBound)..<\(offsets.upperBound)" }

        static func < (left: Self, right: Self) -> Bool {
            (left.offsets.lowerBound, left.offsets.upperBound, left.code)
                < (right.offsets.lowerBound, right.offsets.upperBound, right.code)
        }
    }

    let text: String
    let marks: [Mark]

    init(_ marked: String) {
        var text: [Unicode.Scalar] = []
        var marks: [Mark] = []
        var open: [(code: String, start: Int)] = []
        var offset = 0
        let scalars = Array(marked.unicodeScalars)
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case "⟪":
                let code = scalars[(index + 1)...].prefix { $0 != "|" }
                open.append((String(String.UnicodeScalarView(code)), offset))
                index += code.count + 1
            case "⟫":
                let mark = open.removeLast()
                marks.append(Mark(code: mark.code, offsets: mark.start..<offset))
            default:
                text.append(scalars[index])
                offset += String(scalars[index]).utf8.count
            }
            index += 1
        }
        self.text = String(String.UnicodeScalarView(text))
        self.marks = marks.sorted()
    }
}

/// A parsed text, and what was found wrong with it.
struct Parsed {
    let map: SourceMap
    let syntax: RuleFileSyntax
    let bag: DiagnosticBag

    init(_ text: String) {
        self.init(bytes: Array(text.utf8))
    }

    init(bytes: [UInt8]) {
        map = SourceMap(SourceFile(name: "test.weir", bytes: bytes))
        var bag = DiagnosticBag()
        syntax = RuleFileParser.parse(SourceID(rawValue: 0), of: map, diagnostics: &bag)
        self.bag = bag
    }

    var statements: [StatementSyntax] { Array(syntax[syntax.topLevel]) }

    /// The codes and places of the diagnostics, as marks.
    var marks: [MarkedSource.Mark] {
        bag.diagnostics.map { .init(code: $0.code.rawValue, offsets: $0.range?.offsets ?? 0..<0) }.sorted()
    }

    var rendered: String { TextRenderer(map: map).render(bag) }
}

/// Expects exactly the marked diagnostics.
@discardableResult
func expectDiagnostics(_ marked: String, sourceLocation: SourceLocation = #_sourceLocation) -> Parsed {
    let source = MarkedSource(marked)
    let parsed = Parsed(source.text)
    let comment = Comment(rawValue: parsed.rendered)
    #expect(parsed.marks == source.marks, comment, sourceLocation: sourceLocation)
    return parsed
}
