import TestSupport
import Testing

/// A boot with a store that is damaged: the newest generation that can be read, or what was chosen for the case that there is none.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct DamagedStoreAtBootTests {
    private static let first = "policy in drop\naccept in tcp dport 22\n"
    private static let second = "policy in drop\naccept in tcp dport { 22, 80 }\nroute blackhole 203.0.113.0/24\n"

    private func table() throws -> String {
        try run("nft", "-s", "list", "table", "inet", "weir").output
    }

    @Test func aDamagedGenerationGivesWayToTheOneBefore() throws {
        try withFormerHost { former, weir in
            try former.apply(rules: Self.first)
            let good = try former.perform { _ in try outputOf("nft", "-s", "list", "table", "inet", "weir") }
            try former.apply(rules: Self.second)
            try former.damage(generation: 2)
            for arguments in [["--only", "firewall"], ["--only", "routing"], []] {
                let result = try weir.run("restore", arguments)
                // The routes are those of the generation that was brought back: nothing is wrong with that one.
                result.finished(arguments == ["--only", "routing"] ? 0 : 26)
                #expect(result.output.contains("generation 1 ("))
                #expect(arguments == ["--only", "routing"] || result.errorOutput.contains("generation 2 cannot be"))
                #expect(try table() == good)
            }
            #expect(try outputOf("ip", "route").isEmpty)
            // Every other command names the damage, and goes on when it is put away.
            #expect(try weir.run("revert", ["--yes"]).status == 74)
            try weir.run("recover", ["--discard-damaged"]).succeeded()
            #expect(try weir.run("status").succeeded().output == "The kernel is as generation 1 left it.\n")
            try weir.run("revert", ["--yes"]).succeeded()
            #expect(try outputOf("nft", "list", "tables").isEmpty)
        }
    }

    @Test func whereNothingCanBeReadTheHostIsLeftAsItIs() throws {
        try withFormerHost { former, weir in
            try former.apply(rules: Self.first)
            try former.damage(generation: 1)
            let result = try weir.run("restore")
            result.finished(74)
            #expect(result.errorOutput.contains("/gen/1 is damaged"))
            #expect(result.output == "No generation could be brought back: the host was left as it is.\n")
            #expect(try outputOf("nft", "list", "tables").isEmpty)
        }
    }

    /// The change that was under way when the machine went down is nothing that anybody waits for.
    @Test func aDamagedUnfinishedChangeKeepsNothingAway() throws {
        try withFormerHost { former, weir in
            try former.apply(rules: Self.first)
            let good = try former.perform { weir in
                let text = try outputOf("nft", "-s", "list", "table", "inet", "weir")
                let file = try weir.write(Self.second)
                let command = [Weir.program, "apply", "--yes", "--state-dir", weir.stateDirectory, file]
                let killed = try run(command, environment: ["WEIR_FAULT": "kill@5"])
                #expect(killed.status == 137)
                return text
            }
            let path = "\(weir.stateDirectory)/txn/2/generation"
            var bytes = try #require(readFile(path))
            bytes[20] ^= 1
            try writeFile(bytes, to: path)
            let result = try weir.run("restore")
            result.finished(26)
            #expect(result.errorOutput.contains("/txn/2/generation is damaged"))
            #expect(try table() == good)
        }
    }

    /// The mount is only seen by the command.
    @Test(arguments: ["size=1m,nr_inodes=5", "size=1m"])
    func aFileSystemThatTakesNothingKeepsNothingAway(options: String) throws {
        try withFormerHost { former, weir in
            try former.apply(rules: Self.first)
            let good = try former.perform { _ in try outputOf("nft", "-s", "list", "table", "inet", "weir") }
            // Of what is in the store, that is all that matters; the first file system is then full, the second read-only.
            let script = """
                set -e
                mount -t tmpfs -o mode=700,\(options) none "$0/disk"
                cp -a "$0/state/format" "$0/disk/"
                mkdir -m 700 "$0/disk/gen"
                cp -a "$0/state/gen/1" "$0/disk/gen/"
                \(options.contains("inodes") ? "touch \"$0/disk/full\"" : "mount -o remount,ro none \"$0/disk\"")
                exec "$1" restore --state-dir "$0/disk"
                """
            try writeFile([], to: "\(weir.directory)/disk/below")
            let result = try run(["unshare", "--mount", "sh", "-c", script, weir.directory, Weir.program])
            result.finished(26)
            #expect(result.errorOutput.contains("cannot"), "\(result.errorOutput)")
            #expect(try table() == good)
        }
    }
}
