import ArgumentParser
import Lowering
import Reconciliation
import Transactions

/// `weir plan`: what would change?
struct Plan: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the difference between a rule file and the running kernel; nothing is changed.",
        discussion: """
            The kernel checks the same change that 'apply' would make, without making it. With --exit-code the exit status \
            is 2 where there is a difference.
            """
    )

    @Argument(
        help: "A rule file, model JSON, or - for standard input.",
        completion: .file(extensions: ["weir", "json"])
    )
    var file: String

    @Flag(name: .customLong("exit-code"), help: "Exit with 2 where there is a difference.")
    var exitCode = false

    @OptionGroup var adoption: AdoptionOptions
    @OptionGroup var kernel: KernelOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let terminal = output.terminal
        let input = try RulesetInput.load(file, terminal: terminal)
        let lowered = try input.lowered(terminal: terminal)
        var session = try kernel.openSession(terminal)
        let preview = try explainingFailures(terminal, FailureReporter(input: input, lowered: lowered)) {
            () throws(TransactionError) in
            try session.preview(lowered.state, adoption: adoption.routes)
        }
        let reporter = PreviewReporter(preview, input: input, lowered: lowered)
        if output.json {
            terminal.line(try JSONText.of(PlanDocument(reporter.report, refusals: reporter.refusals)))
        } else {
            reporter.report.write(to: terminal)
            terminal.line("Plan: \(reporter.report.summary) Nothing was changed.")
            for refusal in reporter.refusals { terminal.complain(refusal) }
        }
        let conflicts = preview.difference.conflicts
        if !conflicts.isEmpty { throw FailureReporter.status(conflicts) }
        if !preview.complaints.isEmpty { throw reporter.statusOfComplaints }
        if exitCode, !preview.changes.isEmpty { throw ExitStatus.differences }
    }
}
