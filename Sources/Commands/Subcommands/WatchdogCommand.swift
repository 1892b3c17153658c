import ArgumentParser
import KernelState
import Netlink
import SystemPackage
import Transactions

/// `weir watchdog`: what `--confirm` starts. Nobody else has a use for it.
struct WatchdogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watchdog",
        abstract: "Roll a change back unless it is confirmed in time.",
        shouldDisplay: false
    )

    @Argument(help: "The number of the change.")
    var change: Int

    @Option(name: .customLong("state-dir"), help: "The state directory.")
    var stateDirectory: String

    @Flag(help: "Whether systemd has started it.")
    var service = false

    mutating func run() throws {
        let life = WatchdogLife(isService: service)
        do {
            var session = try openSession(in: life.namespacePath, StateStore(directory: FilePath(stateDirectory)))
            let watchdog = try Watchdog(over: change, with: session)
            life.sayReady()
            watchdog.watch(with: &session)
        } catch let error as TransactionError {
            try fail(FailureReporter().explain(error).lines.joined(separator: "; "), life)
        } catch {
            try fail("\(error)", life)
        }
    }

    private func openSession(in namespace: FilePath, _ store: StateStore) throws -> Session {
        let connection = try KernelConnection(NetworkNamespace(path: namespace))
        return try Session(
            connection,
            store: store,
            program: WeirCommand.version,
            startsWatchdogs: false
        ) { recovery in
            for line in RecoveryText.lines(recovery) { SystemLog.write(line) }
        }
    }

    private func fail(_ reason: String, _ life: WatchdogLife) throws {
        life.sayFailure(reason)
        SystemLog.write("the watchdog of change \(change) cannot do its work: \(reason)")
        throw ExitStatus.internalError
    }
}
