import FoundationEssentials
import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct HistoryAndStatusTests {
    /// A generation as `history --json` prints it.
    private struct Entry: Decodable {
        var number: Int
        var action: String
        var restored: Int?
        var current: Bool?
    }

    private func withHistory(_ body: (Weir) throws -> Void) throws {
        try withWeir { weir in
            try weir.apply(rules: "drop in tcp dport 1\n")
            try weir.apply(rules: "drop in tcp dport 2\n")
            try weir.run("rollback", ["--yes"]).succeeded()
            try weir.run("rollback", ["--yes"]).succeeded()
            try weir.run("revert", ["--yes"]).succeeded()
            try weir.run("rollback", ["--yes", "2"]).succeeded()
            try weir.run("revert", ["--yes"]).succeeded()
            try body(weir)
        }
    }

    @Test func everyChangeIsListed() throws {
        try withHistory { weir in
            let lines = try weir.run("history").succeeded().output.split(separator: "\n").map(String.init)
            let pattern = /^([ *]) (\d+)  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  (\+\d+ ~\d+ -\d+)  (.*)$/
            let entries = try lines.map { line in try #require(try pattern.firstMatch(in: line), "\(line)").output }
            #expect(entries.map(\.2) == ["1", "2", "3", "4", "5", "6"])
            #expect(entries.map(\.1) == [" ", " ", " ", " ", " ", "*"])
            let file = "\(weir.directory)/rules.weir"
            #expect(
                entries.map(\.4)
                    == [
                        "apply \(file)", "apply \(file)", "rollback to 1", "rollback to 0, the clean state",
                        "rollback to 2",
                        "revert",
                    ]
            )
            #expect(entries.first?.3 == "+2 ~0 -0")
        }
    }

    @Test func programsGetJSON() throws {
        try withHistory { weir in
            let text = try weir.run("history", ["--json"]).succeeded().output
            let entries = try JSONDecoder().decode([Entry].self, from: Data(text.utf8))
            #expect(entries.map(\.number) == Array(1...6))
            #expect(entries.map(\.action) == ["apply", "apply", "rollback", "rollback", "rollback", "revert"])
            #expect(entries.map(\.restored) == [nil, nil, 1, 0, 2, nil])
            #expect(entries.map(\.current) == [false, false, false, false, false, true])
        }
    }

    @Test func aGenerationIsShownWithItsText() throws {
        try withHistory { weir in
            let output = try weir.run("history", ["2"]).succeeded().output
            #expect(output.hasSuffix("# \(weir.directory)/rules.weir\ndrop in tcp dport 2\n"))
            for number in ["0", "99"] {
                let missing = try weir.run("history", [number])
                #expect(missing.status == 66)
                #expect(missing.errorOutput == "weir: there is no generation \(number)\n")
            }
            #expect(try weir.run("rollback", ["--yes", "99"]).status == 66)
        }
    }

    @Test func theStatusTellsWhatItTakesToBeAsBefore() throws {
        try withWeir { weir in
            let clean = try weir.run("status").succeeded()
            #expect(clean.output == "Nothing was applied.\n")
            try weir.apply(rules: "drop in tcp dport 1\n")
            let same = try weir.run("status").succeeded()
            #expect(same.output == "The kernel is as generation 1 left it.\n")
            try outputOf("nft", "flush chain inet weir input")
            let differs = try weir.run("status")
            #expect(differs.status == 2)
            #expect(differs.output.hasPrefix("The kernel differs from generation 1."))
            #expect(differs.output.contains("  +   drop in tcp dport 1\n"))
            let json = try weir.run("status", ["--json"])
            #expect(json.status == 2)
            struct Answer: Decodable {
                struct Repair: Decodable {
                    struct Summary: Decodable { var add: Int }
                    var summary: Summary
                }
                var generation: Int
                var repair: Repair
            }
            let answer = try JSONDecoder().decode(Answer.self, from: Data(json.output.utf8))
            #expect(answer.generation == 1)
            #expect(answer.repair.summary.add == 1)
        }
    }
}
