import ArgumentParser
import Diagnostics
import RulesetCompiler
import RulesetModel

/// `weir check`: is a rule file right?
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check rule files without touching the kernel.",
        discussion: """
            The mistakes of all statements of all files are reported, on standard error: 'weir check FILE 2>&1 | less' pages \
            them. With --json they are on standard output. The exit status is 65 if there is one.
            """
    )

    @Argument(
        help: "Rule files, model JSON, or - for standard input.",
        completion: .file(extensions: ["weir", "json"])
    )
    var files: [String]

    @OptionGroup var output: OutputOptions

    mutating func run() throws {
        let terminal = output.terminal
        var failure: (any Error)?
        for file in files {
            do {
                try check(file, terminal)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func check(_ file: String, _ terminal: Terminal) throws {
        let result = try RulesetInput.read(file, terminal: terminal).result
        let diagnostics = result.allDiagnostics
        if output.json {
            terminal.write(JSONRenderer(map: result.sources).render(diagnostics))
        } else {
            let renderer = terminal.renderer(of: result.sources)
            terminal.writeErrors(renderer.render(diagnostics))
        }
        guard let ruleset = result.ruleset, !diagnostics.hasErrors else { throw ExitStatus.badInput }
        // A person wants to see that the file was checked; a script asks for the exit status.
        if Terminal.isRead, !output.json { terminal.line("\(file): ok") }
        if output.verbose {
            let count = ruleset.chains.reduce(ruleset.rules.count) { $0 + $1.rules.count }
            terminal.complain("\(file): \(count) rules, \(ruleset.sets.count) sets, \(ruleset.routes.count) routes")
        }
    }
}
