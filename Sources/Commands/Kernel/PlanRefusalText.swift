import KernelObjects
import Reconciliation
import RulesetModel
import Transactions

/// Says for people why a plan is not applied.
struct PlanRefusalText {
    private let refusal: PlanRefusal
    private let ruleset: Ruleset

    init(_ refusal: PlanRefusal, ruleset: Ruleset) {
        self.refusal = refusal
        self.ruleset = ruleset
    }

    /// The reason, and a line for each object that differs.
    var lines: [String] {
        switch refusal {
        case .otherBoot: [sentence("the system was rebooted after the plan was made")]
        case .otherNamespace: [sentence("the plan was made for another network namespace")]
        case .otherProgram(let version):
            [sentence("the plan was made by weir \(version), and this is weir \(WeirCommand.version)")]
        case .drift(let drift):
            ["weir: what the plan touches has changed since it was made (+ is new, - is gone, ~ is different):"]
                + lines(drift) + ["Nothing was changed. Make a new plan."]
        }
    }

    private func sentence(_ reason: String) -> String {
        "weir: \(reason). Nothing was changed. Make a new plan."
    }

    private func lines(_ drift: PlanDrift) -> [String] {
        let reporter = ChangeReporter(
            drift.changes,
            observed: drift.before,
            desired: drift.now,
            options: ruleset.options,
            tables: ruleset.routingTables
        )
        var lines = reporter.report(.folded).flatRows().map { "  \($0)" }
        if case .add = drift.changes.firewall?.table { lines.insert("  + table inet weir", at: 0) }
        if case .delete = drift.changes.firewall?.table { lines.insert("  - table inet weir", at: 0) }
        for route in drift.displaced {
            guard let object = route.desired ?? route.observed else { continue }
            let text = ObjectText.text(of: object, tables: ruleset.routingTables)
            lines.append("  \(route.desired == nil ? "-" : "+") displaced \(text)")
        }
        return lines + drift.circumstances.map { "  ~ \($0.subject): was \($0.before), is \($0.now)" }
    }
}
