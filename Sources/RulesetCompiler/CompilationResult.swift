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
    /// Whether something else than the texts was asked: the host's accounts, or which files there are that fit a pattern. The same texts
    /// can then mean something else another time.
    public let asksHost: Bool

    /// Creates a result.
    public init(
        ruleset: Ruleset?,
        provenance: Provenance,
        diagnostics: DiagnosticBag,
        sources: SourceMap,
        asksHost: Bool
    ) {
        self.ruleset = ruleset
        self.provenance = provenance
        self.diagnostics = diagnostics
        self.sources = sources
        self.asksHost = asksHost
    }

    /// The same result with other diagnostics.
    public func saying(_ diagnostics: DiagnosticBag) -> CompilationResult {
        CompilationResult(
            ruleset: ruleset,
            provenance: provenance,
            diagnostics: diagnostics,
            sources: sources,
            asksHost: asksHost
        )
    }
}
