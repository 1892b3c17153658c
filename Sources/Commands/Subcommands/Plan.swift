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
            is 2 where there is a difference. With --out the plan is kept in a file: 'weir apply' makes exactly these changes, \
            or, if what they touch has changed meanwhile, none.
            """
    )

    @Argument(
        help: "A rule file, model JSON, or - for standard input.",
        completion: .file(extensions: ["weir", "json"])
    )
    var file: String

    @Flag(name: .customLong("exit-code"), help: "Exit with 2 where there is a difference.")
    var exitCode = false

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
        if format == nil, out == nil, kernel.hasInEffect(file) {
            try say(PlanReport(), refusals: [], guards: [], terminal)
            return
        }
        let input = try RulesetInput.load(file, terminal: terminal)
        let lowered = try input.lowered(terminal: terminal)
        var session = try kernel.openSession(terminal)
        let preview = try explainingFailures(terminal, FailureReporter(input: input, lowered: lowered)) {
            () throws(TransactionError) in
            try session.preview(lowered.state, adoption: adoption.routes)
        }
        let reporter = PreviewReporter(preview, input: input, lowered: lowered)
        let guards = try explainingFailures(terminal) { () throws(KernelStateError) in
            var guardian = try Guardian(kernel, [])
            return try guardian.judge(reporter)
        }
        for line in guards.lines where !output.json { terminal.complain("warning: \(line.text)") }
        if let format {
            for refusal in reporter.refusals { terminal.complain(refusal) }
            if preview.difference.conflicts.isEmpty, preview.complaints.isEmpty {
                try write(preview, as: format, input, lowered, terminal)
            }
        } else {
            try say(reporter.report, refusals: reporter.refusals, guards: guards.lines, terminal)
        }
        let conflicts = preview.difference.conflicts
        if let out, conflicts.isEmpty, preview.complaints.isEmpty {
            var text = input.text
            text.model = Array(try JSONText.of(input.ruleset).utf8)
            let plan = session.plan(preview, adoption: adoption.routes, text: text)
            try explainingFailures(terminal) { () throws(StoreError) in try plan.write(to: FilePath(out)) }
        }
        if !conflicts.isEmpty { throw FailureReporter.status(conflicts) }
        if !preview.complaints.isEmpty { throw reporter.statusOfComplaints }
        if exitCode, !preview.changes.isEmpty { throw ExitStatus.differences }
    }

    private func say(
        _ report: PlanReport,
        refusals: [String],
        guards: [GuardReport.Line],
        _ terminal: Terminal
    ) throws {
        if output.json {
            terminal.line(try JSONText.of(PlanDocument(report, refusals: refusals, guards: guards)))
        } else {
            report.write(to: terminal)
            terminal.line("Plan: \(report.summary) Nothing was changed.")
            for refusal in refusals { terminal.complain(refusal) }
        }
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
        let renderer = TextRenderer(map: input.sources, isColored: terminal.hasColoredErrors)
        terminal.writeErrors(renderer.render(diagnostics))
        guard let text else { throw ExitStatus.badInput }
        terminal.write(text)
    }
}
