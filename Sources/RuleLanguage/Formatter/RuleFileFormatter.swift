public import Diagnostics

/// Lays out a rule file as `weir fmt` does.
///
/// Only blanks and line ends change, commas and semicolons that separate, and line ends inside lists: the words stay, their
/// order and every comment. Formatting what was formatted changes nothing.
public enum RuleFileFormatter {
    /// The canonical layout of a file of `map`; nil if the file has mistakes, which are in `diagnostics` then.
    public static func format(
        _ file: SourceID,
        of map: SourceMap,
        diagnostics: inout DiagnosticBag
    ) -> String? {
        var own = DiagnosticBag(limit: diagnostics.limit)
        _ = RuleFileParser.parse(file, of: map, diagnostics: &own)
        diagnostics.report(contentsOf: own)
        guard !own.hasErrors, let source = map[file] else {
            return nil
        }
        return source.bytes.withUnsafeBufferPointer { bytes in
            var layout = Layout(bytes: bytes, tokens: tokens(bytes))
            layout.writeFile()
            return String(decoding: layout.output, as: UTF8.self)
        }
    }

    /// All tokens of a file, comments among them, with the end of the file as the last.
    private static func tokens(_ bytes: UnsafeBufferPointer<UInt8>) -> [Token] {
        ByteClass.table.withUnsafeBufferPointer { classes in
            var lexer = Lexer(bytes: bytes, classes: classes, keepsComments: true)
            var tokens = [lexer.next()]
            while tokens[tokens.count - 1].kind != .endOfFile {
                tokens.append(lexer.next())
            }
            return tokens
        }
    }
}
