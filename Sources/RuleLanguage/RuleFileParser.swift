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
        RuleFileSyntax(source: file)
    }
}
