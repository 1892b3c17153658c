/// What a finished process left.
public struct ProcessResult: Sendable {
    /// The command line, for messages.
    public var command: String
    /// Exit status; 128 plus the signal's number for a process that a signal ended, as in the shell.
    public var status: Int32
    /// What it wrote to standard output, byte for byte.
    public var standardOutput: [UInt8]
    /// What it wrote to standard error, byte for byte.
    public var standardError: [UInt8]

    /// Standard output as text.
    public var output: String { String(decoding: standardOutput, as: UTF8.self) }
    /// Standard error as text.
    public var errorOutput: String { String(decoding: standardError, as: UTF8.self) }

    /// The result itself if the exit status is zero.
    @discardableResult
    public func succeeded() throws(ProcessFailure) -> ProcessResult {
        guard status == 0 else {
            throw ProcessFailure(
                command: command,
                reason: "exit status \(status)",
                output: output,
                errorOutput: errorOutput
            )
        }
        return self
    }
}

/// Why a process did not do what the test needed.
public struct ProcessFailure: Error, CustomStringConvertible {
    /// The command line.
    public let command: String
    /// What went wrong.
    public let reason: String
    /// What it had written to standard output.
    public var output = ""
    /// What it had written to standard error.
    public var errorOutput = ""

    /// Command, reason and what the process said.
    public var description: String {
        var text = "\(command): \(reason)"
        if !errorOutput.isEmpty { text += "\nstandard error:\n\(errorOutput)" }
        if !output.isEmpty { text += "\nstandard output:\n\(output)" }
        return text
    }
}
