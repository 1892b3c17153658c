import Glibc
import SystemPackage
import TestSupport

/// The built program, run in the network namespace of the test with a state directory of the test's own.
struct Weir: Sendable {
    /// An empty directory for rule files; the state directory is in it.
    let directory: String

    var stateDirectory: String { "\(directory)/state" }

    /// The program that was built with the tests: it lies beside them.
    static let program: String = {
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        let own = String(decoding: path[..<max(count, 0)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return FilePath(own).removingLastComponent().appending("weir").string
    }()

    /// Runs a command that knows no state directory, as it is.
    func run(_ arguments: [String], input: String = "") throws -> ProcessResult {
        guard access(Self.program, X_OK) == 0 else { throw NotBuilt() }
        return try TestSupport.run([Self.program] + arguments, input: Array(input.utf8), directory: directory)
    }

    /// Runs a command that reads or changes the kernel's state or Weir's own.
    func run(_ command: String, _ arguments: [String] = [], input: String = "") throws -> ProcessResult {
        try run([command, "--state-dir", stateDirectory] + arguments, input: input)
    }

    /// Writes a file into the directory and returns its path.
    @discardableResult
    func write(_ text: String, to name: String = "rules.weir") throws -> String {
        try writeFile(Array(text.utf8), to: "\(directory)/\(name)")
        return "\(directory)/\(name)"
    }

    /// Applies a rule file and wants that to succeed.
    @discardableResult
    func apply(_ file: String) throws -> ProcessResult {
        try run("apply", ["--yes", file]).succeeded()
    }

    /// Writes and applies rules and wants that to succeed.
    @discardableResult
    func apply(rules: String) throws -> ProcessResult {
        try apply(write(rules))
    }

    /// What a rule file is in another tool's words.
    func emit(_ file: String, as format: String) throws -> String {
        try run(["emit", "--as", format, file]).succeeded().output
    }

    private struct NotBuilt: Error, CustomStringConvertible {
        var description: String { "there is no \(Weir.program): swift build --product weir" }
    }
}

/// Hands a Weir with a fresh directory to the closure and removes the directory afterwards.
func withWeir(_ body: (Weir) throws -> Void) throws {
    try withTemporaryDirectory { try body(Weir(directory: $0)) }
}
