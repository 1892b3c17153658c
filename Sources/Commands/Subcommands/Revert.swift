import ArgumentParser
import Transactions

/// `weir revert`: back to the clean state.
struct Revert: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revert",
        abstract: "Remove everything that Weir made and restore what it displaced.",
        discussion: "The history stays: 'weir rollback' can bring a generation back later."
    )

    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var deadline: DeadlineOptions
    @OptionGroup var guards: GuardOptions
    @OptionGroup var kernel: KernelOptions
    @OptionGroup var extent: ExtentOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        var session = try kernel.openSession(output.terminal)
        let change = Change(
            verb: "Revert",
            isToBeSeen: false,
            confirmation: confirmation,
            deadline: deadline,
            guards: guards,
            kernel: kernel,
            output: output,
            extent: extent.extent(output)
        )
        try change.report(&session) { (session, approve) throws(TransactionError) in
            try session.revert(confirmation: deadline.terms, lockTimeout: kernel.lockDuration) {
                approve(PreviewReporter($0))
            }
        } explain: { error in
            FailureReporter(options: kernel.words).explain(error)
        }
    }
}
