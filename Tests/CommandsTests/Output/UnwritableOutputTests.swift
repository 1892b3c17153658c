import ArgumentParser
import Glibc
import TestSupport
import Testing

@testable import Commands

/// What a command says that cannot say what it has to: never that all is well.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct UnwritableOutputTests {
    /// Started by Weir itself; what they say goes to Weir or to the log.
    private static let silent: Set = ["watchdog", "rehearse"]
    /// It ends only when it is asked to: `WatchOutputTests`.
    private static let endless: Set = ["watch"]

    @Test func everyCommandIsTried() {
        let configuration = WeirCommand.configuration
        let commands = configuration.subcommands + configuration.groupedSubcommands.flatMap(\.subcommands)
        let names = Set(commands.compactMap { $0.configuration.commandName })
        let tried = Set(OutputCase.all.map(\.command)).intersection(names)
        #expect(names.count > 15)
        #expect(names == tried.union(Self.silent).union(Self.endless))
        #expect(tried.isDisjoint(with: Self.silent.union(Self.endless)))
    }

    /// The command with all its output, for comparison.
    private func ordinary(_ output: OutputCase) throws -> ProcessResult {
        var result: ProcessResult?
        try output.withHost { host in result = try host.run(output) }
        let ordinary = try #require(result)
        #expect(ordinary.status == output.status, "\(ordinary.output)\(ordinary.errorOutput)")
        #expect(!ordinary.output.isEmpty || !ordinary.errorOutput.isEmpty)
        return ordinary
    }

    private func expectEnding(
        _ output: OutputCase,
        _ status: Int32,
        says complaint: String?,
        _ place: String,
        run: (OutputHost) throws -> ProcessResult
    ) throws {
        try output.withHost { host in
            let result = try run(host)
            #expect(result.status == status, "\(place): \(result.errorOutput)")
            if let complaint {
                #expect(result.errorOutput.contains(complaint), "\(place): \(result.errorOutput)")
            } else {
                #expect(!result.errorOutput.contains("cannot write"), "\(place): \(result.errorOutput)")
            }
            let isMade = ["early", "fits"].contains(place)
            let generations = isMade ? nil : output.generationsUnwritten
            guard let generations = generations ?? output.generations else { return }
            #expect(try host.generations() == generations, "\(place)")
        }
    }

    @Test(arguments: OutputCase.all)
    func outputThatCannotBeWrittenIsAFailure(_ output: OutputCase) throws {
        let ordinary = try ordinary(output)
        let isSilent = ordinary.output.isEmpty
        let (whole, unwritten) = (output.status, isSilent ? output.status : output.unwritten)

        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        try #require(full >= 0)
        defer { close(full) }
        let message = "weir: cannot write to standard output: "
        try expectEnding(output, unwritten, says: isSilent ? nil : message + "No space left on device", "full") {
            try $0.run(output, outputTo: full)
        }
        try expectEnding(output, unwritten, says: isSilent ? nil : message + "Bad file descriptor", "closed") {
            try $0.run(output, through: ["sh", "-c", "exec \"$@\" >&-", "sh"])
        }
        try expectEnding(output, isSilent ? whole : 128 + SIGPIPE, says: nil, "early") { host in
            var ends: [Int32] = [-1, -1]
            try #require(pipe(&ends) == 0)
            close(ends[0])
            defer { close(ends[1]) }
            return try host.run(output, outputTo: ends[1])
        }
        let fits = ordinary.standardOutput.count <= 4096
        try expectEnding(output, fits ? whole : unwritten, says: fits ? nil : message, fits ? "fits" : "disk") { host in
            let script = """
                set -e
                mkdir -p disk
                mount -t tmpfs -o size=16k none disk
                head -c 12k /dev/zero >disk/other
                exec "$@" >disk/output
                """
            return try host.run(output, through: ["unshare", "--mount", "sh", "-c", script, "sh"])
        }
        // Errors that cannot be told of are errors still, warnings too.
        let isQuiet = ordinary.errorOutput.isEmpty
        try expectEnding(output, isQuiet ? whole : output.unwritten, says: nil, "fits") {
            try $0.run(output, errorsTo: full)
        }
    }

    /// A pipe that its other user has made one that does not wait, and that is full when the command begins.
    @Test(arguments: OutputCase.all)
    func aSlowReaderGetsAll(_ output: OutputCase) throws {
        let ordinary = try ordinary(output)
        try output.withHost { host in
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
            let result = try host.run(output, through: ["python3", "-c", script, reader])
            #expect(result.status == output.status, "\(result.errorOutput)")
            // Numbers of processes and times differ.
            #expect(result.standardOutput.count { $0 == 10 } == ordinary.standardOutput.count { $0 == 10 })
            #expect(result.output.prefix(20).count == ordinary.output.prefix(20).count)
        }
    }

    @Test func whoeverIgnoresThePipeSignalIsTold() throws {
        let output = OutputCase(line: "show FILE")
        try output.withHost { host in
            var ends: [Int32] = [-1, -1]
            try #require(pipe(&ends) == 0)
            close(ends[0])
            defer { close(ends[1]) }
            let wrapper = ["sh", "-c", "trap '' PIPE; exec \"$@\"", "sh"]
            let result = try host.run(output, outputTo: ends[1], through: wrapper)
            #expect(result.status == 74)
            #expect(result.errorOutput == "weir: cannot write to standard output: Broken pipe\n")
        }
    }

    /// A socket or file of Weir's own must never be what standard output is.
    @Test(arguments: ["<&- >&- 2>&-", ">&- 2>&-", "2>&-", "<&- 2>&-"])
    func withoutStandardDescriptorsAChangeIsMadeOrNot(closed: String) throws {
        let output = OutputCase(line: "apply --yes --json FILE")
        try output.withHost { host in
            let result = try host.run(output, through: ["sh", "-c", "exec \"$@\" \(closed)", "sh"])
            #expect(result.status == (closed.contains(" >&-") || closed.hasPrefix(">&-") ? 27 : 0))
            #expect(try host.generations() == 1)
            #expect(try outputOf("nft", "list", "ruleset").contains("dport 60"))
            #expect(try host.weir.run("status").succeeded().output == "The kernel is as generation 1 left it.\n")
        }
        let file = OutputCase(line: "check -")
        try file.withHost { host in
            let result = try host.run(file, through: ["sh", "-c", "exec \"$@\" <&-", "sh"])
            #expect(result.status == 74)
            #expect(result.errorOutput.contains("Bad file descriptor"))
        }
    }

    @Test func aPlanThatCouldNotBeShownIsNotKept() throws {
        let output = OutputCase(line: "plan FILE --out kept")
        try output.withHost { host in
            let result = try host.run(output, through: ["sh", "-c", "exec \"$@\" >/dev/full", "sh"])
            #expect(result.status == 74)
            #expect(readFile("\(host.weir.directory)/kept") == nil)
            #expect(try host.run(output).status == 0)
            #expect(readFile("\(host.weir.directory)/kept") != nil)
        }
    }

    /// What is wrong with the input stays what is said, whether or not it can be written.
    @Test(arguments: ["check WRONG", "apply --yes WRONG", "emit --as nft WRONG", "nonsense"])
    func aFailureStaysTheFailureThatItIs(_ line: String) throws {
        let output = OutputCase(line: line)
        try output.withHost { host in
            try host.weir.write("drop nothing\n", to: "WRONG")
            let expected = try host.run(output).status
            #expect([64, 65].contains(expected))
            for streams in [">/dev/full 2>&1", ">&- 2>&-"] {
                let result = try host.run(output, through: ["sh", "-c", "exec \"$@\" \(streams)", "sh"])
                #expect(result.status == expected)
            }
        }
    }
}
