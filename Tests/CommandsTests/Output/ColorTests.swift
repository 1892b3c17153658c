import TestSupport
import Testing

@testable import Commands

/// Colours are for terminals, and for those who ask for them.
@Suite(.requires(.script))
struct ColorTests {
    private func check(_ weir: Weir, _ options: String...) throws -> ProcessResult {
        try weir.run(["check"] + options + [weir.write("drop in tcp dprot 25\n")])
    }

    @Test func aPipeGetsNone() throws {
        try withWeir { weir in
            let pipe = try check(weir)
            #expect(pipe.errorOutput.contains("dprot"))
            #expect(!pipe.errorOutput.contains("\u{1b}["))
            #expect(try check(weir, "--color", "auto").errorOutput == pipe.errorOutput)
            #expect(try check(weir, "--color", "always").errorOutput.contains("\u{1b}["))
        }
    }

    @Test(arguments: [
        (["TERM": "xterm"], "auto", true), (["TERM": "xterm"], "never", false), (["TERM": "dumb"], "auto", false),
        (["TERM": "dumb"], "always", true), (["TERM": "xterm", "NO_COLOR": "1"], "auto", false),
        (["TERM": "xterm", "NO_COLOR": ""], "auto", true), (["TERM": "xterm", "NO_COLOR": "1"], "always", true),
    ])
    func aTerminalGetsThemUnlessTheyAreRefused(environment: [String: String], choice: String, isOn: Bool) throws {
        try withWeir { weir in
            let file = try weir.write("drop in tcp dprot 25\n")
            let result = try weir.onTerminal(
                ["check", "--color", choice, file],
                typing: "",
                environment: ["NO_COLOR": nil].merging(environment.mapValues { $0 }) { $1 }
            )
            #expect(result.status == 65)
            #expect(result.output.contains("\u{1b}[") == isOn, "\(result.output)")
        }
    }

    @Test func onlyStyledTextIsPainted() {
        let plain = Terminal(.never)
        let colored = Terminal(.always)
        #expect(plain.paint("text", .added) == "text")
        #expect(colored.paint("text", .plain) == "text")
        #expect(colored.paint("text", .removed) == "\u{1b}[31mtext\u{1b}[0m")
        #expect(!plain.colorsErrors)
        #expect(colored.colorsErrors)
    }
}
