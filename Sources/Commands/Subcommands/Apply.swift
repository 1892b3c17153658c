import ArgumentParser
import KernelObjects
import Lowering
import Reconciliation
import Transactions

/// `weir apply`: make it so.
struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Change the kernel so that it does what a rule file says.",
        discussion: """
            Weir makes exactly the changes that 'plan' shows, as one change: if a part fails, all is rolled back. A second \
            'apply' of the same file changes nothing. A plan file of 'plan --out' is made as it was shown, or refused with 23 if \
            what it touches has changed since.
            """
    )

    @Argument(
        help: "A rule file, model JSON, a plan, or - for standard input.",
        completion: .file(extensions: ["weir", "json", "plan"])
    )
    var file: String

    @OptionGroup var adoption: AdoptionOptions
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var deadline: DeadlineOptions
    @OptionGroup var guards: GuardOptions
    @OptionGroup var kernel: KernelOptions
    @OptionGroup var extent: ExtentOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let terminal = output.terminal
        if file == "-", !confirmation.yes {
            terminal.complain(
                "weir: the rules come from standard input, so the question cannot be answered there; use --yes"
            )
            throw ExitStatus.usage
        }
        if let input = try PlanInput.load(file, terminal: terminal) {
            try apply(input)
        } else if kernel.hasInEffect(file, isForChange: true) {
            try change.sayUnchanged()
        } else {
            try apply(RulesetInput.load(file, terminal: terminal))
        }
    }

    private var change: Change {
        Change(
            verb: "Apply",
            isToBeSeen: true,
            confirmation: confirmation,
            deadline: deadline,
            guards: guards,
            kernel: kernel,
            output: output,
            extent: extent.extent(output)
        )
    }

    private func apply(_ input: RulesetInput) throws {
        let terminal = output.terminal
        // Nobody writes an empty file to say that nothing is wanted: something went wrong in writing it.
        if input.isEmpty {
            terminal.complain("weir: \(file) is empty; 'weir revert' removes everything")
            throw ExitStatus.badInput
        }
        let lowered = try input.lowered(terminal: terminal)
        var session = try kernel.openSession(terminal)
        try change.report(&session) { (session, approve) throws(TransactionError) in
            try session.apply(
                lowered.state,
                text: input.text,
                adoption: adoption.routes,
                confirmation: deadline.terms,
                lockTimeout: kernel.lockDuration
            ) { preview in
                approve(PreviewReporter(preview, input: input, lowered: lowered))
            }
        } explain: { error in
            FailureReporter(input: input, lowered: lowered, options: kernel.words).explain(error)
        }
    }

    private func apply(_ input: PlanInput) throws {
        let terminal = output.terminal
        if adoption.adopt {
            terminal.complain("weir: --adopt must be given to 'weir plan --out': it cannot be added to a plan file")
            throw ExitStatus.usage
        }
        var session = try kernel.openSession(terminal)
        try change.report(&session) { (session, approve) throws(TransactionError) in
            try session.apply(
                input.plan,
                confirmation: deadline.terms,
                lockTimeout: kernel.lockDuration
            ) { preview in
                approve(PreviewReporter(preview, ruleset: input.ruleset))
            }
        } explain: { error in
            FailureReporter(input, options: kernel.words).explain(error)
        }
    }
}
