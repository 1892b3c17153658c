import FoundationEssentials
import RulesetModel
import SystemPackage
import Transactions

/// A FILE argument that is a plan.
struct PlanInput {
    /// What is to be done.
    let plan: PlanFile
    /// The ruleset that it was made from, for the words of what is shown.
    let ruleset: Ruleset

    /// Reads a plan; nil if the file, by its first bytes, is none.
    static func load(_ path: String, terminal: Terminal) throws -> PlanInput? {
        guard path != "-" else { return nil }
        let plan: PlanFile
        do throws(StoreError) {
            guard let read = try PlanFile(contentsOf: FilePath(path)) else { return nil }
            plan = read
        } catch {
            terminal.complain("weir: \(error)")
            throw status(error)
        }
        do {
            let model = Data(plan.text.model ?? [])
            return PlanInput(plan: plan, ruleset: try JSONDecoder().decode(Ruleset.self, from: model))
        } catch {
            terminal.complain("weir: \(path) is damaged: \(JSONProblem(error))")
            throw ExitStatus.badInput
        }
    }

    /// A damaged plan is wrong input; a damaged store is not.
    private static func status(_ error: StoreError) -> ExitStatus {
        switch error {
        case .malformed, .untrusted: .badInput
        default: FailureReporter.status(error)
        }
    }
}
