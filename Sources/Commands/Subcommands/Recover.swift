import ArgumentParser
import Transactions

/// `weir recover`: finish what was interrupted.
struct Recover: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Finish a change that was interrupted, or roll it back.",
        discussion: """
            Every command that changes something does this first. A change that was made and verified is kept, any other one \
            is rolled back. The exit status is 21 if not all could be rolled back.
            """
    )

    @Flag(
        name: .customLong("discard-damaged"),
        help: """
            Move damaged files of the state directory into 'damaged' below it and continue without them; also unfinished \
            changes of other network namespaces that have no watchdog.
            """
    )
    var discardDamaged = false

    @OptionGroup var kernel: KernelOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let terminal = output.terminal
        var recoveries: [Recovery] = []
        var session = try kernel.openSession(terminal) { recoveries.append($0) }
        var moved: [String] = []
        if discardDamaged {
            moved = try explainingFailures(terminal) { () throws(StoreError) in
                try session.setAsideDamage(lockTimeout: kernel.lockDuration)
            }
            if !moved.isEmpty { Deed.note() }
        }
        let isComplete: Bool
        do throws(TransactionError) {
            try session.recover(lockTimeout: kernel.lockDuration)
            isComplete = !recoveries.contains { if case .residue = $0.ending { true } else { false } }
        } catch {
            guard case .unrecovered = error else {
                let (lines, status) = FailureReporter(options: kernel.words).explain(error)
                for line in lines { terminal.complain(line) }
                throw status
            }
            isComplete = false
        }
        if output.json {
            try terminal.write(json: RecoveryDocument(recoveries, moved))
        } else {
            for path in moved { terminal.line("Moved aside: \(path)") }
            for line in recoveries.flatMap(RecoveryText.lines) { terminal.line(line) }
            if recoveries.isEmpty { terminal.line("No change was interrupted.") }
        }
        if !isComplete { throw ExitStatus.residue }
    }
}

/// The answer as JSON.
private struct RecoveryDocument: Encodable {
    struct Item: Encodable {
        let change: Int
        let outcome: String
    }

    let recovered: [Item]
    let putAway: [String]

    init(_ recoveries: [Recovery], _ moved: [String]) {
        recovered = recoveries.map { Item(change: $0.generation.number, outcome: $0.ending.name) }
        putAway = moved
    }
}

extension Recovery.Ending {
    /// One word for programs.
    fileprivate var name: String {
        switch self {
        case .completed: "completed"
        case .takenBack: "takenBack"
        case .elsewhere: "elsewhere"
        case .residue: "residue"
        }
    }
}
