import ArgumentParser
import Diagnostics
import Emitters
import KernelObjects
import KernelState
import Lowering
import Reconciliation
import SystemPackage
import Transactions

/// `weir plan`: what would change?
struct Plan: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show the difference between a rule file and the running kernel; nothing is changed.",
        discussion: """
            The kernel checks the same change that 'apply' would make, without making it. With --exit-code the exit status \
            is 2 if there is a difference. With --rehearse the change is made, read back and rolled back in a private \
            network namespace that is like this one; that needs no privilege. With --out the plan is kept in a file: \
            'weir apply' makes exactly these changes, or none if what they touch has changed meanwhile.
            """
    )

    @Argument(
        help: "A rule file, model JSON, or - for standard input.",
        completion: .file(extensions: ["weir", "json"])
    )
    var file: String

    @Flag(name: .customLong("exit-code"), help: "Exit with 2 if there is a difference.")
    var exitCode = false

    @Flag(help: "Try the change in a private network namespace first.")
    var rehearse = false

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("Write the difference as commands: nft, iptables or ip.", valueName: "format"),
        completion: .list(Self.formats.map(\.rawValue)),
        transform: Self.format
    )
    var format: EmissionFormat?

    @Option(
        help: ArgumentHelp("Write the plan to a file, for 'weir apply'.", valueName: "plan"),
        completion: .file()
    )
    var out: String?

    @OptionGroup var adoption: AdoptionOptions
    @OptionGroup var kernel: KernelOptions
    @OptionGroup var extent: ExtentOptions
    @OptionGroup var output: OutputOptions

    /// The forms that a difference can be written in.
    private static let formats: [EmissionFormat] = [.nft, .iptables, .ip]

    private static func format(_ name: String) throws -> EmissionFormat {
        guard let format = EmissionFormat(rawValue: name), formats.contains(format) else {
            throw ValidationError("'\(name)' is none of \(formats.map(\.rawValue).joined(separator: ", ")).")
        }
        return format
    }

    mutating func validate() throws {
        if format != nil, output.json { throw ValidationError("'--as' and '--json' exclude each other.") }
    }

    mutating func run() throws {
        let terminal = output.terminal
        if format == nil, out == nil, !rehearse, kernel.hasInEffect(file, isForChange: false) {
            return try say(PlanReport(), refusals: [], PlanDocument(PlanReport()), terminal)
        }
        let input = try RulesetInput.load(file, terminal: terminal)
        let lowered = try input.lowered(terminal: terminal)
        Progress.shared.begin(.comparison)
        var session = try kernel.openSession(terminal)
        let (preview, seesFirewall) = try look(&session, input, lowered, terminal)
        let reporter = PreviewReporter(preview, input: input, lowered: lowered)
        let guards = seesFirewall ? try judge(reporter, terminal) : GuardReport()
        for line in guards.lines where !output.json { terminal.complain("warning: \(line.text)") }
        let conflicts = preview.difference.conflicts
        let isAccepted = conflicts.isEmpty && preview.complaints.isEmpty
        let rehearsal = rehearse && isAccepted ? rehearsed(reporter, &session) : nil
        let isFine = isAccepted && rehearsal?.status == nil
        if let format {
            for refusal in reporter.refusals { terminal.complain(refusal) }
            if isFine { try write(preview, as: format, input, lowered, terminal) }
        } else {
            let skipped = rehearse ? RehearsalDocument.notTried(seesFirewall: seesFirewall) : nil
            let report = reporter.report(extent.extent(output))
            let document = PlanDocument(
                report,
                refusals: reporter.refusals,
                guards: guards.lines,
                rehearsal: rehearsal?.document(seesFirewall: seesFirewall) ?? skipped
            )
            try say(report, refusals: reporter.refusals, document, terminal)
        }
        if let rehearsal, !output.json { say(rehearsal, terminal) }
        if let out, isFine {
            // Nobody has seen what would be kept in it.
            if OutputStream.haveFailed { throw ExitStatus.inputOutput }
            var text = input.text
            text.model = Array(try JSONText.of(input.ruleset).utf8)
            let plan = session.plan(preview, adoption: adoption.routes, text: text)
            try explainingFailures(terminal) { () throws(StoreError) in try plan.write(to: FilePath(out)) }
        }
        if !conflicts.isEmpty { throw FailureReporter.status(conflicts) }
        if !preview.complaints.isEmpty { throw reporter.statusOfComplaints }
        if let status = rehearsal?.status { throw status }
        if exitCode, !preview.changes.isEmpty { throw ExitStatus.differences }
    }

    private func say(
        _ report: PlanReport,
        refusals: [String],
        _ document: @autoclosure () -> PlanDocument,
        _ terminal: Terminal
    ) throws {
        if output.json {
            try terminal.write(json: document())
        } else {
            report.write(to: terminal)
            // What stands in the way is all the difference that there is.
            let isBlocked = report.isEmpty && !refusals.isEmpty
            let summary = isBlocked ? "nothing can be changed because something is in the way." : report.summary
            terminal.line("Plan: \(summary) Nothing was changed.")
            for refusal in refusals { terminal.complain(refusal) }
        }
    }

    /// Reads the kernel and compares. A user who may not read the firewall can still rehearse, as if there were none.
    private func look(
        _ session: inout Session,
        _ input: RulesetInput,
        _ lowered: Lowered,
        _ terminal: Terminal
    ) throws -> (preview: Preview, seesFirewall: Bool) {
        let reporter = FailureReporter(input: input, lowered: lowered)
        return try explainingFailures(terminal, reporter) { () throws(TransactionError) in
            do throws(TransactionError) {
                return (try session.preview(lowered.state, adoption: adoption.routes), true)
            } catch {
                // What is kept or handed on must be the difference from what there is.
                guard rehearse, out == nil, format == nil, case .kernel(let reason) = error,
                    reason.operation == .readFirewall, reason.cause == .notPermitted
                else { throw error }
            }
            if !output.json { terminal.complain(RehearsalText.blind) }
            return (try session.previewWithoutFirewall(lowered.state, adoption: adoption.routes), false)
        }
    }

    private func judge(_ reporter: PreviewReporter, _ terminal: Terminal) throws -> GuardReport {
        try explainingFailures(terminal) { () throws(KernelStateError) in
            var guardian = try Guardian(kernel, [])
            return try guardian.judge(reporter, terminal)
        }
    }

    private func rehearsed(_ reporter: PreviewReporter, _ session: inout Session) -> RehearsalText {
        let isNeeded = !reporter.preview.changes.isEmpty
        let report = isNeeded ? session.rehearse(reporter.preview, adoption: adoption.routes) : RehearsalReport()
        return RehearsalText(report, of: reporter)
    }

    private func say(_ rehearsal: RehearsalText, _ terminal: Terminal) {
        for line in rehearsal.notes + rehearsal.failures { terminal.complain(line) }
        guard let sentence = rehearsal.sentence else { return }
        // Where standard output is a script nothing else may be in it.
        if format == nil { terminal.line(sentence) } else { terminal.complain(sentence) }
    }

    private func write(
        _ preview: Preview,
        as format: EmissionFormat,
        _ input: RulesetInput,
        _ lowered: Lowered,
        _ terminal: Terminal
    ) throws {
        var diagnostics = DiagnosticBag()
        let text = emit(
            preview.changes,
            observed: preview.observed.firewall,
            lowered: lowered,
            of: input.ruleset,
            as: format,
            locate: { origin in input.provenance?.range(of: origin) },
            diagnostics: &diagnostics
        )
        let renderer = terminal.renderer(of: input.sources)
        terminal.writeErrors(renderer.render(diagnostics))
        guard let text else { throw ExitStatus.badInput }
        terminal.write(text)
    }
}
