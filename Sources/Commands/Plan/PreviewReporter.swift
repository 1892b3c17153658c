import Guards
import KernelObjects
import Lowering
import NetworkTypes
import Reconciliation
import RulesetModel
import Transactions

/// Turns a preview into a report, with the places of the rule file it comes from.
struct PreviewReporter {
    let preview: Preview
    private let ruleset: Ruleset
    private let origins: Origins?

    init(_ preview: Preview, input: RulesetInput, lowered: Lowered) {
        self.preview = preview
        ruleset = input.ruleset
        origins = Origins(input, lowered)
    }

    /// A preview that was not made from a rule file, but perhaps has the ruleset that was made from one.
    init(_ preview: Preview, ruleset: Ruleset = Ruleset()) {
        self.preview = preview
        self.ruleset = ruleset
        origins = nil
    }

    /// Words for what the kernel refuses.
    var complaintText: ComplaintText {
        ComplaintText(preview.desired.firewall, tables: ruleset.routingTables, origins: origins)
    }

    /// The names of routing tables.
    var tables: [RoutingTable] {
        ruleset.routingTables
    }

    /// What would be done.
    func report(_ extent: PlanExtent) -> PlanReport {
        ChangeReporter(
            preview.changes,
            observed: preview.observed.firewall,
            desired: preview.desired.firewall,
            options: ruleset.options,
            tables: ruleset.routingTables,
            origins: origins
        ).report(extent)
    }

    /// What stands in the way, a line each.
    var refusals: [String] {
        let text = complaintText
        return preview.difference.conflicts.map(text.line) + preview.complaints.map(text.line)
    }

    /// What is found about the change, in words.
    func text(of findings: [GuardFinding]) -> [GuardReport.Line] {
        let text = GuardText(preview, tables: ruleset.routingTables, origins: origins)
        return findings.flatMap(text.lines)
    }

    /// Which rules connections do not get to, since these tables translate them first.
    func text(ofTranslationsIn tables: [ForeignTable]) -> [GuardReport.Line] {
        let check = TranslationCheck(ruleset, tables, hooksInUse: preview.observed.firewall.hooksOfTranslation)
        return TranslationText { origins?.place(of: $0) }.lines(check)
            .map { GuardReport.Line(kind: "translated-before", text: $0) }
    }

    /// The exit status for what the kernel would refuse.
    var statusOfComplaints: ExitStatus {
        preview.complaints.first?.status ?? .badInput
    }
}

extension FirewallState? {
    /// The hooks where the table has chains that translate destinations.
    var hooksOfTranslation: Set<NetfilterHook> {
        Set((self?.chains ?? []).compactMap { $0.base?.type == .nat ? $0.base?.hook : nil })
    }
}
