public import Diagnostics
public import RulesetModel

/// What became of a rule file.
public struct CompilationResult: Sendable {
    /// The meaning of the file; nothing if it has an error, since a mistake never produces a partial result.
    public let ruleset: Ruleset?
    /// Where each part of the ruleset was written.
    public let provenance: Provenance
    /// What is wrong with the file, or worth knowing about it.
    public let diagnostics: DiagnosticBag
    /// The texts of the file, of all it includes, and of the lists it names.
    public let sources: SourceMap

    /// Creates a result.
    public init(ruleset: Ruleset?, provenance: Provenance, diagnostics: DiagnosticBag, sources: SourceMap) {
        self.ruleset = ruleset
        self.provenance = provenance
        self.diagnostics = diagnostics
        self.sources = sources
    }
}
