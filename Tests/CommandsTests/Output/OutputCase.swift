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
    /// Whether it changes the host, so that each run needs a new one.
    var changes = false
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
        ruleFiles + kernel + changing + [
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

    private static let changing = [
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
    ].map { output in
        var output = output
        output.changes = true
        return output
    }

    private static let applied = "apply --yes FILE"
    private static let waiting = "apply --yes --confirm 10m FILE"
    /// Not a command of Weir: takes the firewall away.
    fileprivate static let flush = "nft flush ruleset"
}

extension OutputCase {
    /// Hands the closure a way to get hosts in the test's namespace: each as new, if what runs on it changes it.
    func withHosts(_ body: (() throws -> OutputHost) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            var hosts: [OutputHost] = []
            // A watchdog must not outlive the test.
            defer { for host in hosts where changes { _ = try? host.weir.run("cancel") } }
            try body {
                if let host = hosts.last {
                    guard changes else { return host }
                    _ = try host.weir.run("cancel")
                    try outputOf("nft", "flush", "ruleset")
                }
                hosts.append(try OutputHost(in: "\(directory)/\(hosts.count)", after: before))
                return hosts[hosts.count - 1]
            }
        }
    }

    /// Hands a host to the closure.
    func withHost(_ body: (OutputHost) throws -> Void) throws {
        try withHosts { host in try body(host()) }
    }
}

/// A host that a command line runs on.
struct OutputHost {
    let weir: Weir

    fileprivate init(in directory: String, after lines: [String]) throws {
        weir = Weir(directory: directory)
        let rules = (1...60).map { number in
            "drop in tcp dport \(number) saddr 192.0.2.0/24 \"what this is for is said here: \(number)\"\n"
        }
        try weir.write(rules.joined(), to: "FILE")
        try weir.write("drop in tcp dport 25\n", to: "SMALL")
        try weir.write("drop   in\n", to: "CROOKED")
        for line in lines {
            let isWeir = line != OutputCase.flush
            let command = isWeir ? [Weir.program] + words(line) : line.split(separator: " ").map(String.init)
            try TestSupport.run(command, directory: directory).succeeded()
        }
    }

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

    /// Runs the command line into a pipe that nobody reads any more.
    func runWithoutReader(_ output: OutputCase, through wrapper: [String] = []) throws -> ProcessResult {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        return try run(output, outputTo: ends[1], through: wrapper)
    }

    /// Runs the command line into a file on a file system that has 4 KiB left.
    func runOnFullDisk(_ output: OutputCase) throws -> ProcessResult {
        let script = """
            set -e
            mkdir -p disk
            mount -t tmpfs -o size=16k none disk
            head -c 12k /dev/zero >disk/other
            exec "$@" >disk/output
            """
        return try run(output, through: ["unshare", "--mount", "sh", "-c", script, "sh"])
    }

    /// Runs the command line into a pipe that its other user has made one that does not wait, and that is full at the beginning.
    func runToSlowReader(_ output: OutputCase) throws -> ProcessResult {
        let reader = """
            import sys, time
            time.sleep(0.1)
            sys.stdout.buffer.write(sys.stdin.buffer.read()[4096:])
            """
        let script = """
            import fcntl, os, subprocess, sys
            ends = os.pipe2(os.O_NONBLOCK)
            fcntl.fcntl(ends[1], 1031, 4096)
            os.write(ends[1], bytes(4096))
            os.set_blocking(ends[0], True)
            reader = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=ends[0])
            os.close(ends[0])
            weir = subprocess.run(sys.argv[2:], stdout=ends[1])
            os.close(ends[1])
            reader.wait()
            sys.exit(weir.returncode)
            """
        return try run(output, through: ["python3", "-c", script, reader])
    }

    /// How many generations there are.
    func generations() throws -> Int {
        let lines = try weir.run("history").succeeded().output.split(separator: "\n")
        return lines.count { $0.hasPrefix(" ") || $0.hasPrefix("*") }
    }
}
