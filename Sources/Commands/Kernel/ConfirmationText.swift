import KernelObjects
import NetworkTypes
import Transactions

/// Says for people what waits to be confirmed, how long, and what to do about it.
enum ConfirmationText {
    /// A change that waits, in one line.
    static func line(_ awaited: AwaitedConfirmation) -> String {
        let change = "Change \(awaited.number) (\(RecoveryText.text(of: awaited.generation)))"
        guard awaited.deadline.hasPassed else {
            return "\(change) waits to be confirmed: it is rolled back in \(remaining(awaited))."
        }
        return "\(change) was not confirmed in time: its rollback is overdue by \(lateness(awaited))."
    }

    /// How late it is, in whole seconds.
    private static func lateness(_ awaited: AwaitedConfirmation) -> String {
        let seconds = (BootInstant.now.nanoseconds - awaited.deadline.nanoseconds) / 1_000_000_000
        return seconds == 0 ? "less than a second" : "\(TimeSpan(milliseconds: seconds * 1000))"
    }

    /// How long it waits still, in whole seconds.
    static func remaining(_ awaited: AwaitedConfirmation) -> String {
        let seconds = (awaited.deadline.remainingNanoseconds + 999_999_999) / 1_000_000_000
        return "\(TimeSpan(milliseconds: seconds * 1000))"
    }

    /// What can be done about it.
    /// - Parameter options: Those that a further command needs, each with a space before it.
    static func ways(_ awaited: AwaitedConfirmation, _ options: String) -> [String] {
        let number = awaited.number
        return [
            "  weir confirm \(number)\(options)     keeps it",
            "  weir cancel \(number)\(options)      rolls it back now",
            "  weir extend \(number) 5m\(options)   lets it wait longer",
        ]
    }

    /// How to confirm a change that is about to be made: from a session that does not exist yet, as only that proves anything. What is
    /// said later may not get through.
    /// - Parameter options: Those that a further command needs, each with a space before it.
    static func invitation(_ number: Int, _ terms: ConfirmationTerms, _ options: String) -> [String] {
        let window = TimeSpan(milliseconds: terms.window / 1_000_000)
        let command = "weir confirm \(number)\(options)"
        let way =
            login == nil
            ? "make sure that you can still log in, then run:"
            : "confirm it from a new ssh session:"
        return [
            "Change \(number) will be rolled back \(window) after it is made, unless it is confirmed. To keep it, \(way)",
            // The shell of the other session reads what is quoted for it.
            "  " + (login.map { $0 + " " + (command.contains("'") ? ShellText.word(command) : command) } ?? command),
        ] + terms.probes.map { "It is kept only if \($0) can be reached then." }
    }

    /// The command for another session like the one that this is; nil if it is none of ssh.
    private static var login: String? {
        // An address and a port, and nothing that a shell or ssh would take for something else.
        guard let value = environment("SSH_CONNECTION"), let session = SSHConnection(value) else { return nil }
        let host = ShellText.word(value.split(separator: " ").dropFirst(2).first.map(String.init) ?? "")
        return session.local.port == 22 ? "ssh \(host)" : "ssh -p \(session.local.port) \(host)"
    }

    /// What became of a change, in lines.
    static func lines(_ settlement: Settlement) -> [String] {
        switch settlement {
        case .confirmed(let number): ["Change \(number) is confirmed: it stays."]
        case .takenBack(let number, let reason):
            ["Change \(number) was rolled back because \(reason): the kernel was read and is as before the change."]
        case .residue(let number, let lines):
            ["CHANGE \(number) COULD NOT BE ROLLED BACK COMPLETELY: this host is not as it was before."] + lines
        }
    }
}

extension KernelOptions {
    /// The options that a further command about the same state needs, each with a space before it.
    var words: String {
        var words = ""
        if let netns { words += " --netns \(ShellText.word(netns))" }
        if let stateDirectory { words += " --state-dir \(ShellText.word(stateDirectory))" }
        return words
    }
}

extension Settlement {
    /// The exit status for a user who wanted the change.
    var status: ExitStatus {
        switch self {
        case .confirmed: .done
        case .takenBack: .notConfirmed
        case .residue: .residue
        }
    }
}

/// What became of a change, as JSON.
struct SettlementDocument: Encodable {
    let change: Int
    /// `confirmed`, `takenBack` or `residue`.
    let outcome: String
    let reason: String?
    let residue: [String]?

    init(_ settlement: Settlement) {
        switch settlement {
        case .confirmed(let number):
            (change, outcome, reason, residue) = (number, "confirmed", nil, nil)
        case .takenBack(let number, let reason):
            (change, outcome, self.reason, residue) = (number, "takenBack", reason, nil)
        case .residue(let number, let lines):
            (change, outcome, reason, residue) = (number, "residue", nil, lines)
        }
    }
}

/// A change that waits to be confirmed, as JSON.
struct AwaitedDocument: Encodable {
    let change: Int
    /// How long it waits still, in milliseconds.
    let remainingMilliseconds: UInt64
    /// Whether a process watches that it is rolled back in time.
    let isWatched: Bool
    let probes: [String]

    init(_ awaited: AwaitedConfirmation) {
        change = awaited.number
        remainingMilliseconds = awaited.deadline.remainingNanoseconds / 1_000_000
        isWatched = awaited.isWatched
        probes = awaited.probes.map(\.description)
    }
}
