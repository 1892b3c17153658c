import TestSupport
import Testing

/// Who is asked, and what counts as yes.
@Suite(.freshNetworkNamespace, .requires(.nft, .script))
struct PromptTests {
    private static let rules = "drop in tcp dport 25\n"

    @Test(arguments: ["y", "Y", "yes", "YES"])
    func yesMeansYes(_ answer: String) throws {
        try withWeir { weir in
            let result = try weir.onTerminal("apply", [weir.write(Self.rules)], typing: "\(answer)\n")
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.contains("Apply? 2 to add, 0 to change, 0 to remove. [y/N] "))
            #expect(result.output.contains("Done: 2 added, 0 changed, 0 removed. Generation 1."))
            #expect(try outputOf("nft", "list", "ruleset").contains("dport 25"))
        }
    }

    @Test(arguments: ["n\n", "\n", "yep\n", "no\ny\n", ""])
    func anythingElseMeansNo(_ typed: String) throws {
        try withWeir { weir in
            let result = try weir.onTerminal("apply", [weir.write(Self.rules)], typing: typed)
            #expect(result.status == 28, "\(result.output)")
            #expect(result.output.contains("Nothing was changed."))
            #expect(try outputOf("nft", "list", "ruleset").isEmpty)
            #expect(try weir.run("history").succeeded().output == "There is no generation yet.\n")
        }
    }

    @Test func whoInterruptsTheQuestionIsToldThatNothingWasChanged() throws {
        try withWeir { weir in
            var terminal = try TerminalProcess([
                Weir.program, "apply", "--state-dir", weir.stateDirectory, weir.write(Self.rules),
            ])
            try terminal.waitForOutput(containing: "[y/N]")
            terminal.type("\u{3}")
            #expect(try terminal.waitForEnd() == 130)
            #expect(terminal.output.contains("Nothing was changed."))
            #expect(try outputOf("nft", "list", "ruleset").isEmpty)
        }
    }

    @Test func theWayBackAsksToo() throws {
        try withWeir { weir in
            try weir.apply(rules: Self.rules)
            for (command, question) in [("rollback", "Roll back?"), ("revert", "Revert?")] {
                let result = try weir.onTerminal(command, typing: "n\n")
                #expect(result.status == 28)
                #expect(result.output.contains("\(question) 0 to add, 0 to change, 2 to remove. [y/N] "))
            }
            #expect(try outputOf("nft", "list", "ruleset").contains("dport 25"))
            #expect(try weir.onTerminal("revert", typing: "y\n").status == 0)
            #expect(try outputOf("nft", "list", "ruleset").isEmpty)
        }
    }

    @Test func whereNothingIsToDoNobodyIsAsked() throws {
        try withWeir { weir in
            try weir.apply(rules: Self.rules)
            let result = try weir.onTerminal("apply", ["\(weir.directory)/rules.weir"], typing: "")
            #expect(result.output == "Nothing to do: the kernel is as it should be.\r\n")
        }
    }

    @Test(arguments: ["apply", "rollback", "revert"])
    func withoutATerminalOnlyYesHelps(_ command: String) throws {
        try withWeir { weir in
            try weir.apply(rules: Self.rules)
            let file = try weir.write("drop in tcp dport 26\n")
            let result = try weir.run(command, command == "apply" ? [file] : [], input: "y\n")
            #expect(result.status == 64)
            #expect(result.errorOutput == "weir: there is no terminal to ask on; use --yes\n")
            #expect(try outputOf("nft", "list", "ruleset").contains("dport 25"))
        }
    }

    @Test func rulesFromStandardInputLeaveNobodyToAsk() throws {
        try withWeir { weir in
            let refused = try weir.run("apply", ["-"], input: Self.rules)
            #expect(refused.status == 64)
            #expect(refused.errorOutput.contains("use --yes"))
            try weir.run("apply", ["--yes", "-"], input: Self.rules).succeeded()
            #expect(try outputOf("nft", "list", "ruleset").contains("dport 25"))
        }
    }
}
