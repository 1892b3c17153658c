import TestSupport
import Testing

/// Output that goes through a pipe to a pager, or to a reader that leaves before its end.
@Suite(.freshNetworkNamespace, .requires(.nft))
struct PagingTests {
    private func shell(_ line: String, _ weir: Weir) throws -> ProcessResult {
        let script = "weir() { '\(Weir.program)' \"$@\"; }; set -o pipefail; \(line)"
        return try run(["bash", "-c", script], environment: ["SSH_CONNECTION": nil], directory: weir.directory)
    }

    /// More than a pipe holds.
    private func writeManyMistakes(_ weir: Weir) throws {
        try weir.write(String(repeating: "drop in tcp dprot 25\n", count: 2000), to: "wrong.weir")
    }

    @Test func diagnosticsArePagedWithTheirColours() throws {
        try withWeir { weir in
            try weir.write("drop in tcp dprot 25\n", to: "wrong.weir")
            let plain = try shell("weir check wrong.weir 2>&1 | cat", weir)
            #expect(plain.status == 65)
            #expect(plain.output.hasPrefix("wrong.weir:1:13: error[E031]: "))
            #expect(!plain.output.contains("\u{1b}"))
            let colored = try shell("weir check --color always wrong.weir 2>&1 | cat", weir)
            #expect(colored.output.contains("\u{1b}[") && colored.output.contains("E031"))
            // The same messages in the same place, whatever asks for the file to be read.
            for command in [
                "check", "show", "plan --state-dir state", "apply --yes --state-dir state", "emit --as nft",
            ] {
                let result = try shell("weir \(command) wrong.weir", weir)
                #expect(result.output.isEmpty && result.errorOutput == plain.output, "\(command)")
                #expect(result.status == 65)
            }
            let json = try shell("weir check --json wrong.weir", weir)
            #expect(json.output.contains("E031") && json.errorOutput.isEmpty)
        }
    }

    @Test(arguments: [
        "check wrong.weir 2>&1", "check --json wrong.weir", "fmt - <wrong.weir 2>&1", "plan wrong.weir |&",
    ])
    func aReaderThatLeavesIsNotComplainedTo(command: String) throws {
        try withWeir { weir in
            try writeManyMistakes(weir)
            let pipe = command.hasSuffix("|&") ? "" : " |"
            let result = try shell("weir \(command)\(pipe) head -1 | wc -l", weir)
            #expect(result.status == 65)
            #expect(result.output.trimmingPrefix(while: \.isWhitespace) == "1\n")
            #expect(result.errorOutput.isEmpty)
        }
    }

    /// A reader that has read enough, as `head` does, does not keep a change that was asked for from being made: as a whole.
    @Test(arguments: ["apply --yes rules.weir", "apply --yes rules.weir 2>&1"])
    func aChangeIsMadeThoughItsReaderLeaves(command: String) throws {
        try withWeir { weir in
            try weir.write((1...3000).map { "drop in tcp dport \($0) \"a rule like the others\"\n" }.joined())
            let result = try shell("weir \(command) --state-dir state | head -1", weir)
            #expect(result.errorOutput.isEmpty)
            #expect(result.output == "table inet weir   (new)\n")
            #expect(result.status == 141)
            #expect(
                try run("nft", "list", "table", "inet", "weir").output.split(separator: "\n").count {
                    $0.contains("dport")
                } == 3000
            )
            #expect(try weir.run("status").output == "The kernel is as generation 1 left it.\n")
        }
    }
}
