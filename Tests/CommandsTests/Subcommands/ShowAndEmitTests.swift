import TestSupport
import Testing

@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct ShowAndEmitTests {
    private static let rules = "let wan = eth0\ndrop in on $wan tcp dport smtp\nroute 10.1.0.0/16 dev lo\n"

    @Test func aFileIsShownAsWhatItMeans() throws {
        try withWeir { weir in
            let file = try weir.write(Self.rules)
            let result = try weir.run(["show", file]).succeeded()
            #expect(result.output == "drop in on eth0 tcp dport 25\n\nroute 10.1.0.0/16 dev lo\n")
            let model = try weir.run(["show", "--json", file]).succeeded().output
            #expect(try weir.emit(file, as: "json") == model)
            // What is shown means the same.
            let again = try weir.write(result.output, to: "again.weir")
            #expect(try weir.run(["show", "--json", again]).succeeded().output == model)
            let modelFile = try weir.write(model, to: "model.json")
            #expect(try weir.run(["show", modelFile]).succeeded().output == result.output)
        }
    }

    @Test func theKernelIsShownInTheSameWords() throws {
        try withWeir { weir in
            try weir.apply(rules: Self.rules)
            let file = try weir.run(["show", "\(weir.directory)/rules.weir"]).succeeded().output
            #expect(try weir.run("show").succeeded().output == file)
            let counted = try weir.run("show", ["--counters"]).succeeded().output
            #expect(counted.contains("chain input   filter hook input priority filter\n"))
            #expect(counted.contains("    drop in on eth0 tcp dport 25   0 packets, 0 bytes\n"))
            let bytecode = try weir.run("show", ["--bytecode"]).succeeded().output
            #expect(bytecode.contains("cmp eq reg"))
            #expect(
                try weir.run(["show", "--bytecode", "\(weir.directory)/rules.weir"]).succeeded().output == bytecode
            )
            let json = try weir.run("show", ["--counters", "--json"]).succeeded().output
            #expect(json.contains("\"packets\" : 0"))
            #expect(json.contains("\"text\" : \"drop in on eth0 tcp dport 25\""))
        }
    }

    @Test func whatTheLanguageHasNoWordsForIsACommentInIt() throws {
        try withWeir { weir in
            try weir.apply(rules: Self.rules)
            try outputOf("nft", "add rule inet weir input meta priority 1:2 drop")
            let shown = try weir.run("show").succeeded().output
            #expect(shown.contains("\n# not in the rule language: "))
            #expect(try weir.run(["check", weir.write(shown)]).status == 0)
        }
    }

    @Test func oneFamilyAndTheWayBackCanBeAskedFor() throws {
        try withWeir { weir in
            let file = try weir.write("drop in tcp dport 25\n")
            let both = try weir.emit(file, as: "iptables")
            #expect(both.contains("\niptables ") && both.contains("\nip6tables "))
            for (family, other) in [("ipv4", "\nip6tables "), ("ipv6", "\niptables ")] {
                let one = try weir.run(["emit", "--as", "iptables", "--family", family, file]).succeeded().output
                #expect(!one.contains(other))
                #expect(one.contains("--dport 25 -j DROP"))
            }
            let undo = try weir.run(["emit", "--as", "iptables", "--undo", file]).succeeded().output
            #expect(undo.contains(" -D INPUT "))
        }
    }

    @Test func whatAFormHasNoWordsForLeavesNothingHalfWritten() throws {
        try withWeir { weir in
            let file = try weir.write("drop in tcp dport 25\nlog in prefix \"a$b\"\n")
            let result = try weir.run(["emit", "--as", "nft", file])
            #expect(result.status == 65)
            #expect(result.output.isEmpty)
            #expect(result.errorOutput.contains("rules.weir:2"))
        }
    }
}
