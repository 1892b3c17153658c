import ArgumentParser
import KernelState
import RulesetCompiler
import SystemPackage
import Transactions

/// `weir doctor`: what will give trouble?
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract:
            "Look for problems: other firewalls, services that undo changes, missing kernel features.",
        discussion: """
            Nothing is changed. The exit status is 2 if something was found. The report says what needs a privilege to be seen.
            """
    )

    @Option(
        name: .long,
        help: ArgumentHelp("The root directory of the system's configuration files.", valueName: "directory"),
        completion: .directory
    )
    var root = "/"

    @OptionGroup var kernel: KernelOptions
    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let terminal = output.terminal
        var diagnosis = Diagnosis()
        var tree: SystemTree
        do throws(FileError) {
            tree = try SystemTree(root: FilePath(root))
        } catch {
            terminal.complain("weir: \(error)")
            throw ExitStatus.noInput
        }
        diagnosis.lookAtServices(&tree)
        do throws(KernelStateError) {
            var connection = try kernel.connect()
            diagnosis.lookAtKernel(&connection)
            diagnosis.lookAtStore(try kernel.store(of: connection))
        } catch {
            diagnosis.missed("\(error)")
        }
        if output.json {
            try terminal.write(json: diagnosis)
        } else {
            say(diagnosis, terminal)
        }
        if !diagnosis.findings.isEmpty { throw ExitStatus.differences }
    }

    private func say(_ diagnosis: Diagnosis, _ terminal: Terminal) {
        for finding in diagnosis.findings {
            terminal.line("\(finding.subject): \(finding.problem)", .bold)
            terminal.line("  do: \(finding.advice)")
        }
        for fact in diagnosis.facts { terminal.line("note: \(fact)", .dim) }
        for text in diagnosis.notSeen { terminal.line("not seen: \(text)", .dim) }
        switch diagnosis.findings.count {
        case 0: terminal.line("No problems were found.")
        case 1: terminal.line("1 finding.")
        case let count: terminal.line("\(count) findings.")
        }
    }
}
