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

    /// How a run has to end.
    private struct Ending {
        /// Where its output goes, for messages.
        let place: String
        let status: Int32
        /// What standard error has to say; nil if it must not complain of output.
        var complaint: String?
        /// Whether what the command does is done.
        var isDone = false

        func check(_ result: ProcessResult, _ output: OutputCase, _ host: OutputHost) throws {
            #expect(result.status == status, "\(place): \(result.errorOutput)")
            if let complaint {
                #expect(result.errorOutput.contains(complaint), "\(place): \(result.errorOutput)")
            } else {
                #expect(!result.errorOutput.contains("cannot write"), "\(place): \(result.errorOutput)")
            }
            let generations = isDone ? nil : output.generationsUnwritten
            guard let generations = generations ?? output.generations else { return }
            #expect(try host.generations() == generations, "\(place)")
        }
    }

    @Test(arguments: OutputCase.all)
    func outputThatCannotBeWrittenIsAFailure(_ output: OutputCase) throws {
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        try #require(full >= 0)
        defer { close(full) }
        try output.withHosts { nextHost in
            func run(_ ending: Ending, _ body: (OutputHost) throws -> ProcessResult) throws {
                let host = try nextHost()
                try ending.check(body(host), output, host)
            }
            let ordinary = try nextHost().run(output)
            #expect(ordinary.status == output.status, "\(ordinary.output)\(ordinary.errorOutput)")
            #expect(!ordinary.output.isEmpty || !ordinary.errorOutput.isEmpty)
            let whole = Ending(place: "where it fits", status: output.status, isDone: true)
            func unwritten(_ place: String, _ reason: String = "") -> Ending {
                if ordinary.output.isEmpty { return whole }
                let complaint = "weir: cannot write to standard output: \(reason)"
                return Ending(place: place, status: output.unwritten, complaint: complaint)
            }

            try run(unwritten("full", "No space left on device")) { try $0.run(output, outputTo: full) }
            try run(unwritten("closed", "Bad file descriptor")) {
                try $0.run(output, through: ["sh", "-c", "exec \"$@\" >&-", "sh"])
            }
            let silence = Ending(place: "early end", status: 128 + SIGPIPE, isDone: true)
            try run(ordinary.output.isEmpty ? whole : silence) { try $0.runWithoutReader(output) }
            let fits = ordinary.standardOutput.count <= 4096
            try run(fits ? whole : unwritten("4 KiB", "No space left on device")) { try $0.runOnFullDisk(output) }
            // Warnings that cannot be told of are not told of.
            let isQuiet = ordinary.errorOutput.isEmpty
            try run(isQuiet ? whole : Ending(place: "errors", status: output.unwritten)) {
                try $0.run(output, errorsTo: full)
            }
            try run(whole) { host in
                let result = try host.runToSlowReader(output)
                // Times and numbers of processes differ.
                #expect(result.standardOutput.count { $0 == 10 } == ordinary.standardOutput.count { $0 == 10 })
                return result
            }
        }
    }

    @Test func whoeverIgnoresThePipeSignalIsTold() throws {
        let output = OutputCase(line: "show FILE")
        try output.withHost { host in
            let wrapper = ["sh", "-c", "trap '' PIPE; exec \"$@\"", "sh"]
            let result = try host.runWithoutReader(output, through: wrapper)
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
