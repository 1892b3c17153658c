import ArgumentParser
import KernelObjects
import Transactions

/// `weir status`: is the kernel as Weir left it?
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what differs in the kernel from what was applied.",
        discussion: """
            If a change waits to be confirmed, the kernel is compared with that change. The exit status is 2 if there is a \
            difference, also if another program's route or rule is in the way, and 21 if a change was interrupted, could not be \
            rolled back, or if its rollback is overdue.
            """
    )

    @OptionGroup var kernel: KernelOptions
    @OptionGroup var extent: ExtentOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let terminal = output.terminal
        Progress.shared.begin(.comparison)
        var session = try kernel.openSession(terminal)
        let store = session.store
        let (awaited, unfinished) = try explainingFailures(terminal) { () throws(StoreError) in
            let awaited = try store.awaitedConfirmation()
            return (awaited, try store.unfinishedChanges().filter { $0.generation.number != awaited?.number })
        }
        let current = try explainingFailures(terminal, FailureReporter()) { () throws(TransactionError) in
            guard let awaited else { return try session.previewOfCurrent() }
            return (awaited.generation, try session.preview(of: awaited))
        }
        let stray = try explainingFailures(terminal) { () throws(StoreError) in try session.strayWatchdog() }
        var preview = current?.preview
        // Where nothing was applied there should be nothing. Who may not look at the kernel is not told.
        if preview == nil { preview = try? session.preview(DesiredState()) }
        let reporter = preview.map { PreviewReporter($0) }
        let report = reporter?.report(extent.extent(output)) ?? PlanReport()
        // What others hold is a difference too, though nothing can be done about it as long as they do.
        let refusals = reporter?.refusals ?? []
        let generation = current?.generation.number
        if output.json {
            try terminal.write(json: StatusDocument(generation, report, refusals, awaited, unfinished))
        } else {
            if let awaited {
                terminal.line(ConfirmationText.line(awaited), .bold)
                for line in notes(awaited) { terminal.line(line) }
            }
            for line in stray.map(RecoveryText.lines) ?? [] { terminal.line(line, .bold) }
            say(generation, report, refusals, unfinished, terminal)
        }
        let isLate = awaited?.deadline.hasPassed ?? false
        if isLate || stray != nil || unfinished.contains(where: { !$0.willBeSettled || $0.residue != nil }) {
            throw ExitStatus.residue
        }
        if !report.isEmpty || !refusals.isEmpty { throw ExitStatus.differences }
    }

    /// What can be done about a change that waits, or becomes of it.
    private func notes(_ awaited: AwaitedConfirmation) -> [String] {
        let isLate = awaited.deadline.hasPassed
        let ways = isLate ? [] : ConfirmationText.ways(awaited, kernel.words)
        guard !awaited.isWatched else {
            return ways
                + (isLate
                    ? [
                        "Its watchdog is rolling it back. 'weir recover\(kernel.words)' tries at once, and says what fails."
                    ] : [])
        }
        return ways + [
            isLate
                ? "Its watchdog was killed: 'weir recover\(kernel.words)' rolls it back."
                : "Its watchdog was killed: the next command that changes something starts another one."
        ]
    }

    private func say(
        _ generation: Int?,
        _ report: PlanReport,
        _ refusals: [String],
        _ unfinished: [UnfinishedChange],
        _ terminal: Terminal
    ) {
        for change in unfinished { terminal.line(RecoveryText.line(change), .bold) }
        guard !report.isEmpty || !refusals.isEmpty else {
            terminal.line(generation.map { "The kernel is as generation \($0) left it." } ?? "Nothing was applied.")
            return
        }
        let name = generation.map { "generation \($0)" } ?? "the clean state"
        if !report.isEmpty {
            terminal.line("The kernel differs from \(name). To restore it, these changes are needed:")
            report.write(to: terminal)
            terminal.line(report.summary)
        }
        if !refusals.isEmpty {
            terminal.line(report.isEmpty ? "The kernel differs from \(name):" : "What is in the way of that:")
            for refusal in refusals { terminal.line(refusal) }
        }
    }
}

/// The answer as JSON.
private struct StatusDocument: Encodable {
    /// A change that is not finished.
    struct Unfinished: Encodable {
        let change: Int
        /// `underWay`, `interrupted` or `residue`.
        let state: String
        /// What could not be rolled back.
        let residue: [String]?
    }

    /// The present generation; nil if nothing was applied.
    let generation: Int?
    /// What would have to be done so that the kernel is as it was left, and in `refusals` what stands in the way of that.
    let repair: PlanDocument
    /// The change that waits to be confirmed.
    let awaitingConfirmation: AwaitedDocument?
    /// Other changes that are not finished.
    let unfinished: [Unfinished]

    init(
        _ generation: Int?,
        _ report: PlanReport,
        _ refusals: [String],
        _ awaited: AwaitedConfirmation?,
        _ unfinished: [UnfinishedChange]
    ) {
        awaitingConfirmation = awaited.map(AwaitedDocument.init)
        self.generation = generation
        repair = PlanDocument(report, refusals: refusals)
        self.unfinished = unfinished.map { change in
            let state = change.residue != nil ? "residue" : change.willBeSettled ? "underWay" : "interrupted"
            return Unfinished(change: change.generation.number, state: state, residue: change.residue)
        }
    }
}
