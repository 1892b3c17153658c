import ArgumentParser
import KernelState
import Transactions

/// `weir confirm`: keep a change that waits.
struct Confirm: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm",
        abstract: "Keep a change that was made with --confirm.",
        discussion: "The exit status is 22 if it is too late: the change was rolled back."
    )

    @Argument(
        help: "The number of the change; by default the one that waits.",
        completion: CompletionWords.waitingChange
    )
    var change: Int?

    @OptionGroup var kernel: KernelOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let terminal = output.terminal
        var session = try kernel.openSession(terminal)
        let store = session.store
        let awaited = try explainingFailures(terminal) { () throws(StoreError) in try store.awaitedConfirmation() }
        if let awaited, change ?? awaited.number == awaited.number, !awaited.deadline.hasPassed {
            try probe(awaited, terminal)
        }
        let number = change
        let settlement = try explainingFailures(terminal, FailureReporter(options: kernel.words)) {
            () throws(TransactionError) in
            try session.confirm(number, lockTimeout: kernel.patientLockDuration)
        }
        try settlement.report(change, output) { $0.status }
        try sayWhatElseWaits(store, settlement, kernel, terminal)
    }

    /// Lets this host open the connections of `--confirm-probe`.
    private func probe(_ awaited: AwaitedConfirmation, _ terminal: Terminal) throws {
        let probes = awaited.probes
        guard !probes.isEmpty else { return }
        let complaints = try explainingFailures(terminal) { () throws(KernelStateError) in
            try kernel.performInNamespace { probes.compactMap { $0.complaint() } }
        }
        guard !complaints.isEmpty else { return }
        for complaint in complaints { terminal.complain("weir: \(complaint)") }
        terminal.complain(
            "Change \(awaited.number) was not confirmed: this host cannot reach the target of --confirm-probe. "
                + ConfirmationText.line(awaited)
        )
        throw ExitStatus.refused
    }
}

/// `weir cancel`: take a change back that waits.
struct Cancel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Roll a change back now that was made with --confirm.",
        discussion: "A change that was confirmed stays: 'weir rollback' goes back."
    )

    @Argument(
        help: "The number of the change; by default the one that waits.",
        completion: CompletionWords.waitingChange
    )
    var change: Int?

    @OptionGroup var kernel: KernelOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let terminal = output.terminal
        var session = try kernel.openSession(terminal)
        let number = change
        let settlement = try explainingFailures(terminal, FailureReporter(options: kernel.words)) {
            () throws(TransactionError) in
            try session.cancel(number, lockTimeout: kernel.patientLockDuration)
        }
        try settlement.report(change, output) { settlement in
            switch settlement {
            case .confirmed: .noInput
            case .takenBack: .done
            case .residue: .residue
            }
        }
        try sayWhatElseWaits(session.store, settlement, kernel, terminal)
    }
}

/// `weir extend`: let a change wait longer.
struct Extend: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extend",
        abstract: "Let a change that was made with --confirm wait longer.",
        discussion: "It waits for that time, counted from now; a later deadline stays."
    )

    @Argument(help: "The number of the change.", completion: CompletionWords.waitingChange)
    var change: Int

    @Argument(
        help: ArgumentHelp("How long: 90s, 5m, 1h.", valueName: "time"),
        completion: CompletionWords.windows,
        transform: ConfirmationWindow.read
    )
    var window: ConfirmationWindow

    @OptionGroup var kernel: KernelOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let terminal = output.terminal
        var session = try kernel.openSession(terminal)
        let store = session.store
        let (number, window) = (change, window.nanoseconds)
        let awaited = try explainingFailures(terminal, FailureReporter(options: kernel.words)) {
            () throws(TransactionError) in
            try session.extend(number, to: window, lockTimeout: kernel.patientLockDuration)
        }
        guard let awaited else {
            let settlement = try explainingFailures(terminal) { () throws(StoreError) in
                try store.settlement(of: number)
            }
            try settlement.report(number, output) { settlement in
                if case .confirmed = settlement { .noInput } else { settlement.status }
            }
            return
        }
        Deed.note()
        if output.json {
            try terminal.write(json: AwaitedDocument(awaited))
        } else {
            terminal.line(ConfirmationText.line(awaited))
        }
    }
}

/// Says that another change waits than the one that was named: whoever meant it would learn too late. It was not touched.
private func sayWhatElseWaits(
    _ store: StateStore,
    _ settlement: Settlement?,
    _ kernel: KernelOptions,
    _ terminal: Terminal
) throws {
    let awaited = try explainingFailures(terminal) { () throws(StoreError) in try store.awaitedConfirmation() }
    guard let awaited, awaited.number != settlement?.number else { return }
    terminal.complain("weir: that change was already confirmed or rolled back. Another one waits:")
    terminal.complain(ConfirmationText.line(awaited))
    for line in ConfirmationText.ways(awaited, kernel.words) { terminal.complain(line) }
    throw ExitStatus.awaitingConfirmation
}

extension Optional<Settlement> {
    /// Says what became of a change.
    fileprivate func report(_ number: Int?, _ output: OutputOptions, status: (Settlement) -> ExitStatus) throws {
        let terminal = output.terminal
        guard let settlement = self else {
            terminal.complain(
                number.map { "weir: there is no change \($0)" } ?? "weir: no change waits to be confirmed"
            )
            throw ExitStatus.noInput
        }
        let status = status(settlement)
        if status == .done { Deed.note() }
        if output.json {
            try terminal.write(json: SettlementDocument(settlement))
        } else {
            for line in ConfirmationText.lines(settlement) { terminal.line(line) }
        }
        if status != .done { throw status }
    }
}
