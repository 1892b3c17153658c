import RulesetModel
import TestSupport
import Testing

/// Beside the rules of other programs Weir makes changes of every kind, and theirs stay as they are, byte by byte.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .iptables, .ip6tables, .iptablesRestore, .ip6tablesRestore))
struct ForeignRulesetTests {
    @Test(arguments: ForeignRuleset.hosts)
    func theirsStayAsTheyAre(_ theirs: [ForeignRuleset]) throws {
        try makeCorpusLinks()
        for one in theirs { try outputOf("sh", "-eu", input: one.script) }
        let before = try KernelDump().foreign
        #expect(before.filter { $0.hasPrefix("rule ") }.count > 5, "\(before)")
        func check(_ when: String) throws {
            expectSameText(try KernelDump().foreign.joined(separator: "\n"), before.joined(separator: "\n"), "\(when)")
        }
        try withWeir { weir in
            let first = try weir.write(
                "policy in drop\naccept in tcp dport { 22, 80 }\nset bad: prefix { 192.0.2.0/24 }\ndrop in saddr @bad\n"
                    + "redirect in tcp dport 21 to :2121\nmasquerade out on eth0\nroute 10.123.0.0/16 dev vpn0\n"
            )
            try weir.run("plan", [first]).succeeded()
            try weir.run("plan", ["--rehearse", first]).succeeded()
            try check("plan")
            try weir.apply(first)
            try check("apply")
            let second = try weir.write(
                "policy in accept\nset bad: prefix { 192.0.2.0/25, 198.51.100.7 }\ndrop in saddr @bad\n"
                    + "chain c { accept tcp dport 53 ; drop }\njump c forward udp\nset mark 1 out\nnotrack in udp dport 53\n",
                to: "second.weir"
            )
            try weir.apply(second)
            try check("change")
            let bad = try weir.write("drop in tcp dport 25\nroute 10.9.0.0/16 via 203.0.113.9\n", to: "bad.weir")
            #expect(try weir.run("apply", ["--yes", bad]).status != 0)
            try check("failed change")
            try weir.run("rollback", ["--yes"]).succeeded()
            try check("rollback")
            #expect(try weir.run("apply", ["--yes", "--confirm", "1s", "--wait", second]).status == 22)
            try check("change that nobody confirmed")
            _ = try weir.run("doctor")
            try weir.run("status").succeeded()
            try check("doctor and status")
            try weir.run("revert", ["--yes"]).succeeded()
            try check("revert")
        }
    }

    /// Random changes beside all of them at once.
    @Test func allOfThemAtOnce() throws {
        let budget = SoakBudget(share: 3, all: 300)
        try makeCorpusLinks()
        // Some of them want the same chains of iptables to be new; whoever comes later then goes on.
        for theirs in ForeignRuleset.all { _ = try run("sh", input: theirs.script) }
        let before = try KernelDump().foreign
        #expect(before.filter { $0.hasPrefix("table ") }.count > 12)
        #expect(before.filter { $0.hasPrefix("rule ") }.count > 100)
        var random = SeededGenerator(seed: budget.seed)
        var (points, changes) = (0, 0)
        try withWeir { weir in
            for number in 0..<budget.count {
                var ruleset = Ruleset.random(seed: budget.seed &+ UInt64(number), size: 12)
                (ruleset.routes, ruleset.routingRules, ruleset.sysctls) = ([], [], [])
                let file = try weir.write("\(ruleset)")
                let isBack = changes > 1 && Int.random(in: 0..<3, using: &random) == 0
                let isEnd = number == budget.count - 1
                let command = isEnd ? ["revert", "--yes"] : isBack ? ["rollback", "--yes"] : ["apply", "--yes", file]
                let result = try weir.run(command[0], Array(command.dropFirst()))
                if result.status == 0 { changes += 1 }
                #expect([0, 25, 65].contains(result.status), "\(result.errorOutput)\(ruleset)")
                let now = try KernelDump().foreign
                expectSameText(now.joined(separator: "\n"), before.joined(separator: "\n"), "\(command) \(number)")
                points += 1
            }
        }
        #expect(changes > budget.count / 2, "\(changes) of \(budget.count) changes were made")
        budget.say("the rules of \(ForeignRuleset.all.count) programs were byte-identical at \(points) points")
    }
}
