import Glibc

/// A mount namespace of a test's own: what is mounted there nobody else sees, and it goes with the value.
public struct PrivateMounts: ~Copyable {
    private let holder: BackgroundProcess

    /// Makes the namespace and runs a script in it as `sh -e`, which mounts what there is to be.
    public init(_ script: String, _ arguments: String...) throws {
        let lines = "mount --make-rprivate /\n\(script)\necho mounted\nexec sleep 1000"
        let holder = try BackgroundProcess(["unshare", "--mount", "sh", "-ec", lines, "sh"] + arguments)
        try holder.waitForOutput(containing: "mounted", timeout: 60)
        self.holder = holder
    }

    /// A command as it has to be called to be run inside.
    public func command(_ command: [String]) -> [String] {
        ["nsenter", "--mount=/proc/\(holder.processID)/ns/mnt", "--"] + command
    }

    /// Runs a program inside.
    public func run(_ command: [String], timeout: Double = 120) throws -> ProcessResult {
        try TestSupport.run(self.command(command), timeout: timeout)
    }

    /// Runs a script inside, as `sh -e`.
    @discardableResult
    public func shell(_ script: String, _ arguments: String...) throws -> ProcessResult {
        try run(["sh", "-ec", script, "sh"] + arguments).succeeded()
    }
}
