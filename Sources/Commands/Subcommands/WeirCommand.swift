public import ArgumentParser
import Diagnostics
import Netlink

/// The command line.
///
/// Every command says its own name. Otherwise ArgumentParser makes it of the type's name, and for that the runtime goes through all
/// conformances to protocols that there are: a third of the time that the program takes to start.
public struct WeirCommand: ParsableCommand {
    /// What `weir --version` prints.
    static let version = "0.1.0"

    public static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract: "A firewall and routing rule manager.",
        discussion: """
            Write what the host should do in a rule file; 'plan' shows what would change in the kernel, 'apply' changes exactly \
            that, 'rollback' and 'revert' go back.
            """,
        version: "weir \(version)",
        groupedSubcommands: [
            CommandGroup(name: "Rule files", subcommands: [Check.self, Format.self, Show.self, Emit.self]),
            CommandGroup(
                name: "The kernel",
                subcommands: [Plan.self, Apply.self, Status.self, Watch.self, Doctor.self]
            ),
            CommandGroup(name: "Changes that wait", subcommands: [Confirm.self, Cancel.self, Extend.self]),
            CommandGroup(
                name: "The way back",
                subcommands: [History.self, Rollback.self, Revert.self, Recover.self, Restore.self]
            ),
            CommandGroup(name: "For Weir itself", subcommands: [WatchdogCommand.self, RehearsalCommand.self]),
        ]
    )

    /// Creates the command, for ArgumentParser.
    public init() {}

    /// Runs the program; a status that a subcommand throws is the exit status.
    public static func start() -> Never {
        OutputStream.prepare()
        do {
            let arguments = try CommandWord.words(ProcessStart.arguments)
            if arguments.count == 2, arguments[0] == "help", let text = HelpTopics.text(for: arguments[1]) {
                OutputStream.output.write(text)
                OutputStream.end(.done)
            }
            if let mistake = CommandWord.mistake(in: arguments) { throw mistake }
            var command = try parseAsRoot(arguments)
            try command.run()
            OutputStream.end(.done)
        } catch let status as ExitStatus {
            OutputStream.end(status)
        } catch {
            OutputStream.end(say(error))
        }
    }

    /// Writes what ArgumentParser has to say: help and the like to standard output, complaints to standard error.
    private static func say(_ error: any Error) -> ExitStatus {
        let status = ExitStatus(rawValue: exitCode(for: error).rawValue) ?? .internalError
        let text = fullMessage(for: error)
        if status == .done {
            OutputStream.output.write(CompletionScript.completed(foldedUsage(text)) + "\n")
        } else {
            // It repeats words of the command line.
            OutputStream.errors.write(TerminalText.safeLines(foldedComplaint(text) + "\n"))
        }
        return status
    }

    /// ArgumentParser folds everything in a help text but the line that says how a command is used.
    private static func foldedUsage(_ text: String) -> String {
        folded(text) { $0.lowercased().hasPrefix("usage: ") ? Terminal(.never).columns ?? 80 : nil }
    }

    /// ArgumentParser folds nothing in a complaint.
    private static func foldedComplaint(_ text: String) -> String {
        folded(text) { Terminal(.never).errorColumns ?? ($0.hasPrefix("Usage: ") ? 80 : nil) }
    }

    /// Folds each line to its width; what follows stands under the second word.
    private static func folded(_ text: String, to width: (Substring) -> Int?) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let label = line.prefix { $0 != " " }
            return TerminalText.folded(String(line), to: width(line), indent: label.count + 1).joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
