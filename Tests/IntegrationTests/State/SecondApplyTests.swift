import TestSupport
import Testing

/// A second `apply` of the same file does nothing at all.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct SecondApplyTests {
    @Test(arguments: RuleFile.all)
    func sendsNothingThatChangesState(_ rules: RuleFile) throws {
        try makeCorpusLinks()
        try withWeir { weir in
            try weir.apply(rules.file)
            try sendPacketsToMyself()
            let before = try everything()

            let firewall = try BackgroundProcess(["nft", "monitor"])
            let routing = try BackgroundProcess(["ip", "monitor", "route", "rule", "address", "link"])
            try awaitListening(firewall, routing)
            #expect(try weir.apply(rules.file).output.contains("Nothing to do"))
            // Once more without what was noted: all is compared.
            try outputOf("rm", "-f", "\(weir.stateDirectory)/in-effect", "\(weir.stateDirectory)/verified")
            #expect(try weir.apply(rules.file).output.contains("Nothing to do"))
            expectSameText(try everything(), before)

            // What comes after the apply is seen, so the apply would have been.
            try outputOf("nft", "add", "table", "inet", "behind")
            try outputOf("ip", "rule", "add", "priority", "4444", "blackhole")
            try firewall.waitForOutput(containing: "inet behind")
            try routing.waitForOutput(containing: "4444")
            let changes = lines(firewall.standardOutput).filter { !$0.hasPrefix("#") && !$0.contains("before") }
            #expect(changes == ["add table inet behind"])
            let routes = lines(routing.standardOutput).filter { !$0.contains("3333") && !$0.contains("4444") }
            #expect(routes == [])

            #expect(try weir.run("plan", ["--exit-code", rules.file]).status == 0)
            #expect(try weir.run("status").status == 0)
        }
    }

    @Test func oneRuleOfAThousandChangesAlone() throws {
        try withWeir { weir in
            func rules(_ special: Int) -> String {
                (1...1000).map { "drop in tcp dport \($0 == 500 ? special : 10000 + $0) \"rule \($0)\"\n" }.joined()
            }
            try weir.apply(rules: rules(7))
            for _ in 1...3 { try sendPacketsToMyself() }
            let before = try rulesByComment()
            let result = try weir.apply(rules: rules(8))
            let after = try rulesByComment()
            #expect(result.output.contains("rule 500"))
            #expect(before.count == 1000 && after.count == 1000)
            #expect(after.filter { before[$0.key] != $0.value }.map(\.key) == ["rule 500"])
            #expect(after["rule 500"]?.contains("tcp dport 8 ") == true)
        }
    }

    @Test func aRuleInTheMiddleComesAndGoesAlone() throws {
        try withWeir { weir in
            func rules(_ numbers: [Int]) -> String {
                numbers.map { "drop in tcp dport \(10000 + $0) \"rule \($0)\"\n" }.joined()
            }
            try weir.apply(rules: rules(Array(1...50)))
            let before = try rulesByComment()
            try weir.apply(rules: rules(Array(1...25) + [77] + Array(26...50)))
            let more = try rulesByComment()
            #expect(before.allSatisfy { more[$0.key] == $0.value })
            #expect(try order() == Array(1...25) + [77] + Array(26...50))
            try weir.apply(rules: rules(Array(1...50)))
            #expect(try rulesByComment() == before)
            #expect(try order() == Array(1...50))
        }
    }

    @Test func setsChangeByElement() throws {
        try withWeir { weir in
            func rules(_ numbers: ClosedRange<Int>) -> String {
                let elements = numbers.map { "10.0.\($0).1" }.joined(separator: ", ")
                return "set bad: address { \(elements) }\ndrop in saddr @bad\n"
            }
            try weir.apply(rules: rules(1...200))
            let monitor = try BackgroundProcess(["nft", "monitor"])
            try awaitListening(monitor)
            try weir.apply(rules: rules(2...201))
            try outputOf("nft", "add", "table", "inet", "behind")
            try monitor.waitForOutput(containing: "inet behind")
            let changes = lines(monitor.standardOutput).filter { !$0.hasPrefix("#") && !$0.contains("table inet b") }
            #expect(
                changes.sorted() == [
                    "add element inet weir bad-v4 { 10.0.201.1 }", "delete element inet weir bad-v4 { 10.0.1.1 }",
                ]
            )
        }
    }

    /// Everything with handles and counters.
    private func everything() throws -> String {
        try outputOf("nft", "--handle", "list", "ruleset") + KernelText().text
    }

    private func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Waits until monitors see what happens: they say nothing about when they start.
    private func awaitListening(_ firewall: borrowing BackgroundProcess) throws {
        for _ in 0..<100 where firewall.standardOutput.isEmpty {
            try outputOf("nft", "add", "table", "inet", "before")
            try outputOf("nft", "delete", "table", "inet", "before")
            pause(milliseconds: 20)
        }
        try firewall.waitForOutput(containing: "delete table inet before")
    }

    private func awaitListening(
        _ firewall: borrowing BackgroundProcess,
        _ routing: borrowing BackgroundProcess
    ) throws {
        try awaitListening(firewall)
        for _ in 0..<100 where routing.standardOutput.isEmpty {
            try outputOf("ip", "rule", "add", "priority", "3333", "blackhole")
            try outputOf("ip", "rule", "delete", "priority", "3333")
            pause(milliseconds: 20)
        }
        try routing.waitForOutput(containing: "3333")
    }

    /// The rules with handle and counters, by their comments.
    private func rulesByComment() throws -> [String: String] {
        let listing = try outputOf("nft", "--handle", "list", "chain", "inet", "weir", "input")
        var rules: [String: String] = [:]
        for line in listing.split(separator: "\n") {
            let parts = line.split(separator: "\"")
            if parts.count == 3 { rules[String(parts[1])] = String(line) }
        }
        return rules
    }

    private func order() throws -> [Int] {
        let listing = try outputOf("nft", "list", "chain", "inet", "weir", "input")
        return listing.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\"")
            return parts.count >= 2 ? Int(parts[1].dropFirst("rule ".count)) : nil
        }
    }
}
