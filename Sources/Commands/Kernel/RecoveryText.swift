import Transactions

/// Says for people what became of changes that were not finished.
enum RecoveryText {
    /// One line about what was found and done, and for a residue what is left.
    static func lines(_ recovery: Recovery) -> [String] {
        endLines(recovery) + recordLines(recovery)
    }

    /// That a rollback could not be written down.
    private static func recordLines(_ recovery: Recovery) -> [String] {
        guard let error = recovery.unrecorded else { return [] }
        return [
            "weir: that could not be recorded: \(error).",
            "The kernel is as described here. The state directory still has the change: the next command that can record it does so.",
        ]
    }

    private static func endLines(_ recovery: Recovery) -> [String] {
        if let decision = recovery.decision, let line = self.line(recovery, decision) { return [line] }
        let change = "weir: change \(recovery.generation.number) (\(text(of: recovery.generation)))"
        let journal = recovery.hadDamagedJournal ? ", and its journal is damaged" : ""
        let found = "\(change) was interrupted\(journal)"
        switch recovery.ending {
        case .completed:
            return ["\(found) after all of it was made: it is kept. The kernel was read and has all of it."]
        case .takenBack where recovery.isRepeated:
            return ["\(change) could be rolled back now: the kernel was read and is as before the change."]
        case .takenBack:
            return ["\(found): what it had made was rolled back. The kernel was read and is as before the change."]
        case .elsewhere:
            return ["\(found) before the last boot, or in a network namespace that is gone: nothing of it is left."]
        case .residue(let residue):
            let first: String
            if recovery.isRepeated {
                first = "\(change) could still not be rolled back."
            } else if case .rollback(let reason)? = recovery.decision {
                first = "\(change) was to be rolled back because \(reason)."
            } else {
                first = "\(found)."
            }
            return [first] + FailureReporter().lines(residue)
        }
    }

    /// What became of a change that needed a confirmation; nil if not all is well.
    private static func line(_ recovery: Recovery, _ decision: Decision) -> String? {
        let change = "weir: change \(recovery.generation.number) (\(text(of: recovery.generation)))"
        switch (recovery.ending, decision) {
        case (.completed, _): return "\(change) was confirmed: it is kept."
        case (.takenBack, .rollback(let reason)):
            return "\(change) was rolled back because \(reason). The kernel was read and is as before the change."
        case (.elsewhere, .rollback(let reason)):
            return "\(change) is gone because \(reason): nothing of it is left."
        default: return nil
        }
    }

    /// What is known about a change that is not finished.
    static func line(_ change: UnfinishedChange) -> String {
        let name = "Change \(change.generation.number) (\(text(of: change.generation)))"
        if let residue = change.residue {
            return "\(name) could not be rolled back (\(residue.joined(separator: "; "))): "
                + "the next change, or 'weir recover', tries again."
        }
        if change.isUnderWay {
            return "\(name) is being made\(change.owner.map { " by process \($0.process)" } ?? "")."
        }
        if change.isWatched { return "\(name) is being finished by its watchdog." }
        return "\(name) was interrupted: the next change, or 'weir recover', finishes it or rolls it back."
    }

    /// Why nothing can be done about a change of another network namespace from here.
    /// - Parameter options: Those that a further command needs, each with a space before it.
    static func lines(
        elsewhere change: UnfinishedChange,
        _ awaited: AwaitedConfirmation?,
        _ options: String
    ) -> [String] {
        let number = change.generation.number
        let state = awaited.map(ConfirmationText.line) ?? line(change)
        var lines = [
            "weir: nothing was changed because the state directory has an unfinished change of another network namespace.",
            state,
        ]
        if change.willBeSettled {
            lines.append(
                "It can be confirmed or cancelled in that namespace only: 'weir cancel \(number)\(options)' there."
            )
        } else {
            lines.append(
                "It has no watchdog: 'weir recover\(options)' in that namespace finishes it or rolls it back."
            )
            lines.append(
                "If that namespace is gone: 'weir recover --discard-damaged\(options)' moves the change aside."
            )
        }
        return lines + ["Give each namespace a state directory of its own."]
    }

    /// What is known about a change that its state directory has lost.
    static func lines(_ watchdog: StrayWatchdog) -> [String] {
        [
            "Change \(watchdog.change) waits to be confirmed, but \(watchdog.directory) has no record of it: the directory was removed, "
                + "moved or covered by a mount, or files in it were removed.",
            "Process \(watchdog.process) is its watchdog and rolls it back at its deadline. It cannot be confirmed.",
        ]
    }

    /// How a generation came about.
    static func text(of generation: Generation) -> String {
        switch generation.action {
        case .apply: (["apply"] + generation.sources.map(\.name)).joined(separator: " ")
        case .rollback: "rollback to \(name(ofState: generation.restored ?? generation.number))"
        case .revert: "revert"
        case .heal: "heal generation \(generation.restored ?? generation.number)"
        }
    }

    private static func name(ofState number: Int) -> String {
        number == Generation.cleanState ? "\(number), the clean state" : "\(number)"
    }
}
