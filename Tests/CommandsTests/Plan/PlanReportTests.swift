import FoundationEssentials
import TestSupport
import Testing

/// What is shown of a difference: to people as lines under headings, to programs as JSON.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct PlanReportTests {
    private static let before = """
        policy in drop
        set blocked: prefix { 192.0.2.7, 192.0.2.9 }
        drop in saddr @blocked
        accept in tcp dport 22
        accept in tcp dport 80
        count out udp
        route 10.1.0.0/16 dev lo
        route 10.2.0.0/16 dev lo
        rule from 10.1.0.0/16 lookup main priority 300
        sysctl net.ipv4.ip_forward = 1

        """
    private static let after = """
        set blocked: prefix { 192.0.2.7, 198.51.100.0/24 }
        drop in saddr @blocked
        accept in tcp dport 22 "shell"
        accept in tcp dport 443
        redirect in tcp dport 21 to :27664
        route 10.1.0.0/16 dev lo metric 7
        route blackhole 10.2.0.0/16
        rule from 10.3.0.0/16 lookup main priority 300

        """

    /// Applies the first rules and plans the second.
    private func plan(_ weir: Weir, _ options: String...) throws -> ProcessResult {
        try outputOf("sysctl", "-q", "net.ipv4.ip_forward=0")
        try weir.apply(rules: Self.before)
        return try weir.run("plan", options + [weir.write(Self.after, to: "after.weir")])
    }

    @Test func peopleGetLinesUnderHeadings() throws {
        try withWeir { weir in
            let result = try plan(weir).succeeded()
            #expect(result.errorOutput.isEmpty)
            let text = result.output.replacing("\(weir.directory)/", with: "")
            expectSameText(text, Self.expected)
        }
    }

    private static let expected = """
        table inet weir
          ~ set blocked-v4   +1 -1 elements                                       after.weir:1
          ~ chain input   filter hook input priority filter
          ~   accept in tcp dport 22 "shell"  (was: accept in tcp dport 22)       after.weir:3
          ~   accept in tcp dport 443  (was: accept in tcp dport 80)              after.weir:4
          + chain prerouting-nat   nat hook prerouting priority dstnat
          +   redirect in tcp dport 21 to :27664                                  after.weir:5
          - chain output   filter hook output priority filter
          -   count out udp
        routes
          + route 10.1.0.0/16 dev lo metric 7                                     after.weir:6
          ~ route blackhole 10.2.0.0/16  (was: route 10.2.0.0/16 dev lo)          after.weir:7
          - route 10.1.0.0/16 dev lo
        policy routing rules
          + rule from 10.3.0.0/16 lookup main priority 300                        after.weir:8
          - rule from 10.1.0.0/16 lookup main priority 300
        settings
          ~ sysctl net.ipv4.ip_forward = 0  (was 1; its value from before Weir)
          ~ sysctl net.ipv4.conf.all.accept_redirects = 1  (was 0; its value from before Weir)
        Plan: 4 to add, 7 to change, 4 to remove. Nothing was changed.

        """

    @Test func programsGetJSON() throws {
        try withWeir { weir in
            let text = try plan(weir, "--json").succeeded().output
            let document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
            #expect(document.version == 1)
            #expect(document.refusals.isEmpty)
            let shown = try weir.run("plan", ["\(weir.directory)/after.weir"]).succeeded().output
            let counts = document.summary
            #expect(
                shown.contains("Plan: \(counts.add) to add, \(counts.change) to change, \(counts.remove) to remove.")
            )
            for change in document.changes { #expect(shown.contains(change.text), "\(change)") }
            let shell = try #require(document.changes.first { $0.text.contains("shell") })
            #expect(shell.kind == "rule")
            #expect(shell.chain == "input")
            #expect(shell.source?.hasSuffix("after.weir:3") == true)
            #expect(document.changes.contains { $0.kind == "sysctl" && $0.change == "change" })
            #expect(Set(document.changes.map(\.kind)) == ["chain", "rule", "set", "route", "routing-rule", "sysctl"])
            #expect(Set(document.changes.map(\.change)).isSuperset(of: ["add", "remove", "change"]))
        }
    }

    @Test func whatTheKernelRefusesIsPartOfIt() throws {
        try withWeir { weir in
            let file = try weir.write("sysctl net.ipv4.no_such_setting = 1\ndrop in tcp dport 25\n")
            let result = try weir.run("plan", ["--json", file])
            #expect(result.status == 69)
            let document = try JSONDecoder().decode(Document.self, from: Data(result.output.utf8))
            #expect(document.refusals.count == 1)
            #expect(document.refusals.first?.contains("rules.weir:1") == true)
            #expect(document.changes.contains { $0.text == "drop in tcp dport 25" })
        }
    }

    @Test func whereNothingDiffersThatIsSaid() throws {
        try withWeir { weir in
            try weir.apply(rules: Self.before)
            let file = "\(weir.directory)/rules.weir"
            let result = try weir.run("plan", ["--exit-code", file]).succeeded()
            #expect(result.output == "Plan: No changes. Nothing was changed.\n")
            try weir.write(Self.after)
            #expect(try weir.run("plan", ["--exit-code", file]).status == 2)
            #expect(try weir.run("plan", [file]).status == 0)
        }
    }

    /// What `plan --json` prints.
    private struct Document: Decodable {
        struct Change: Decodable {
            var change: String
            var kind: String
            var text: String
            var source: String?
            var chain: String?
            var note: String?
        }

        struct Summary: Decodable {
            var add: Int
            var change: Int
            var remove: Int
        }

        var version: Int
        var changes: [Change]
        var summary: Summary
        var refusals: [String]
    }
}
