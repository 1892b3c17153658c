import Guards

/// What the guards say about a change.
struct GuardReport {
    /// One sentence.
    struct Line: Encodable {
        /// What kind of finding it is: `lockout`, `no-default-route`, `untracked`, `uncertain`, `unjudged`, `still-cut`, `other-way-back`, `leases-end`,
        /// `translated-before`, `not-seen`.
        var kind: String
        /// The sentence, with `FILE:LINE:` in front where the rule file says it.
        var text: String
        /// The option that overrides a refusal; nil if this is a warning.
        var override: String?
    }

    /// The sentences, the gravest first.
    var lines: [Line] = []
    /// What keeps the change from being made.
    var refusals: [Line] = []
    /// The connections that have to be tracked before the change is made.
    var untracked: [ConnectionFact] = []

    init() {}

    /// Creates a report.
    /// - Parameter overrides: What is put up with.
    init(_ findings: [GuardFinding], _ facts: HostFacts, _ preview: PreviewReporter, overrides: GuardOverrides) {
        lines =
            preview.text(of: findings) + preview.text(ofTranslationsIn: facts.foreignTables)
            + Self.unseen(facts, findings)
        for finding in findings {
            if case .untracked(let facts) = finding { untracked = facts }
            if let override = finding.override, !overrides.contains(override) {
                refusals += preview.text(of: [finding])
            }
        }
    }

    /// What was not looked at.
    private static func unseen(_ facts: HostFacts, _ findings: [GuardFinding]) -> [Line] {
        var texts = facts.unknowns.map { "not seen: \($0)" }
        if facts.omittedConnections > 0 {
            texts.append("\(facts.omittedConnections) more ssh sessions were not checked")
        }
        return texts.map { Line(kind: "not-seen", text: "weir: \($0)") }
    }
}
