import ArgumentParser
import SystemPackage
import Transactions

/// `weir rehearse`: what `plan --rehearse` starts. Nobody else has a use for it.
struct RehearsalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehearse",
        abstract: "Rehearse a change in a private network namespace.",
        shouldDisplay: false
    )

    mutating func run() throws {
        do {
            try RehearsalProcess.work()
        } catch {
            Terminal(.never).complain("weir: this command is for Weir itself (\(error)); use 'weir plan --rehearse'")
            throw ExitStatus.usage
        }
    }
}
