import ArgumentParser
import Transactions

/// `weir rollback`: back to an earlier generation.
struct Rollback: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Go back to an earlier generation.",
        discussion: """
            Without a number, it goes back to the generation before the one that the kernel has now; after the first 'apply' \
            that is the clean state, which has the number 0. Each further rollback goes one generation further back, never \
            forward: to go forward, give the number. 'weir history' lists the generations.
            """
    )

    @Argument(
        help: "The number of the generation, or 0 for the clean state.",
        completion: CompletionWords.earlierGenerations
    )
    var generation: Int?

    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var deadline: DeadlineOptions
    @OptionGroup var guards: GuardOptions
    @OptionGroup var kernel: KernelOptions
    @OptionGroup var extent: ExtentOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        var session = try kernel.openSession(output.terminal)
        let change = Change(
            verb: "Roll back",
            isToBeSeen: false,
            confirmation: confirmation,
            deadline: deadline,
            guards: guards,
            kernel: kernel,
            output: output,
            extent: extent.extent(output)
        )
        try change.report(&session) { (session, approve) throws(TransactionError) in
            try session.rollback(to: generation, confirmation: deadline.terms, lockTimeout: kernel.lockDuration) {
                preview in
                approve(PreviewReporter(preview))
            }
        } explain: { error in
            FailureReporter(options: kernel.words).explain(error)
        }
    }
}
