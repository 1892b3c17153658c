import KernelState
import Reconciliation
import Transactions

/// A command that changes the kernel: it shows what it would do, asks, does it and says what became of it.
struct Change {
    let verb: String
    /// Whether the change is not made if the plan cannot be written, because nobody could have seen it. A rollback is made anyway.
    let isToBeSeen: Bool
    let confirmation: ConfirmationOptions
    let deadline: DeadlineOptions
    let guards: GuardOptions
    let kernel: KernelOptions
    let output: OutputOptions
    /// How much of what it would do is shown, or printed as JSON.
    let extent: PlanExtent

    /// Makes the change, and waits for what becomes of it where that is wanted.
    /// - Parameters:
    ///   - change: Makes it; asks its argument whether to, showing what would be done.
    ///   - explain: Says for people why it failed, and the exit status.
    func report(
        _ session: inout Session,
        _ change: (inout Session, _ approve: (PreviewReporter) -> Bool) throws(TransactionError) -> Outcome,
        explain: (TransactionError) -> (lines: [String], status: ExitStatus)
    ) throws {
        let terminal = output.terminal
        try checkIsAnswerable()
        var guardian = try explainingFailures(terminal) { () throws(KernelStateError) in
            try Guardian(kernel, guards.overrides)
        }
        var shown: PlanReport?
        let store = session.store
        Progress.shared.begin(.comparison)
        var refusal: ExitStatus?
        let outcome: Outcome
        do throws(TransactionError) {
            outcome = try change(&session) { preview in
                let report = preview.report(extent)
                // What has been shown to a person takes memory that the change needs.
                shown = output.json ? report : report.withoutLines
                if !output.json { report.write(to: terminal) }
                do throws(KernelStateError) {
                    guard try approve(preview, report, &guardian, terminal, &refusal) else { return false }
                } catch {
                    terminal.complain("weir: \(error)")
                    refusal = FailureReporter.status(error)
                    return false
                }
                if let terms = deadline.terms, !output.json, !report.isEmpty { invite(store, terms, terminal) }
                if isUnseen { refusal = .inputOutput }
                if refusal == nil { Progress.shared.begin(.change) }
                return refusal == nil
            }
        } catch {
            let (lines, status) = explain(error)
            for line in lines { terminal.complain(line) }
            throw status
        }
        if let refusal {
            terminal.complain("Nothing was changed.")
            throw refusal
        }
        for line in session.forgottenRoutes.map(RestoreText.line) { terminal.complain(line) }
        try say(outcome, shown ?? PlanReport(), terminal)
        guard case .awaitingConfirmation(_, let awaited) = outcome, deadline.wait else { return }
        Progress.shared.end()
        try wait(for: awaited.number, &session, terminal)
    }

    /// Says how the change is confirmed, as long as that gets through.
    private func invite(_ store: StateStore, _ terms: ConfirmationTerms, _ terminal: Terminal) {
        // The lock is held: nobody else gets the number. Where it cannot be read the change will not be made.
        guard let number = try? store.nextNumber() else { return }
        for line in ConfirmationText.invitation(number, terms, kernel.words) { terminal.line(line) }
    }

    private func wait(for number: Int, _ session: inout Session, _ terminal: Terminal) throws {
        let settlement = try explainingFailures(terminal, FailureReporter(options: kernel.words)) {
            () throws(TransactionError) in
            try session.waitForSettlement(of: number)
        }
        guard let settlement else {
            terminal.complain(
                "weir: the record of change \(number) is gone. It can no longer be confirmed: its watchdog rolls it back."
            )
            throw ExitStatus.residue
        }
        if output.json {
            try terminal.write(json: SettlementDocument(settlement))
        } else {
            for line in ConfirmationText.lines(settlement) { terminal.line(line) }
        }
        if settlement.status != .done { throw settlement.status }
    }

    /// Lets the guards judge a change that was shown, asks whether to make it, and prepares for it.
    private func approve(
        _ preview: PreviewReporter,
        _ report: PlanReport,
        _ guardian: inout Guardian,
        _ terminal: Terminal,
        _ refusal: inout ExitStatus?
    ) throws(KernelStateError) -> Bool {
        let judgement = try guardian.judge(preview, terminal)
        for line in judgement.lines { terminal.complain(line.text) }
        guard judgement.refusals.isEmpty else {
            let options = Set(judgement.refusals.compactMap(\.override)).sorted().joined(separator: " ")
            terminal.complain("weir: with \(options) the change is made anyway")
            refusal = .refused
            return false
        }
        if isUnseen {
            refusal = .inputOutput
            return false
        }
        guard confirmation.yes || terminal.confirm("\(verb)? \(report.summary)") else { return false }
        guard try guardian.track(judgement, terminal) else {
            refusal = .refused
            return false
        }
        return true
    }

    private var isUnseen: Bool {
        isToBeSeen && OutputStream.haveFailed
    }

    private func checkIsAnswerable() throws {
        guard !confirmation.yes, !Terminal.isInteractive else { return }
        output.terminal.complain("weir: there is no terminal to ask on; use --yes")
        throw ExitStatus.usage
    }

    /// Says that there was nothing to do.
    func sayUnchanged() throws {
        try checkIsAnswerable()
        try say(.unchanged, PlanReport(), output.terminal)
    }

    private func say(_ outcome: Outcome, _ shown: PlanReport, _ terminal: Terminal) throws {
        switch outcome {
        case .unchanged:
            try result("unchanged", shown, generation: nil, "Nothing to do: the kernel is as it should be.", terminal)
        case .declined:
            try result("declined", shown, generation: nil, "Nothing was changed.", terminal)
            throw ExitStatus.declined
        case .changed(_, let generation):
            Deed.note()
            try result(
                "changed",
                shown,
                generation: generation,
                "Done: \(counts(shown)). Generation \(generation).",
                terminal
            )
        case .awaitingConfirmation(_, let awaited):
            Deed.note()
            let sentence = "Done: \(counts(shown)). \(ConfirmationText.line(awaited))"
            try result("awaitingConfirmation", shown, generation: nil, awaited: awaited, sentence, terminal)
        }
    }

    private func counts(_ shown: PlanReport) -> String {
        "\(shown.added) added, \(shown.changed) changed, \(shown.removed) removed"
    }

    private func result(
        _ name: String,
        _ shown: PlanReport,
        generation: Int?,
        awaited: AwaitedConfirmation? = nil,
        _ sentence: String,
        _ terminal: Terminal
    ) throws {
        if output.json {
            let plan = PlanDocument(shown)
            terminal.line(
                try JSONText.of(
                    ChangeDocument(
                        outcome: name,
                        generation: generation,
                        plan: plan,
                        awaitingConfirmation: awaited.map(AwaitedDocument.init)
                    )
                )
            )
        } else {
            terminal.line(sentence)
        }
    }
}

/// What became of a change, as JSON.
private struct ChangeDocument: Encodable {
    let outcome: String
    let generation: Int?
    let plan: PlanDocument
    /// The change, where it waits to be confirmed.
    let awaitingConfirmation: AwaitedDocument?
}
