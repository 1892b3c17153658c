public import Diagnostics

/// Reads a rule file.
public enum RuleFileParser {
    /// Parses a file of `map`.
    ///
    /// Mistakes go to `diagnostics`; the syntax holds what could be understood.
    public static func parse(
        _ file: SourceID,
        of map: SourceMap,
        diagnostics: inout DiagnosticBag
    ) -> RuleFileSyntax {
        parse(file, of: map, maximumNodes: 10_000_000, diagnostics: &diagnostics)
    }

    /// Parses a file that may hold so many statements, and so many values.
    static func parse(
        _ file: SourceID,
        of map: SourceMap,
        maximumNodes: Int,
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
