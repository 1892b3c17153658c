import Glibc
import SystemPackage

/// The built program, run in the network namespace of the test with a state directory of the test's own.
public struct Weir: Sendable {
    /// An empty directory for rule files; the state directory is in it.
    public let directory: String
    /// The ssh session that it is to run in: `SSH_CONNECTION`. There is none unless a test says so.
    public var session: String?
    /// Other variables of its environment, such as those of `FaultPoint`.
    public var environment: [String: String?] = [:]

    /// Uses a directory, which the test removes.
    public init(directory: String) {
        self.directory = directory
    }

    /// Where it keeps its generations.
    public var stateDirectory: String { "\(directory)/state" }

    /// The program that was built with the tests: it lies beside them.
    public static let program: String = {
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        let own = String(decoding: path[..<max(count, 0)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return FilePath(own).removingLastComponent().appending("weir").string
    }()

    /// Runs a command that knows no state directory, as it is.
    public func run(_ arguments: [String], input: String = "") throws -> ProcessResult {
        try start(arguments, input: input).finish()
    }

    /// Starts a command that knows no state directory, as it is.
    public func start(_ arguments: [String], input: String = "") throws -> BackgroundProcess {
        guard access(Self.program, X_OK) == 0 else { throw NotBuilt() }
        return try BackgroundProcess(
            [Self.program] + arguments,
            input: Array(input.utf8),
            environment: ["SSH_CONNECTION": session].merging(environment) { $1 },
            directory: directory
        )
    }

    /// Runs a command that reads or changes the kernel's state or Weir's own.
    public func run(_ command: String, _ arguments: [String] = [], input: String = "") throws -> ProcessResult {
        try run([command, "--state-dir", stateDirectory] + arguments, input: input)
    }

    /// Runs a command on a terminal of its own, as script(1) makes one: standard output and standard error come as one text.
    /// - Parameters:
    ///   - arguments: The command with all its arguments.
    ///   - typed: What is typed; then the terminal says that nothing more comes.
    ///   - environment: Variables to set; nil unsets one. The terminal is an xterm unless it is said otherwise.
    public func onTerminal(
        _ arguments: [String],
        typing typed: String,
        environment: [String: String?] = [:]
    ) throws -> ProcessResult {
        guard access(Self.program, X_OK) == 0 else { throw NotBuilt() }
        let words = ([Self.program] + arguments).map { "'\($0)'" }
        return try TestSupport.run(
            ["script", "--quiet", "--return", "--command", words.joined(separator: " "), "/dev/null"],
            input: Array(typed.utf8),
            environment: ["TERM": "xterm", "SSH_CONNECTION": session].merging(environment) { $1 },
            directory: directory
        )
    }

    /// Runs a command that reads or changes the kernel's state or Weir's own on a terminal.
    public func onTerminal(_ command: String, _ arguments: [String] = [], typing typed: String) throws -> ProcessResult
    {
        try onTerminal([command, "--state-dir", stateDirectory] + arguments, typing: typed)
    }

    /// Writes a file into the directory and returns its path.
    @discardableResult
    public func write(_ text: String, to name: String = "rules.weir") throws -> String {
        try writeFile(Array(text.utf8), to: "\(directory)/\(name)")
        return "\(directory)/\(name)"
    }

    /// Applies a rule file and wants that to succeed.
    @discardableResult
    public func apply(_ file: String, _ options: [String] = []) throws -> ProcessResult {
        try run("apply", ["--yes", file] + options).succeeded()
    }

    /// Writes and applies rules and wants that to succeed.
    @discardableResult
    public func apply(rules: String) throws -> ProcessResult {
        try apply(write(rules))
    }

    /// What a rule file is in another tool's words.
    public func emit(_ file: String, as format: String) throws -> String {
        try run(["emit", "--as", format, file]).succeeded().output
    }

    private struct NotBuilt: Error, CustomStringConvertible {
        var description: String { "there is no \(Weir.program): swift build --product weir" }
    }
}

/// Hands a Weir with a fresh directory to the closure. Afterwards ends the watchdogs of changes that still wait, and removes the directory.
public func withWeir<Result>(_ body: (Weir) throws -> Result) throws -> Result {
    try withTemporaryDirectory { directory in
        // A watchdog needs no directory: it would go on until its deadline.
        defer { endWatchdogs(in: directory) }
        return try body(Weir(directory: directory))
    }
}

/// Ends the watchdogs whose state directory is in a directory.
private func endWatchdogs(in directory: String) {
    let arguments = Array("watchdog\0--state-dir\0\(directory)/".utf8)
    for process in directoryContents("/proc").compactMap({ Int32($0) }) {
        guard let words = readFile("/proc/\(process)/cmdline"), let end = words.firstIndex(of: 0),
            words[(end + 1)...].starts(with: arguments)
        else { continue }
        kill(process, SIGKILL)
    }
}
