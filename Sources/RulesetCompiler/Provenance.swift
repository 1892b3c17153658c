public import Diagnostics
public import RulesetModel

/// Where each part of a ruleset was written: arrays parallel to those of the ruleset.
///
/// It stands beside the model and not in it, so that moving a line changes nothing.
public struct Provenance: Sendable, Hashable {
    /// Where a chain and its rules were written.
    public struct DeclaredChain: Sendable, Hashable {
        /// The name in its declaration.
        public var name: SourceRange
        /// Its rules, parallel to ``Chain/rules``.
        public var rules: [SourceRange]

        /// Creates the entry of a chain.
        public init(name: SourceRange, rules: [SourceRange] = []) {
            self.name = name
            self.rules = rules
        }
    }

    /// Parallel to ``Ruleset/rules``: each rule from its verb to its comment.
    public var rules: [SourceRange] = []
    /// Parallel to ``Ruleset/chains``.
    public var chains: [DeclaredChain] = []
    /// Parallel to ``Ruleset/sets``: the name of each set in its declaration.
    public var sets: [SourceRange] = []
    /// The policy statements.
    public var policies: [RulesetModel.Direction: SourceRange] = [:]
    /// Parallel to ``Ruleset/routingTables``.
    public var routingTables: [SourceRange] = []
    /// Parallel to ``Ruleset/routes``.
    public var routes: [SourceRange] = []
    /// Parallel to ``Ruleset/routingRules``.
    public var routingRules: [SourceRange] = []
    /// Parallel to ``Ruleset/sysctls``.
    public var sysctls: [SourceRange] = []

    /// Creates the provenance of an empty ruleset.
    public init() {}
}
