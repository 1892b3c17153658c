import TestSupport
import Testing

/// Without `/proc`, as in a bare chroot: what needs it says so, and nothing is lost or guessed.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct MissingProcTests {
    private func run(_ weir: Weir, _ words: [String]) throws -> ProcessResult {
        let script = "umount --lazy /proc && exec \"$@\""
        return try TestSupport.run(["unshare", "--mount", "sh", "-c", script, "sh", Weir.program] + words)
    }

    @Test func theCommandLineIsRead() throws {
        try withWeir { weir in
            let file = try weir.write("drop in tcp dport 25\n")
            for words in [["check", "-v", file], ["show", file], ["emit", "--as", "nft", file], ["--version"]] {
                let (here, there) = (try weir.run(words), try run(weir, words))
                #expect(there.status == 0, "\(words)")
                #expect(there.output == here.output)
                #expect(there.errorOutput == here.errorOutput)
            }
            #expect(try run(weir, ["nonsense"]).status == 64)
            let overview = try run(weir, [])
            #expect(overview.output.contains("USAGE: weir"))
            let wrong = try weir.write("drop nothing\n", to: "wrong.weir")
            #expect(try run(weir, ["check", wrong]).status == 65)
            #expect(try run(weir, ["fmt", "--check", file]).status == 0)
        }
    }

    @Test(arguments: [
        "show", "plan FILE", "plan --rehearse FILE", "apply --yes FILE", "apply --yes --confirm 5m FILE", "status",
        "watch", "history", "history 1", "confirm", "cancel", "extend 1 5m", "rollback --yes", "revert --yes",
        "recover",
        "restore",
    ])
    func whatNeedsProcessesSaysSo(_ line: String) throws {
        try withWeir { weir in
            try weir.apply(rules: "drop in tcp dport 1\n")
            let before = try KernelText()
            try weir.write("drop in tcp dport 2\n", to: "FILE")
            var words = line.split(separator: " ").map(String.init)
            words = words.map { $0 == "FILE" ? "\(weir.directory)/FILE" : $0 }
            // A namespace that is named needs no /proc to be found, but all else that is there.
            for more in [[], ["--netns", "here"]] {
                let result = try run(weir, words + ["--state-dir", weir.stateDirectory] + more)
                #expect(result.status == 74, "\(result.output)")
                #expect(result.output.isEmpty)
                #expect(result.errorOutput.contains("/proc is not mounted"), "\(result.errorOutput)")
            }
            #expect(try KernelText() == before)
        }
    }

    @Test func doctorSaysWhatItCannotSee() throws {
        try withWeir { weir in
            let result = try run(weir, ["doctor", "--root", weir.directory, "--state-dir", weir.stateDirectory])
            #expect(result.output.contains("not seen: cannot talk to the kernel"), "\(result.output)")
            #expect(result.output.contains("/proc is not mounted"))
        }
    }
}
