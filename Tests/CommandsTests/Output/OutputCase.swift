import Glibc
import TestSupport
import Testing

/// A command line that prints something, on a host that was prepared for it.
struct OutputCase: CustomTestStringConvertible {
    /// The words; `FILE` is a rule file of more than a page, `SMALL` a short one, `CROOKED` one that is not laid out. The state directory
    /// is added for those commands that know one.
    let line: String
    /// Commands that are run before, each with its state directory.
    var before: [String] = []
    var input = ""
    /// The exit status where all can be written.
    var status: Int32 = 0
    /// The exit status where nothing can be written: 27 for those that have changed something by then.
    var unwritten: Int32 = 74
    /// How many generations there are afterwards.
    var generations: Int?
    /// How many there are where nothing could be written, if it is another number.
    var generationsUnwritten: Int?

    var testDescription: String { line }
    var command: String { String(line.prefix { $0 != " " }) }

    /// Every subcommand has a case, or stands among those that print nothing.
    static let all: [OutputCase] =
        ruleFiles + kernel + changes + [
            OutputCase(line: "--help"), OutputCase(line: "--version"), OutputCase(line: "help apply"),
            OutputCase(line: "restore --help"), OutputCase(line: "--generate-completion-script bash"),
            OutputCase(line: "--generate-completion-script fish"),
        ]

    private static let ruleFiles = [
        OutputCase(line: "check --json FILE"), OutputCase(line: "check --verbose FILE"),
        OutputCase(line: "fmt -", input: "drop   in\n"), OutputCase(line: "fmt --check CROOKED", status: 2),
        OutputCase(line: "show FILE"), OutputCase(line: "show --json FILE"), OutputCase(line: "show --bytecode FILE"),
        OutputCase(line: "emit --as nft FILE"), OutputCase(line: "emit --as iptables FILE"),
        OutputCase(line: "emit --as iptables-restore FILE"), OutputCase(line: "emit --as ip FILE"),
        OutputCase(line: "emit --as json FILE"), OutputCase(line: "emit --as nft --undo FILE"),
    ]

    private static let kernel = [
        OutputCase(line: "show", before: [applied]), OutputCase(line: "show --json", before: [applied]),
        OutputCase(line: "show --counters", before: [applied]), OutputCase(line: "show --bytecode", before: [applied]),
        OutputCase(line: "plan FILE"), OutputCase(line: "plan --json FILE"), OutputCase(line: "plan --as nft FILE"),
        OutputCase(line: "plan --exit-code FILE", status: 2), OutputCase(line: "plan --rehearse FILE"),
        OutputCase(line: "plan FILE", before: [applied]),
        OutputCase(line: "status"), OutputCase(line: "status --json", before: [applied]),
        OutputCase(line: "doctor --root ."), OutputCase(line: "doctor --root . --json"),
        OutputCase(line: "history", before: [applied]), OutputCase(line: "history --json", before: [applied]),
        OutputCase(line: "history 1", before: [applied]),
    ]

    private static let changes = [
        OutputCase(line: "apply --yes FILE", generations: 1, generationsUnwritten: 0),
        OutputCase(line: "apply --yes FILE", before: [applied]),
        OutputCase(line: "apply --yes --json FILE", unwritten: 27, generations: 1),
        OutputCase(line: "apply --yes --confirm 10m FILE"),
        OutputCase(line: "confirm", before: [waiting], unwritten: 27, generations: 1),
        OutputCase(line: "cancel", before: [waiting], unwritten: 27, generations: 0),
        OutputCase(line: "cancel --json", before: [waiting], unwritten: 27, generations: 0),
        OutputCase(line: "extend 1 20m", before: [waiting], unwritten: 27),
        OutputCase(line: "rollback --yes", before: [applied, "apply --yes SMALL"], unwritten: 27, generations: 3),
        OutputCase(line: "revert --yes", before: [applied], unwritten: 27, generations: 2),
        OutputCase(line: "revert --yes"),
        OutputCase(line: "recover"), OutputCase(line: "recover --json"),
        OutputCase(line: "restore", before: [applied, flush], unwritten: 27),
        OutputCase(line: "restore --json", before: [applied, flush], unwritten: 27),
        OutputCase(line: "restore"),
    ]

    private static let applied = "apply --yes FILE"
    private static let waiting = "apply --yes --confirm 10m FILE"
    /// Not a command of Weir: takes the firewall away.
    private static let flush = "nft flush ruleset"
}

extension OutputCase {
    /// A host in the test's namespace, as new.
    func withHost(_ body: (OutputHost) throws -> Void) throws {
        try withWeir { weir in
            try outputOf("nft", "flush", "ruleset")
            let rules = (1...60).map { number in
                "drop in tcp dport \(number) saddr 192.0.2.0/24 \"what this is for is said here: \(number)\"\n"
            }
            try weir.write(rules.joined(), to: "FILE")
            try weir.write("drop in tcp dport 25\n", to: "SMALL")
            try weir.write("drop   in\n", to: "CROOKED")
            let host = OutputHost(weir: weir)
            // A watchdog must not outlive the test.
            defer { _ = try? weir.run("cancel") }
            for line in before {
                if line == Self.flush {
                    try outputOf("nft", "flush", "ruleset")
                } else {
                    try run([Weir.program] + host.words(line), directory: weir.directory).succeeded()
                }
            }
            try body(host)
        }
    }
}

/// A host that a command line runs on.
struct OutputHost {
    let weir: Weir

    /// The command line with the state directory, for commands that know one.
    func words(_ line: String) -> [String] {
        let words = line.split(separator: " ").map(String.init)
        let knowNone = ["check", "fmt", "emit", "help", "--help", "--version", "--generate-completion-script"]
        guard !knowNone.contains(words[0]), !words.contains("--help") else { return words }
        return words + ["--state-dir", weir.stateDirectory]
    }

    /// Runs the command line with its standard output, or its standard error, somewhere else.
    func run(
        _ output: OutputCase,
        outputTo outputDescriptor: Int32? = nil,
        errorsTo errorDescriptor: Int32? = nil,
        through wrapper: [String] = []
    ) throws -> ProcessResult {
        let process = try BackgroundProcess(
            wrapper + [Weir.program] + words(output.line),
            input: Array(output.input.utf8),
            environment: ["SSH_CONNECTION": nil, "COLUMNS": "80"],
            directory: weir.directory,
            outputDescriptor: outputDescriptor,
            errorDescriptor: errorDescriptor
        )
        return try process.finish(timeout: 120)
    }

    /// How many generations there are.
    func generations() throws -> Int {
        let lines = try weir.run("history").succeeded().output.split(separator: "\n")
        return lines.count { $0.hasPrefix(" ") || $0.hasPrefix("*") }
    }
}
