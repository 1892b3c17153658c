import ArgumentParser
import KernelObjects
import Lowering
import Reconciliation
import Transactions

/// `weir apply`: make it so.
struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Change the kernel so that it does what a rule file says.",
        discussion: """
            Exactly the difference that 'plan' shows is made, as one change: if anything fails, all is taken back. A second \
            'apply' of the same file changes nothing.
            """
    )

    @Argument(
        help: "A rule file, model JSON, or - for standard input.",
        completion: .file(extensions: ["weir", "json"])
    )
    var file: String

    @OptionGroup var adoption: AdoptionOptions
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var kernel: KernelOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let terminal = output.terminal
        if file == "-", !confirmation.yes {
            terminal.complain("weir: the rules come from standard input, so there is nobody to ask; say --yes")
            throw ExitStatus.usage
        }
        let input = try RulesetInput.load(file, terminal: terminal)
        let lowered = try input.lowered(terminal: terminal)
        var session = try kernel.openSession(terminal)
        let change = Change(verb: "Apply", confirmation: confirmation, output: output)
        try change.report { (approve) throws(TransactionError) in
            try session.apply(
                lowered.state,
                text: input.text,
                adoption: adoption.routes,
                lockTimeout: kernel.lockDuration
            ) { preview in
                approve(PreviewReporter(preview, input: input, lowered: lowered))
            }
        } explain: { error in
            FailureReporter(input: input, lowered: lowered).explain(error)
        }
    }
}
