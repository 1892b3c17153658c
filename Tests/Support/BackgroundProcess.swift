import CLinux
import Glibc

/// A running program in the network namespace of the thread that started it. It is killed, with its children, at the end of
/// the value's life; if the tests crash it dies with them.
public struct BackgroundProcess: ~Copyable {
    /// The kernel's number of the process.
    public let processID: Int32
    private let command: String
    /// Readable once the process has ended.
    private let descriptor: Int32
    private let output: MemoryFile
    private let errorOutput: MemoryFile

    /// Programs that change or show the network: never to be run outside a namespace of the test's own.
    private static let networkPrograms: Set<String> = [
        "nft", "ip", "tc", "bridge", "sysctl", "conntrack", "ipset", "nc", "tcpdump", "ping", "iptables", "ip6tables",
        "iptables-save", "ip6tables-save", "iptables-restore", "ip6tables-restore", "iptables-legacy",
        "ip6tables-legacy",
    ]

    /// Starts a program. The parameters are those of `run`.
    /// - Parameters:
    ///   - outputDescriptor: Where standard output goes, if it is not to be kept.
    ///   - errorDescriptor: Where standard error goes, if it is not to be kept.
    public init(
        _ command: [String],
        input: [UInt8] = [],
        environment: [String: String?] = [:],
        directory: String? = nil,
        outputDescriptor: Int32? = nil,
        errorDescriptor: Int32? = nil
    ) throws(ProcessFailure) {
        let line = command.joined(separator: " ")
        func failure(_ reason: String) -> ProcessFailure { ProcessFailure(command: line, reason: reason) }

        guard let name = command.first else { throw failure("no program named") }
        guard let path = Tool.find(name) else { throw failure("not installed") }
        let program = path.split(separator: "/").last.map(String.init) ?? path
        if Self.networkPrograms.contains(program), !NamespaceThread.isCurrent {
            throw failure("refused outside a namespace of the test's own: add .freshNetworkNamespace")
        }
        // The kernel kills the program when the thread that started it ends. posix_spawn cannot ask for that, setpriv can.
        guard let setpriv = Tool.find("setpriv") else {
            throw failure("setpriv is missing; apt-get install util-linux")
        }
        let place = directory.map { ["env", "--chdir", $0, "--"] } ?? []
        let arguments = [setpriv, "--pdeathsig", "KILL", "--"] + place + [path] + command.dropFirst()

        let output: MemoryFile
        let errorOutput: MemoryFile
        let started: (processID: Int32, descriptor: Int32)
        do throws(FileFailure) {
            let inputFile = try MemoryFile("standard input", contents: input)
            output = try MemoryFile("standard output")
            errorOutput = try MemoryFile("standard error")
            let streams = [
                inputFile.descriptor, outputDescriptor ?? output.descriptor,
                errorDescriptor ?? errorOutput.descriptor,
            ]
            started = try spawn(arguments, environment: environment, streams: streams)
        } catch {
            throw failure(error.description)
        }
        self.command = line
        self.output = output
        self.errorOutput = errorOutput
        processID = started.processID
        descriptor = started.descriptor
    }

    deinit {
        kill(-processID, SIGKILL)
        waitpid(processID, nil, 0)
        close(descriptor)
    }

    /// What the program has written to standard output so far.
    public var standardOutput: [UInt8] { output.contents() }
    /// What the program has written to standard error so far.
    public var standardError: [UInt8] { errorOutput.contents() }

    /// Whether the program still runs.
    public var isRunning: Bool { !hasEnded(within: 0) }

    /// Sends the program a signal.
    public func signal(_ number: Int32) {
        kill(processID, number)
    }

    /// Waits until the program has written a text to standard output or standard error.
    public func waitForOutput(containing text: String, timeout seconds: Double = 60) throws(ProcessFailure) {
        let deadline = Deadline(after: seconds)
        while true {
            let isOver = deadline.hasPassed || !isRunning
            for bytes in [standardOutput, standardError] where String(decoding: bytes, as: UTF8.self).contains(text) {
                return
            }
            guard !isOver else { throw failure("did not write '\(text)' within \(seconds) s") }
            usleep(2000)
        }
    }

    /// Waits for the program to end by itself.
    public consuming func finish(timeout seconds: Double = 120) throws(ProcessFailure) -> ProcessResult {
        guard hasEnded(within: seconds) else { throw failure("still running after \(seconds) s, killed") }
        return result()
    }

    /// Asks the program to end (SIGTERM unless told otherwise) and waits for it.
    public consuming func stop(
        with number: Int32 = 15,
        timeout seconds: Double = 60
    ) throws(ProcessFailure) -> ProcessResult {
        kill(processID, number)
        guard hasEnded(within: seconds) else { throw failure("did not end on signal \(number), killed") }
        return result()
    }

    private func hasEnded(within seconds: Double) -> Bool {
        let deadline = Deadline(after: seconds)
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let count = poll(&entry, 1, deadline.milliseconds)
            if count >= 0 || errno != EINTR { return count > 0 }
        }
    }

    /// Reads the exit status and leaves the process for the deinitializer to reap.
    private func result() -> ProcessResult {
        var information = siginfo_t()
        waitid(P_PID, id_t(processID), &information, WEXITED | WNOWAIT)
        let code = information._sifields._sigchld.si_status
        let isExit = information.si_code == Int32(CLD_EXITED)
        return ProcessResult(
            command: command,
            status: isExit ? code : 128 + code,
            standardOutput: standardOutput,
            standardError: standardError
        )
    }

    private func failure(_ reason: String) -> ProcessFailure {
        ProcessFailure(
            command: command,
            reason: reason,
            output: String(decoding: standardOutput, as: UTF8.self),
            errorOutput: String(decoding: standardError, as: UTF8.self)
        )
    }
}

/// Starts a program in a process group of its own with the given standard streams.
private func spawn(
    _ arguments: [String],
    environment changes: [String: String?],
    streams: [Int32]
) throws(FileFailure) -> (processID: Int32, descriptor: Int32) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, descriptor) in streams.enumerated() {
        posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(target))
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    posix_spawnattr_setflags(&attributes, Int16(flags))
    posix_spawnattr_setpgroup(&attributes, 0)
    var noSignals = sigset_t()
    sigemptyset(&noSignals)
    posix_spawnattr_setsigmask(&attributes, &noSignals)
    // Tests may ignore what a shell does not.
    var pipeSignal = sigset_t()
    sigemptyset(&pipeSignal)
    sigaddset(&pipeSignal, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &pipeSignal)

    let argumentPointers = arguments.map { strdup($0) } + [nil]
    let environmentPointers = mergedEnvironment(changes).map { strdup($0) } + [nil]
    defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }

    var processID: pid_t = 0
    let status = posix_spawn(&processID, arguments[0], &actions, &attributes, argumentPointers, environmentPointers)
    guard status == 0 else { throw FileFailure(operation: "posix_spawn \(arguments[0])", errno: status) }
    let descriptor = linux_process_descriptor(processID)
    guard descriptor >= 0 else {
        let failure = FileFailure(operation: "pidfd_open", errno: errno)
        kill(-processID, SIGKILL)
        waitpid(processID, nil, 0)
        throw failure
    }
    return (processID, descriptor)
}

/// The process's own environment, in the C locale, with changes.
private func mergedEnvironment(_ changes: [String: String?]) -> [String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let pointer = entry.pointee {
        let parts = String(cString: pointer).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
        entry += 1
    }
    variables["LC_ALL"] = "C.UTF-8"
    for (name, value) in changes { variables[name] = value }
    return variables.map { "\($0.key)=\($0.value)" }
}
