import CLinux
import Glibc

/// Runs a program in the network namespace of the calling thread and waits for it.
///
/// - Parameters:
///   - command: The program, by name or path, and its arguments.
///   - input: What it reads from standard input.
///   - environment: Variables to set besides the test's own; nil unsets one.
///   - directory: Where it runs, if not in the test's directory.
///   - seconds: The program is killed and the call fails after this time.
/// - Throws: If the program cannot be started or hangs. An exit status other than zero is for the caller to judge.
public func run(
    _ command: [String],
    input: [UInt8] = [],
    environment: [String: String?] = [:],
    directory: String? = nil,
    timeout seconds: Double = 120
) throws(ProcessFailure) -> ProcessResult {
    let process = try BackgroundProcess(command, input: input, environment: environment, directory: directory)
    return try process.finish(timeout: seconds)
}

/// Runs a program, given with its arguments, in the network namespace of the calling thread and waits for it.
public func run(
    _ command: String...,
    input: String = "",
    timeout seconds: Double = 120
) throws(ProcessFailure) -> ProcessResult {
    try run(command, input: Array(input.utf8), timeout: seconds)
}

/// Runs a program that has to succeed and returns what it wrote to standard output.
@discardableResult
public func outputOf(
    _ command: String...,
    input: String = "",
    timeout seconds: Double = 120
) throws(ProcessFailure) -> String {
    try run(command, input: Array(input.utf8), timeout: seconds).succeeded().output
}
