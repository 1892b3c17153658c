import KernelState
import Reconciliation
import Transactions

/// Says for people what became of a rehearsal, and the exit status.
struct RehearsalText {
    private let report: RehearsalReport
    private let preview: PreviewReporter
    /// How many changes the plan shows.
    private let planned: Int

    init(_ report: RehearsalReport, of preview: PreviewReporter) {
        self.report = report
        self.preview = preview
        planned = preview.preview.changes.summary.total
    }

    /// That the firewall was taken for empty.
    static let blind =
        "note: the firewall cannot be read without CAP_NET_ADMIN: this is the plan for a host on which Weir has no table "
        + "yet, and the guards have not judged it"

    /// Notes that are shown at most.
    private static let mostNotes = 20

    /// What the private namespace did not have of the host, a line each.
    var notes: [String] {
        let shown = report.notes.prefix(Self.mostNotes).map { "note: " + text(of: $0) }
        let rest = report.notes.count - shown.count
        return rest > 0 ? shown + ["note: and \(rest) more like these"] : shown
    }

    /// Why the rehearsal failed, a line each.
    var failures: [String] {
        switch report.failure {
        case nil: []
        case .refused(let complaints):
            complaints.map(preview.complaintText.line) + ["The rehearsal failed. Nothing was changed on this host."]
        case .impossible(_, let reason): ["weir: the plan was not rehearsed: \(reason)"]
        case .different(let what):
            [
                "weir: in the rehearsal the kernel took the change but does not have what was asked for: \(what)",
                "The rehearsal failed. Nothing was changed on this host.",
            ]
        case .notTakenBack(let what):
            [
                "weir: in the rehearsal not everything could be rolled back: \(what)",
                "The rehearsal failed. Nothing was changed on this host.",
            ]
        }
    }

    /// The last line where all went well.
    var sentence: String? {
        guard report.failure == nil else { return nil }
        guard planned > 0 else { return "Rehearsed: there is nothing to change." }
        guard report.made == planned else {
            return "Rehearsed: \(report.made) of the \(planned) changes made, read back and rolled back in a private "
                + "namespace."
        }
        let changes = planned == 1 ? "change" : "changes"
        return "Rehearsed: \(planned) \(changes) made, read back and rolled back in a private namespace; "
            + "the kernel has what the plan shows."
    }

    /// The exit status that a failure asks for; nil if all went well.
    var status: ExitStatus? {
        switch report.failure {
        case nil: nil
        case .refused(let complaints): complaints.first?.status ?? .badInput
        case .different: .badInput
        case .notTakenBack: .internalError
        case .impossible(.notPermitted, _): .noPermission
        case .impossible(.missingFeature, _): .unavailable
        case .impossible(.system, _): .inputOutput
        case .impossible(.stale, _): .stale
        }
    }

    /// The same for other programs.
    func document(seesFirewall: Bool) -> RehearsalDocument {
        RehearsalDocument(
            outcome: outcome,
            made: report.made,
            seesFirewall: seesFirewall,
            failures: failures,
            notes: report.notes.map(text)
        )
    }

    private var outcome: String {
        switch report.failure {
        case nil: "succeeded"
        case .refused: "refused"
        case .different: "different"
        case .notTakenBack: "notTakenBack"
        case .impossible: "impossible"
        }
    }

    private func text(of note: StagingNote) -> String {
        switch note {
        case .otherKinds(let names):
            "interfaces of other kinds were veth pairs in the rehearsal: "
                + names.joined(separator: ", ")
        case .link(let name, let reason): "the rehearsal went without the interface '\(name)': \(reason)"
        case .address(let interface, let reason):
            "the rehearsal went without an address of '\(interface)': \(reason)"
        case .route(let route, let reason):
            "the rehearsal went without '\(ObjectText.text(of: route, tables: preview.tables))': \(reason)"
        case .routingRule(let rule, let reason):
            "the rehearsal went without '\(ObjectText.text(of: rule, tables: preview.tables))': \(reason)"
        case .setting(let name, let reason): "the setting \(name) was not rehearsed: \(reason)"
        case .firewall(let name): "the rehearsal went without another program's part of the table: \(name)"
        }
    }
}

/// What became of a rehearsal, as JSON.
struct RehearsalDocument: Encodable {
    /// `succeeded`; `notTried`: the plan cannot be made anyway; `refused`: the kernel refuses a part of it; `different`: it takes it and does not have what it should;
    /// `notTakenBack`: the way back does not lead back; `impossible`: nothing is known of the plan.
    let outcome: String
    /// How many changes were made, read back and rolled back.
    let made: Int
    /// Whether Weir's table was known; if not, it was taken to be absent.
    let seesFirewall: Bool
    let failures: [String]
    let notes: [String]

    /// There was no rehearsal, as it is known without one that the plan cannot be made.
    static func notTried(seesFirewall: Bool) -> RehearsalDocument {
        RehearsalDocument(outcome: "notTried", made: 0, seesFirewall: seesFirewall, failures: [], notes: [])
    }
}
