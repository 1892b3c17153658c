public import Diagnostics

/// Reads a rule file.
public enum RuleFileParser {
    /// How many nodes a rule file and all it includes may hold (``RuleFileSyntax/nodeCount``): 300,000 statements, or 1,200,000 values.
    /// Whatever they say, the memory that they take stays below half a gibibyte.
    public static let maximumNodes = 1_200_000

    /// Parses a file of `map`.
    ///
    /// Mistakes go to `diagnostics`; the syntax holds what could be understood.
    /// - Parameter maximumNodes: How many nodes the file may hold.
    public static func parse(
        _ file: SourceID,
        of map: SourceMap,
        maximumNodes: Int = maximumNodes,
        diagnostics: inout DiagnosticBag
    ) -> RuleFileSyntax {
        guard let source = map[file] else {
            return RuleFileSyntax(source: file)
        }
        guard !source.isTruncated else {
            diagnostics.report(.fileTooLarge(at: SourceRange(file: file, start: 0, end: 0)))
            return RuleFileSyntax(source: file)
        }
        return source.bytes.withUnsafeBufferPointer { bytes in
            ByteClass.table.withUnsafeBufferPointer { classes in
                EncodingCheck.check(bytes, of: file, diagnostics: &diagnostics)
                var parser = Parser(
                    bytes: bytes,
                    classes: classes,
                    source: file,
                    maximumNodes: maximumNodes,
                    diagnostics: diagnostics
                )
                diagnostics = DiagnosticBag()
                parser.reserve(lines: source.lineCount)
                parser.parseFile()
                diagnostics = parser.diagnostics
                return parser.syntax
            }
        }
    }
}
