import KernelObjects
import KernelState
import Lowering
import Reconciliation
import RulesetModel
import SystemPackage
import Transactions

/// Says for people why a change failed, what state the host is in, and the exit status.
struct FailureReporter {
    private let text: ComplaintText
    private let desired: FirewallState?
    private let origins: Origins?
    private let ruleset: Ruleset
    private let options: String

    /// How many objects are named that are not as they should be.
    private static let mostObjects = 10

    /// - Parameter options: Those that a further command needs, each with a space before it.
    init(input: RulesetInput, lowered: Lowered, options: String = "") {
        self.options = options
        desired = lowered.state.firewall
        origins = Origins(input, lowered)
        text = ComplaintText(desired, tables: input.ruleset.routingTables, origins: origins)
        ruleset = input.ruleset
    }

    /// For a plan that was made earlier.
    init(_ input: PlanInput, options: String) {
        self.options = options
        desired = input.plan.desired.firewall
        origins = nil
        text = ComplaintText(desired, tables: input.ruleset.routingTables, origins: nil)
        ruleset = input.ruleset
    }

    /// For a change that was not made from a rule file.
    init(options: String = "") {
        self.options = options
        desired = nil
        origins = nil
        text = ComplaintText(nil, origins: nil)
        ruleset = Ruleset()
    }

    /// The lines, and the status.
    func explain(_ error: TransactionError) -> (lines: [String], status: ExitStatus) {
        switch error {
        case .store(let error): return (Self.lines(error), Self.status(error))
        case .kernel(let error): return (["weir: \(error)"], Self.status(error))
        case .conflicts(let conflicts):
            return (conflicts.map(text.line) + ["Nothing was changed."], Self.status(conflicts))
        case .refused(let complaints):
            return (complaints.map(text.line) + ["Nothing was changed."], complaints.first?.status ?? .badInput)
        case .stale:
            return (["weir: another program changed the kernel's state meanwhile. Weir changed nothing."], .stale)
        case .unfit(let refusal): return (PlanRefusalText(refusal, ruleset: ruleset).lines, .stale)
        case .undone(let cause):
            let end = "What had been done was rolled back; the kernel was read and is as before."
            return (lines(cause) + [end], .rolledBack)
        case .residue(let cause, let residue): return (lines(cause) + lines(residue), .residue)
        case .awaitingConfirmation(let awaited):
            let lines = ["weir: nothing was changed because another change waits to be confirmed."]
            return (
                lines + [ConfirmationText.line(awaited)] + ConfirmationText.ways(awaited, options),
                .awaitingConfirmation
            )
        case .stray(let watchdog):
            return (
                ["weir: nothing was changed because another change waits to be confirmed."]
                    + RecoveryText.lines(watchdog),
                .awaitingConfirmation
            )
        case .unconfirmed(let awaited, let error):
            let line = "weir: change \(awaited.number) was not confirmed because that cannot be recorded: \(error)."
            return ([line, ConfirmationText.line(awaited)], Self.status(error))
        case .elsewhere(let change, let awaited):
            let status: ExitStatus = awaited == nil ? .locked : .awaitingConfirmation
            return (RecoveryText.lines(elsewhere: change, awaited, options), status)
        case .unwatched(let error):
            return (["weir: nothing was changed because no watchdog could roll it back: \(error)"], .inputOutput)
        case .unrecovered: return (["The change that was asked for was not begun."], .residue)
        }
    }

    private func lines(_ cause: FailureCause) -> [String] {
        switch cause {
        case .refused(let complaints): complaints.map(text.line)
        case .kernel(let error): ["weir: \(error)"]
        case .notAsDesired(let remaining): lines(notAsDesired: remaining)
        case .stale: ["weir: another program changed the same objects meanwhile"]
        case .store(let error): ["weir: \(error)"]
        }
    }

    /// What the kernel has otherwise than it was told, object by object.
    private func lines(notAsDesired remaining: ChangeSet) -> [String] {
        let report = ChangeReporter(
            remaining,
            observed: desired,
            desired: desired,
            options: ruleset.options,
            tables: ruleset.routingTables,
            origins: origins
        ).report(.folded)
        var lines = [
            "weir: the kernel took the change but does not have what was asked for. These changes would still be needed:"
        ]
        lines += report.flatRows(withSources: true).prefix(Self.mostObjects).map { "  \($0)" }
        let rest = report.total - Self.mostObjects
        return rest > 0 ? lines + ["  and \(rest) more"] : lines
    }

    /// What is left of a change that could not be rolled back.
    func lines(_ residue: Residue) -> [String] {
        var lines = ["NOT EVERYTHING COULD BE ROLLED BACK: this host is not as it was before."]
        if let remaining = residue.remaining {
            let report = ChangeReporter(remaining, observed: nil, desired: nil).report(.folded)
            lines.append("These changes would still be needed:")
            lines += report.flatRows().map { "  \($0)" }
            lines += remaining.addresses.map {
                "  + address \($0.address)/\($0.prefixLength) of interface number \($0.interfaceIndex)"
            }
        } else {
            lines.append("The kernel could not be read, so it is not known what is left.")
        }
        lines += residue.conflicts.map(text.line) + residue.complaints.map(text.line)
        return lines + ["The state before is kept in \(residue.snapshotPath)."]
    }

    /// What is wrong with the state directory, and what to do about damage.
    static func lines(_ error: StoreError) -> [String] {
        guard case .malformed = error else { return ["weir: \(error)"] }
        return [
            "weir: \(error)",
            "Weir uses nothing in it, and nothing was changed. Restore the file from a backup, or let Weir move it aside and "
                + "continue without it: 'weir recover --discard-damaged'.",
        ]
    }

    /// What another program holds is refused; what the kernel does not have is a feature it lacks.
    static func status(_ conflicts: [Conflict]) -> ExitStatus {
        let areAllMissing = conflicts.allSatisfy {
            guard case .noSuchSysctl = $0 else { return false }
            return true
        }
        return areAllMissing ? .unavailable : .refused
    }

    static func status(_ error: StoreError) -> ExitStatus {
        switch error {
        case .locked: .locked
        case .system(_, _, .permissionDenied), .system(_, _, .notPermitted): .noPermission
        case .noSuchGeneration, .noEarlierGeneration: .noInput
        case .system, .untrusted, .malformed, .newerFormat: .inputOutput
        }
    }

    static func status(_ error: KernelStateError) -> ExitStatus {
        switch error.cause {
        case .notPermitted: .noPermission
        case .missingFeature: .unavailable
        case .stale: .stale
        case .refused: .badInput
        case .object: .badInput
        case .system: .inputOutput
        }
    }
}
