import ArgumentParser
import KernelState
import Reconciliation
import Transactions

/// `weir restore`: what the units that systemd starts at boot run.
struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Bring back the last confirmed generation, as after a boot.",
        discussion: """
            The generation is brought back from its snapshot: no rule file is read, no new generation is made, and nothing is \
            asked. If it is damaged, or if the kernel refuses it, the newest one before it is used. Routes whose interface or \
            address is missing wait. The exit status is 2 if something waits, 26 if not all could be brought back, and 74 if \
            nothing could be, because the state directory is damaged.
            """
    )

    @Option(help: "Bring back only the firewall and settings, or only routes, policy routing rules and settings.")
    var only: Part?

    @Flag(help: "Keep running, and make routes when their interfaces and addresses appear, until none is missing.")
    var wait = false

    @Flag(
        name: .customLong("fail-closed"),
        help: "If no generation can be brought back, load rules that let in ssh and nothing else."
    )
    var failClosed = false

    @Option(
        name: .customLong("ssh-port"),
        help: ArgumentHelp("The port that --fail-closed leaves open.", valueName: "port")
    )
    var sshPort: UInt16 = 22

    @OptionGroup var kernel: KernelOptions
    @OptionGroup var output: OutputOptions

    /// What can be brought back alone.
    enum Part: String, ExpressibleByArgument, CaseIterable {
        case firewall
        case routing
    }

    private var scope: RestoreScope {
        switch only {
        case nil: .all
        case .firewall: .firewall
        case .routing: .routing
        }
    }

    mutating func validate() throws {
        if wait, only == .firewall {
            throw ValidationError("--wait waits for routes, and --only firewall makes none")
        }
        if failClosed, only == .routing {
            throw ValidationError("--fail-closed loads rules, and --only routing loads none")
        }
        if sshPort == 0 { throw ValidationError("there is no port 0") }
    }

    mutating func run() throws {
        let terminal = output.terminal
        let emergency = failClosed ? EmergencyRules.state(sshPort: sshPort) : nil
        if failClosed, emergency == nil { throw ExitStatus.internalError }
        var session = try kernel.openSession(terminal)
        // Whoever begins to listen afterwards may miss what comes meanwhile.
        var monitor = try explainingFailures(terminal) { () throws(KernelStateError) in try session.monitor() }
        let reporter = FailureReporter(options: kernel.words)
        var restored = try explainingFailures(terminal, reporter) { () throws(TransactionError) in
            try session.restore(scope, orLoad: emergency, lockTimeout: kernel.lockDuration)
        }
        if restored.isClosed || !restored.made.isEmpty { Deed.note() }
        let isFirstWhole = restored.isWhole
        if wait, !restored.deferred.isEmpty {
            if !output.json { say(restored, scope, terminal) }
            restored = try explainingFailures(terminal, reporter) { () throws(TransactionError) in
                try session.restoreDeferred(of: restored, as: &monitor) { more in
                    Deed.note()
                    if !output.json { say(more, .routing, terminal) }
                }
            }
        } else if !output.json {
            say(restored, scope, terminal)
        }
        if output.json { try terminal.write(json: RestoreDocument(restored, scope)) }
        if restored.status != .done { throw restored.status }
        if !isFirstWhole { throw ExitStatus.partlyRestored }
    }

    private func say(_ restored: Restored, _ scope: RestoreScope, _ terminal: Terminal) {
        let text = RestoreText(restored, scope)
        for line in text.problems { terminal.complain(line) }
        terminal.line(text.summary)
        for line in text.deferred { terminal.line(line) }
    }
}

/// The answer as JSON.
private struct RestoreDocument: Encodable {
    struct Waiting: Encodable {
        let what: String
        let reason: String
    }

    /// The generation that the kernel has now.
    let generation: Int?
    /// Whether the emergency rules were loaded.
    let failedClosed: Bool
    let added: Int
    let changed: Int
    let removed: Int
    /// Newer generations that could not be brought back.
    let skipped: [Int]
    let waiting: [Waiting]
    /// What is wrong, in lines for people.
    let problems: [String]

    init(_ restored: Restored, _ scope: RestoreScope) {
        generation = restored.generation?.number
        failedClosed = restored.isClosed
        let summary = restored.made.summary
        (added, changed, removed) = (summary.added, summary.changed, summary.removed)
        skipped = restored.skipped.map(\.number)
        waiting = restored.deferred.map {
            Waiting(what: RestoreText.text(of: $0.subject), reason: RestoreText.text(of: $0.reason))
        }
        problems = RestoreText(restored, scope).problems
    }
}
