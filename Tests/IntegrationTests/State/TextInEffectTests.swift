import Glibc
import TestSupport
import Testing

/// A rule file that is known to be in effect is not understood again; everything that could have changed is noticed all the same.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct TextInEffectTests {
    private static let rules = """
        include "more.weir"
        policy in drop
        accept in ct state established,related
        accept in on lo
        accept in icmpv6
        accept in saddr 192.0.2.0/24 tcp dport 22
        route 198.51.100.0/24 dev eth0
        rule from 192.0.2.0/24 priority 500 lookup 77
        sysctl net.ipv4.conf.eth0.rp_filter = 2

        """

    private func withRulesInEffect(_ body: (Weir, _ file: String) throws -> Void) throws {
        try outputOf("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "peer0")
        try outputOf("ip", "link", "set", "eth0", "up")
        try withWeir { weir in
            try weir.write("drop in tcp dport 23\n", to: "more.weir")
            let file = try weir.write(Self.rules)
            try weir.apply(file)
            try body(weir, file)
        }
    }

    /// Whether the note of what is in effect was enough: without the compiler's work nothing is noted anew.
    private func isKnown(_ weir: Weir, _ file: String) throws -> Bool {
        let note = "\(weir.stateDirectory)/in-effect"
        let before = try identity(of: note)
        let result = try weir.apply(file)
        #expect(result.output == "Nothing to do: the kernel is as it should be.\n")
        return try identity(of: note) == before
    }

    /// A file that was replaced has another number.
    private func identity(of path: String) throws -> UInt64 {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return UInt64(status.st_ino)
    }

    @Test func itIsNotUnderstoodAgain() throws {
        try withRulesInEffect { weir, file in
            #expect(try isKnown(weir, file))
            let plan = try weir.run("plan", ["--exit-code", file])
            #expect(plan.status == 0)
            #expect(plan.output == "Plan: No changes. Nothing was changed.\n")
            let document = try weir.run("plan", ["--json", file]).succeeded().output
            #expect(try weir.apply(file, ["--json"]).output.contains("\"outcome\" : \"unchanged\""))
            try outputOf("rm", "\(weir.stateDirectory)/in-effect")
            expectSameText(try weir.run("plan", ["--json", file]).succeeded().output, document)
            #expect(!isNoted(weir))
            try weir.apply(file)
            #expect(try isKnown(weir, file))
        }
    }

    private func isNoted(_ weir: Weir) -> Bool {
        access("\(weir.stateDirectory)/in-effect", F_OK) == 0
    }

    @Test func aQuestionStillNeedsSomebodyToAnswerIt() throws {
        try withRulesInEffect { weir, file in
            let result = try weir.run("apply", [file])
            #expect(result.status == 64)
        }
    }

    @Test(arguments: [
        "nft add rule inet weir input tcp dport 99 accept",
        "nft delete table inet weir",
        "nft flush chain inet weir input",
        "ip route delete 198.51.100.0/24",
        "ip route add 203.0.113.0/24 dev eth0 proto 172",
        "ip rule delete priority 500",
        "sysctl net.ipv4.conf.eth0.rp_filter=1",
        "ip link set eth0 down",
    ])
    func whatOthersChangeIsSeen(_ command: String) throws {
        try withRulesInEffect { weir, file in
            #expect(try run(command.split(separator: " ").map(String.init)).status == 0)
            #expect(try weir.run("plan", ["--exit-code", file]).status == 2)
            if command.hasSuffix("down") { try outputOf("ip", "link", "set", "eth0", "up") }
            let result = try weir.apply(file)
            #expect(result.output.contains("Done: "))
            #expect(try isKnown(weir, file))
        }
    }

    @Test func whatOthersChangeElsewhereCostsOneLookAtTheTable() throws {
        try withRulesInEffect { weir, file in
            try outputOf("nft", "add", "table", "inet", "other")
            #expect(try !isKnown(weir, file))
            #expect(try isKnown(weir, file))
        }
    }

    @Test(arguments: ["rules.weir", "more.weir"]) func anotherTextIsUnderstood(_ name: String) throws {
        try withRulesInEffect { weir, file in
            let text = try #require(readFile("\(weir.directory)/\(name)"))
            try weir.write(String(decoding: text, as: UTF8.self) + "# a remark\n", to: name)
            #expect(try !isKnown(weir, file))
            try weir.write(String(decoding: text, as: UTF8.self) + "drop in tcp dport 24\n", to: name)
            #expect(try weir.apply(file).output.contains("Done: 1 added"))
            // The text of before is as long as it was, and not in effect any more.
            try weir.write(String(decoding: text, as: UTF8.self), to: name)
            #expect(try weir.apply(file).output.contains("Done: 0 added, 0 changed, 1 removed"))
        }
    }

    @Test func aFileThatIsGoneIsMissed() throws {
        try withRulesInEffect { weir, file in
            try outputOf("rm", "\(weir.directory)/more.weir")
            #expect(try weir.run("apply", ["--yes", file]).status == 65)
        }
    }

    @Test func aRollbackIsNoticed() throws {
        try withRulesInEffect { weir, file in
            try weir.run("revert", ["--yes"]).succeeded()
            #expect(try weir.apply(file).output.contains("Done: "))
        }
    }

    @Test func whatDependsOnTheHostIsUnderstoodEachTime() throws {
        try withWeir { weir in
            try weir.write("drop out tcp dport 25 skuid root\n", to: "accounts.weir")
            try weir.apply("\(weir.directory)/accounts.weir")
            #expect(!isNoted(weir))

            try outputOf("mkdir", "\(weir.directory)/rules.d")
            let file = try weir.write("include \"rules.d/*.weir\"\ndrop out tcp dport 26\n")
            try weir.apply(file)
            #expect(!isNoted(weir))
            try weir.write("drop out tcp dport 27\n", to: "rules.d/new.weir")
            #expect(try weir.apply(file).output.contains("Done: 1 added"))
        }
    }

    @Test func warningsAreSaidEachTime() throws {
        try withWeir { weir in
            let file = try weir.write("let unused = eth0\ndrop out tcp dport 25\n")
            let first = try weir.apply(file)
            #expect(first.errorOutput.contains("warning"))
            expectSameText(try weir.apply(file).errorOutput, first.errorOutput)
        }
    }

    /// Nothing is believed that others could have written, and nothing is written to it.
    @Test func aNoteInADirectoryOfOthersIsNotBelieved() throws {
        try withRulesInEffect { weir, file in
            chmod(weir.stateDirectory, 0o777)
            try outputOf("chown", "-R", "65534", weir.stateDirectory)
            let result = try weir.run("apply", ["--yes", file])
            #expect(result.status == 74)
            #expect(result.errorOutput.contains("cannot be trusted: another user owns it"))
            try outputOf("chown", "-R", "0", weir.stateDirectory)
            chmod(weir.stateDirectory, 0o700)
            #expect(try isKnown(weir, file))
            // The lock is another name of a file that is somebody's.
            let victim = try weir.write("precious\n", to: "victim")
            unlink("\(weir.stateDirectory)/lock")
            link(victim, "\(weir.stateDirectory)/lock")
            #expect(try weir.run("apply", ["--yes", file]).status == 74)
            #expect(readFile(victim) == Array("precious\n".utf8))
        }
    }

    @Test func aDamagedNoteIsNotBelieved() throws {
        try withRulesInEffect { weir, file in
            let path = "\(weir.stateDirectory)/in-effect"
            let note = try #require(readFile(path))
            // Every byte in turn would take a while; the suite of the long runs damages the whole store.
            for place in stride(from: 0, to: note.count, by: max(1, note.count / 24)) {
                var damaged = note
                damaged[place] ^= 0x11
                try writeFile(damaged, to: path)
                #expect(try !isKnown(weir, file), "byte \(place)")
            }
        }
    }
}
