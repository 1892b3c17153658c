import RulesetModel
import Transactions

/// Says for people why something is not put back.
enum HealObstacleText {
    /// One line for each reason.
    static func lines(_ obstacle: HealObstacle, _ ruleset: Ruleset) -> [String] {
        switch obstacle {
        case .nothingApplied: ["Nothing is put back: nothing was applied yet."]
        case .otherKernel:
            [
                "Nothing is put back: it was applied before the last boot, or in another network namespace. "
                    + "Apply it here first."
            ]
        case .awaitingConfirmation: ["Nothing is put back while the change waits to be confirmed."]
        case .conflicts(let conflicts):
            conflicts.map { line(ComplaintText(nil, tables: ruleset.routingTables, origins: nil).line($0)) }
        case .guarded(let lines):
            lines.map(line) + [
                "If you want that anyway: 'weir rollback' to the present generation, with --allow-lockout or "
                    + "--allow-no-default-route."
            ]
        case .failed(let error): FailureReporter().explain(error).lines.map(line)
        }
    }

    private static func line(_ text: String) -> String {
        "not put back: \(text.hasPrefix("weir: ") ? String(text.dropFirst("weir: ".count)) : text)"
    }

    /// One word for programs.
    static func name(_ obstacle: HealObstacle) -> String {
        switch obstacle {
        case .nothingApplied: "nothingApplied"
        case .otherKernel: "otherKernel"
        case .awaitingConfirmation: "awaitingConfirmation"
        case .conflicts: "conflict"
        case .guarded: "guarded"
        case .failed: "failed"
        }
    }
}
