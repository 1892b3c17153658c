import Glibc
import TestSupport
import Testing

/// The state directory is read, written and emptied as root: nobody else may exchange it, or what leads to it.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct StateDirectoryTests {
    private static let commands = [
        ["apply", "--yes"], ["plan"], ["status"], ["history"], ["revert", "--yes"], ["rollback", "--yes"], ["recover"],
    ]

    private func command(_ words: [String], _ state: String, _ weir: Weir) throws -> ProcessResult {
        let file = try weir.write("drop in tcp dport 25\n")
        let takesFile = ["apply", "plan"].contains(words[0])
        return try weir.run(words + ["--state-dir", state] + (takesFile ? [file] : []))
    }

    @Test(arguments: commands) func aParentThatOthersOwnIsRefused(_ words: [String]) throws {
        try withWeir { weir in
            let theirs = "\(weir.directory)/theirs"
            mkdir(theirs, 0o755)
            try #require(chown(theirs, 12345, 12345) == 0)
            let result = try command(words, "\(theirs)/weir/state", weir)
            #expect(result.status == 74, "\(result.output)\(result.errorOutput)")
            #expect(result.errorOutput.contains("\(theirs) cannot be trusted: another user owns it"))
            #expect(directoryContents(theirs).isEmpty)
            #expect(try outputOf("nft", "list", "ruleset").isEmpty)
        }
    }

    @Test(arguments: commands) func aLinkIsRefusedAndTheRealDirectoryNamed(_ words: [String]) throws {
        try withWeir { weir in
            mkdir("\(weir.directory)/real", 0o755)
            symlink("real", "\(weir.directory)/link")
            try #require(try command(["apply", "--yes"], "\(weir.directory)/real/state", weir).status == 0)
            let result = try command(words, "\(weir.directory)/link/state", weir)
            #expect(result.status == 74, "\(result.output)\(result.errorOutput)")
            #expect(result.errorOutput.contains("\(weir.directory)/link cannot be trusted: it is a symbolic link"))
            #expect(result.errorOutput.contains("\(weir.directory)/real/state"))
        }
    }

    /// While the question stands the directory is renamed, and a link put in its place: what the link leads to stays as it is.
    @Test(.requires(.script)) func whoeverExchangesItWhileTheQuestionStandsGainsNothing() throws {
        try withWeir { weir in
            let file = try weir.write("drop in tcp dport 25\n")
            let victim = "\(weir.directory)/victim"
            for name in ["txn/1/precious", "gen/1", "firewall/precious.snap"] {
                try writeFile([1], to: "\(victim)/\(name)")
            }
            let state = weir.stateDirectory
            let words = "'\(Weir.program)' apply --state-dir '\(state)' '\(file)'"
            let script = """
                import os, pty, select, sys
                child, terminal = pty.fork()
                if child == 0: os.execvp("sh", ["sh", "-c", sys.argv[1]])
                said = b""
                while b"[y/N]" not in said: said += os.read(terminal, 4096)
                os.rename(sys.argv[2], sys.argv[2] + ".moved")
                os.symlink(sys.argv[3], sys.argv[2])
                os.write(terminal, b"y\\n")
                try:
                    while True:
                        more = os.read(terminal, 4096)
                        if not more: break
                        said += more
                except OSError: pass
                sys.stdout.write(said.decode())
                sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
                """
            let result = try run("python3", "-c", script, words, state, victim)
            #expect(result.status == 0, "\(result.output)\(result.errorOutput)")
            #expect(readFile("\(victim)/txn/1/precious") == [1] && readFile("\(victim)/firewall/precious.snap") == [1])
            #expect(directoryContents("\(victim)/gen") == ["1"] && readFile("\(victim)/gen/1") == [1])
            #expect(directoryContents(victim) == ["firewall", "gen", "txn"])
            #expect(directoryContents("\(state).moved/gen") == ["1"])
        }
    }

    /// A command that is told is one to be run as it is.
    @Test(arguments: ["192.0.2.7 50000 -oProxyCommand=x 22", "192.0.2.7 50000 192.0.2.1 2222"])
    func whatIsToBeTypedIsQuoted(session: String) throws {
        try withWeir { weir in
            let file = try weir.write("drop in tcp dport 25\n")
            let state = "\(weir.directory)/it's $(touch here); \u{1b}[31m"
            let result = try run(
                [Weir.program, "apply", "--yes", "--confirm", "1h", "--state-dir", state, file],
                environment: ["SSH_CONNECTION": session],
                directory: weir.directory
            )
            #expect(result.status == 0, "\(result.errorOutput)")
            let lines = result.output.split(separator: "\n").map(String.init)
            let line = try #require(lines.first { $0.contains("weir confirm") }, "\(result.output)")
            #expect(!result.output.contains("ProxyCommand"))
            // ssh(1) hands its words to another shell, joined by blanks.
            let shell = session.contains("2222") ? "ssh() { shift 3; eval \"$*\"; }; " : ""
            let words = try outputOf("bash", "-c", shell + "weir() { printf '%s\\0' weir \"$@\"; }; \(line)")
            #expect(words.split(separator: "\0").map(String.init) == ["weir", "confirm", "1", "--state-dir", state])
            #expect(!directoryContents(weir.directory).contains("here"))
            try weir.run(["cancel", "--state-dir", state]).succeeded()
        }
    }
}
