import ArgumentParser
import Transactions

/// `weir status`: is the kernel as Weir left it?
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what differs in the kernel from what was applied.",
        discussion: "The exit status is 2 where there is a difference."
    )

    @OptionGroup var kernel: KernelOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let terminal = output.terminal
        var session = try kernel.openSession(terminal)
        let current = try explainingFailures(terminal, FailureReporter()) { () throws(TransactionError) in
            try session.previewOfCurrent()
        }
        let report = current.map { PreviewReporter($0.preview).report } ?? PlanReport()
        let generation = current?.generation.number
        if output.json {
            terminal.line(try JSONText.of(StatusDocument(generation: generation, repair: PlanDocument(report))))
        } else if report.isEmpty {
            terminal.line(generation.map { "The kernel is as generation \($0) left it." } ?? "Nothing was applied.")
        } else {
            let name = generation.map { "generation \($0)" } ?? "the clean state"
            terminal.line("The kernel differs from \(name). To be as it was it would need:")
            report.write(to: terminal)
            terminal.line(report.summary)
        }
        if !report.isEmpty { throw ExitStatus.differences }
    }
}

/// The answer as JSON.
private struct StatusDocument: Encodable {
    /// The present generation; nothing where nothing was applied.
    let generation: Int?
    /// What would have to be done so that the kernel is as it was left.
    let repair: PlanDocument
}
