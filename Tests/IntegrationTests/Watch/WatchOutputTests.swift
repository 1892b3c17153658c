import Glibc
import TestSupport
import Testing

/// Whoever does not read what is told keeps nobody from watching, from putting things back, or from ending it.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .sysctl))
struct WatchOutputTests {
    /// Where what is told goes.
    enum Reader: CaseIterable {
        /// A pipe that is full, and that nobody reads.
        case asleep
        /// A pipe that nobody reads any more.
        case gone
        /// A disk that is full.
        case fullDisk
    }

    /// Hands a descriptor for standard output to the closure.
    private func with<Result>(_ reader: Reader, _ body: (Int32) throws -> Result) throws -> Result {
        if reader == .fullDisk {
            let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
            defer { close(full) }
            return try body(full)
        }
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { close(ends[1]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        if reader == .gone {
            close(ends[0])
            return try body(ends[1])
        }
        defer { close(ends[0]) }
        let flags = fcntl(ends[1], F_GETFL)
        _ = fcntl(ends[1], F_SETFL, flags | O_NONBLOCK)
        let filler = [UInt8](repeating: 0, count: 4096)
        while write(ends[1], filler, filler.count) > 0 {}
        try #require(errno == EAGAIN)
        _ = fcntl(ends[1], F_SETFL, flags)
        return try body(ends[1])
    }

    private func watch(
        _ host: WatchedHost,
        _ options: [String],
        _ descriptor: Int32,
        alsoErrors: Bool = false
    ) throws
        -> BackgroundProcess
    {
        let words = ["watch", "--state-dir", host.weir.stateDirectory] + options
        return try BackgroundProcess(
            [Weir.program] + words,
            environment: ["SSH_CONNECTION": nil],
            outputDescriptor: descriptor,
            errorDescriptor: alsoErrors ? descriptor : nil
        )
    }

    @Test(arguments: Reader.allCases, [false, true])
    func itHealsThoughNobodyReads(_ reader: Reader, alsoErrors: Bool) throws {
        try withWatchedHost { host in
            try with(reader) { descriptor in
                let process = try watch(host, ["--heal"], descriptor, alsoErrors: alsoErrors)
                for damage in [
                    "nft flush chain inet weir input", "ip route del 10.8.0.0/16", "nft delete table inet weir",
                ] {
                    try host.shell(damage)
                    #expect(try host.waitUntilGood(), "\(damage)")
                }
                let result = try process.stop(timeout: 30)
                // What was put back stands; that it could not be told is said too.
                #expect(result.status == (reader == .gone ? 128 + SIGPIPE : 27), "\(result.errorOutput)")
                guard !alsoErrors else { return }
                let reason = [Reader.asleep: "nobody reads it", .fullDisk: "No space left on device"][reader]
                let complaint = reason.map { "weir: cannot write to standard output: \($0)\n" } ?? ""
                #expect(result.errorOutput == complaint)
            }
        }
    }

    /// It is there for its reader: without one it ends.
    @Test(arguments: [Reader.gone, .fullDisk])
    func withoutHealingItEndsWithItsReader(_ reader: Reader) throws {
        try withWatchedHost { host in
            let result = try with(reader) { try watch(host, [], $0).finish(timeout: 120) }
            #expect(result.status == (reader == .gone ? 128 + SIGPIPE : 74), "\(result.errorOutput)")
        }
    }

    @Test func withoutStandardOutputItEnds() throws {
        try withWatchedHost { host in
            let words = [Weir.program, "watch", "--state-dir", host.weir.stateDirectory]
            let result = try run(["sh", "-c", "exec \"$@\" >&-", "sh"] + words, timeout: 120)
            #expect(result.status == 74)
            #expect(result.errorOutput == "weir: cannot write to standard output: Bad file descriptor\n")
        }
    }

    @Test func itEndsWhenAskedThoughItsReaderSleeps() throws {
        try withWatchedHost { host in
            try with(.asleep) { descriptor in
                let process = try watch(host, [], descriptor)
                let end = ContinuousClock.now + .seconds(120)
                while !isWaitingForReader(process.processID), ContinuousClock.now < end { pause(milliseconds: 20) }
                let result = try process.stop(timeout: 30)
                #expect(result.status == 74, "\(result.errorOutput)")
                #expect(result.errorOutput == "weir: cannot write to standard output: nobody reads it\n")
            }
        }
    }

    /// Whether a thread of the process waits in the kernel for room in a pipe.
    private func isWaitingForReader(_ process: Int32) -> Bool {
        let tasks = "/proc/\(process)/task"
        return directoryContents(tasks).contains { task in
            String(decoding: readFile("\(tasks)/\(task)/wchan") ?? [], as: UTF8.self).contains("pipe_write")
        }
    }
}
