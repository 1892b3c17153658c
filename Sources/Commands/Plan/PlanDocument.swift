/// The report as JSON.
struct PlanDocument: Encodable {
    struct Summary: Encodable {
        var add: Int
        var change: Int
        var remove: Int
    }

    let version = 1
    var changes: [PlanReport.Line]
    var summary: Summary
    /// What the kernel says against the plan; empty where it would accept it.
    var refusals: [String] = []
    /// What the guards say: what would be cut, what would go, what was not looked at.
    var guards: [GuardReport.Line] = []
    /// What became of the rehearsal; nil if there was none.
    var rehearsal: RehearsalDocument?

    /// - Parameter report: What would be done, with all lines.
    init(
        _ report: PlanReport,
        refusals: [String] = [],
        guards: [GuardReport.Line] = [],
        rehearsal: RehearsalDocument? = nil
    ) {
        changes = report.sections.flatMap(\.lines)
        summary = Summary(add: report.added, change: report.changed, remove: report.removed)
        self.refusals = refusals
        self.guards = guards
        self.rehearsal = rehearsal
    }
}
