import TestSupport
import Testing

/// What becomes of each rule file of `rules/`, stage by stage; `RECORD=1` writes it anew.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip, .iptables, .ip6tables))
struct CorpusTests {
    @Test(arguments: RuleFile.all)
    func everyStageIsAsRecorded(_ rules: RuleFile) throws {
        try makeCorpusLinks()
        try withWeir { weir in
            for (name, arguments) in [
                ("model.txt", ["show"]), ("bytecode.txt", ["show", "--bytecode"]),
                ("nft.txt", ["emit", "--as", "nft"]),
                ("iptables.txt", ["emit", "--as", "iptables"]), ("ip.txt", ["emit", "--as", "ip"]),
            ] {
                let output = try weir.run(arguments + [rules.file]).succeeded().output
                expectGolden(output, "\(rules.expectations)/\(name)")
            }
            try weir.apply(rules.file)
            expectGolden(try loaded(), "\(rules.expectations)/loaded.txt")
        }
    }

    /// What the kernel has of Weir's, as nft and ip list it.
    private func loaded() throws -> String {
        var text = try outputOf("nft", "--stateless", "list", "ruleset")
        for command in [
            "ip -4 route show table all", "ip -6 route show table all", "ip -d -4 rule", "ip -d -6 rule",
        ] {
            let output = try run(command.split(separator: " ").map(String.init)).succeeded().output
            // Where Weir is installed, iproute2 knows the protocol's name.
            let lines = output.replacing("proto weir", with: "proto 172").split(separator: "\n")
            let own = lines.filter { $0.contains("proto 172") }
            if !own.isEmpty { text += "# \(command)\n" + own.map { "\($0)\n" }.joined() }
        }
        return text
    }

    /// The file says what it means in the language's own layout.
    @Test(arguments: RuleFile.all)
    func isInOrder(_ rules: RuleFile) throws {
        try withWeir { weir in
            let check = try weir.run(["check", rules.file]).succeeded()
            #expect(check.errorOutput.isEmpty, "no warnings")
            try weir.run(["fmt", "--check", rules.file]).succeeded()
        }
    }

    /// The canonical text is a rule file of its own with the same meaning.
    @Test(arguments: RuleFile.all)
    func theModelReadsBack(_ rules: RuleFile) throws {
        try withWeir { weir in
            let model = try weir.run(["show", rules.file]).succeeded().output
            let again = try weir.write(model, to: "model.weir")
            expectSameText(try weir.run(["show", again]).succeeded().output, model)
            let json = try weir.write(weir.run(["show", "--json", rules.file]).succeeded().output, to: "model.json")
            expectSameText(try weir.run(["show", json]).succeeded().output, model)
        }
    }

}
