import FoundationEssentials
import TestSupport
import Testing

/// What is shown of a difference that nobody reads to its end.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct LongPlanTests {
    /// Three chains of 500 rules each, 30 small chains, and routes.
    private static func rules(dropping port: Int? = nil) -> String {
        var lines = ["policy in accept"]
        for chain in 0..<3 {
            lines.append("chain c\(chain) {")
            lines += (0..<500).map { "    \($0 == 250 && port == chain ? "drop" : "accept") tcp dport \(1000 + $0)" }
            lines.append("}")
        }
        lines += (0..<60).map { "chain small\($0 < 10 ? "0" : "")\($0) { drop udp dport 53 }" }
        lines += (0..<3).map { "jump c\($0) in" }
        lines += (1..<10).map { "route 10.\($0).0.0/16 dev lo" }
        return lines.joined(separator: "\n") + "\n"
    }

    private func lines(_ result: ProcessResult) throws -> [String] {
        try result.succeeded().output.split(separator: "\n").map(String.init)
    }

    @Test func theFirstAndLastLinesOfEachKindAreShown() throws {
        try withWeir { weir in
            let file = try weir.write(Self.rules())
            let all = try lines(weir.run("plan", ["--all", file]))
            let folded = try lines(weir.run("plan", [file]))
            // Headings, chains and rules, and the sum.
            #expect(all.count == 1 + (1 + 3 + 3 * 501 + 60 * 2) + 1 + 9 + 1)
            #expect(folded.count < 120)
            // All that is shown is shown as it would be otherwise, but for the column of the places.
            func words(_ line: String) -> [Substring] { line.split(separator: " ") }
            let known = Set(all.map(words))
            let folds = folded.filter { $0.contains("… ") }
            let note = try #require(folded.first { $0.hasSuffix("lines are not shown; --all shows them.") })
            for line in folded where !folds.contains(line) && line != note {
                #expect(known.contains(words(line)), "\(line)")
            }
            // What is counted is all that is left out.
            let hidden = folds.reduce(0) { sum, line in
                sum + line.split(separator: " ").compactMap { Int($0) }.reduce(0, +)
            }
            #expect(all.count - (folded.count - folds.count - 1) == hidden)
            #expect(note == "\(hidden) lines are not shown; --all shows them.")
            #expect(folds.contains("      … + 483 more rules"), "\(folds)")
            #expect(folds.contains { $0.hasPrefix("      … + ") && $0.contains(" more chains") }, "\(folds)")
            // There are few routes.
            #expect(folded.filter { $0.contains("route 10.") }.count == 9)
            #expect(folded.last == all.last)
        }
    }

    @Test func whatIsRareIsAlwaysShown() throws {
        try withWeir { weir in
            try weir.apply(rules: "policy in accept\nchain c1 { drop udp dport 7 }\njump c1 in\ncount out icmp\n")
            let folded = try lines(weir.run("plan", [try weir.write(Self.rules(dropping: 1))]))
            #expect(folded.contains { $0.contains("drop udp dport 7") })
            #expect(folded.contains { $0.hasPrefix("  -   count out icmp") })
        }
    }

    @Test func programsGetAllOfIt() throws {
        try withWeir { weir in
            struct Document: Decodable { var changes: [Line] }
            struct Line: Decodable { var kind: String }
            let text = try weir.run("plan", ["--json", try weir.write(Self.rules())]).succeeded().output
            let document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
            #expect(document.changes.count { $0.kind == "rule" } == 3 + 1500 + 60)
        }
    }

    @Test func everyCommandThatShowsAPlanFoldsIt() throws {
        try withWeir { weir in
            let file = try weir.write(Self.rules())
            #expect(try lines(weir.run("apply", ["--yes", file])).count < 120)
            #expect(try lines(weir.run("rollback", ["--yes", "0"])).count < 120)
            #expect(try lines(weir.run("apply", ["--yes", "--all", file])).count > 1500)
            try outputOf("nft", "delete table inet weir")
            #expect(try weir.run("status", []).output.split(separator: "\n").count < 120)
            #expect(try weir.run("status", ["--all"]).output.split(separator: "\n").count > 1500)
            try weir.run("apply", ["--yes", file]).succeeded()
            #expect(try lines(weir.run("revert", ["--yes", "--all"])).count > 1500)
        }
    }
}
