import TestSupport
import Testing

/// What the README shows of commands is what they print.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct ReadmeTests {
    /// The lines of each block of code.
    private static let blocks: [[String]] = {
        let text = String(decoding: readFile("\(packageDirectory)/README.md") ?? [], as: UTF8.self)
        let parts = text.split(separator: "```", omittingEmptySubsequences: false)
        return parts.enumerated().filter { $0.offset % 2 == 1 }.map {
            $0.element.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).dropFirst().dropLast()
        }
    }()

    /// What the README shows after a command, up to the next one.
    private func shown(after command: String) throws -> String {
        let block = try #require(Self.blocks.first { $0.contains("$ \(command)") }, "\(command)")
        let start = try #require(block.firstIndex(of: "$ \(command)")) + 1
        return block[start...].prefix { !$0.hasPrefix("$ ") }.map { "\($0)\n" }.joined()
    }

    /// A host with the interfaces that the rule file of the README names.
    private func withHost(_ body: (Weir) throws -> Void) throws {
        for name in ["eth0", "vpn0"] {
            try outputOf("ip", "link", "add", name, "type", "veth", "peer", "name", "peer-\(name)")
            for end in [name, "peer-\(name)"] { try outputOf("ip", "link", "set", end, "up") }
        }
        try withWeir { weir in
            let rules = try #require(Self.blocks.first).map { "\($0)\n" }.joined()
            try weir.write(rules, to: "host.weir")
            let wrong = rules.replacing("dport ssh", with: "dprot ssh").replacing("8.8.8.8/32", with: "8.8.8.8/24")
            try weir.write(wrong, to: "mistake.weir")
            try weir.write("route 8.8.8.8/32 dev vpn0\n", to: "route.weir")
            try body(weir)
        }
    }

    @Test func itsRuleFileIsWhatItSays() throws {
        try withHost { weir in
            let check = try weir.run(["check", "mistake.weir"])
            expectSameText(check.errorOutput, try shown(after: "weir check mistake.weir"))
            let plan = try weir.run("plan", ["host.weir"]).succeeded()
            expectSameText(plan.output, try shown(after: "weir plan host.weir"))
            let emit = try weir.run(["emit", "host.weir", "--as", "iptables", "--family", "ipv4"]).succeeded()
            let beginning = try shown(after: "weir emit host.weir --as iptables --family ipv4").replacing(
                "...\n",
                with: ""
            )
            #expect(emit.errorOutput + emit.output.prefix(beginning.count - emit.errorOutput.count) == beginning)
            let undo = try weir.run(["emit", "route.weir", "--as", "ip", "--undo"]).succeeded()
            expectSameText(undo.output, try shown(after: "weir emit rules/lecture/route.weir --as ip --undo"))
        }
    }

    @Test func itsChangesAreWhatItSays() throws {
        try withHost { weir in
            let first = try weir.apply("host.weir").output.split(separator: "\n").last
            #expect(try shown(after: "weir apply host.weir").hasSuffix("\(try #require(first))\n"))
            try outputOf("nft", "add", "rule", "inet", "weir", "input", "tcp", "dport", "3306", "accept")
            try outputOf("ip", "route", "delete", "8.8.8.8/32")
            expectSameText(try weir.run("status").output, try shown(after: "weir status"))
            try outputOf("ip", "link", "delete", "vpn0")
            let refused = try weir.run("apply", ["--yes", "host.weir"])
            #expect(refused.status == 20)
            let words = try #require(
                Self.blocks.first { $0.first?.hasPrefix("host.weir:15: the kernel refuses") == true }
            )
            expectSameText(refused.errorOutput, words.map { "\($0)\n" }.joined())
            try weir.run("revert", ["--yes"]).succeeded()
        }
    }
}
