import Diagnostics
import TestSupport
import Testing

@testable import Commands

/// Names, comments and texts that others chose could hold what a terminal obeys: the title of its window, colours, answers that are typed.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct UnsafeTextTests {
    /// Sets the title of a terminal's window; the second one in the single character that begins such a sequence.
    private static let title = "\u{1b}]0;pwned\u{7}"
    private static let shortTitle = "\u{9d}0;pwned\u{9c}"

    private func expectSafe(_ result: ProcessResult, showing text: String) {
        let shown = result.output + result.errorOutput
        #expect(shown.contains(text), "\(shown)")
        let controls = shown.unicodeScalars.filter { $0.properties.generalCategory == .control }
        let obeyed = controls.filter { $0 != "\n" && $0 != "\t" }
        #expect(obeyed.isEmpty, "\(shown.debugDescription)")
    }

    @Test func keysOfAModelAreShown() throws {
        try withWeir { weir in
            let file = try weir.write(#"{"version":1,"\u001b]0;pwned\u0007key":1,"\u009dx":2}"#, to: "model.json")
            let result = try weir.run(["check", file])
            #expect(result.status == 65)
            expectSafe(result, showing: "key")
        }
    }

    @Test func theTextOfAGenerationIsShownLineByLine() throws {
        try withWeir { weir in
            try weir.write("# \(Self.title) \(Self.shortTitle)\r\n10.0.0.1\t# one\n", to: "list")
            try weir.apply(rules: "set s: address from \"list\"\ndrop in saddr @s\n")
            let result = try weir.run("history", ["1"]).succeeded()
            #expect(result.output.contains("\r\n10.0.0.1\t# one\n"))
            let obeyed = result.output.unicodeScalars.filter { $0.properties.generalCategory == .control }
            #expect(Set(obeyed) == ["\r", "\n", "\t"])
        }
    }

    @Test func commentsInTheKernelAreShown() throws {
        try withWeir { weir in
            try weir.apply(rules: "drop in tcp dport 1\n")
            let rule = "add rule inet weir input tcp dport 2 accept comment \"\(Self.title)\(Self.shortTitle)\"\n"
            try outputOf("nft", "-f", "-", input: rule)
            let file = try weir.write("drop in tcp dport 1\n")
            expectSafe(try weir.run("show"), showing: "pwned")
            expectSafe(try weir.run("show", ["--counters"]), showing: "pwned")
            expectSafe(try weir.run("show", ["--json"]), showing: "pwned")
            expectSafe(try weir.run("plan", [file]), showing: "pwned")
            expectSafe(try weir.run("plan", ["--json", file]), showing: "pwned")
            expectSafe(try weir.run("status"), showing: "pwned")
        }
    }

    @Test func namesOfFilesAreShown() throws {
        try withWeir { weir in
            try weir.write("drop in tcp dport 1\n", to: "rules.d/\(Self.title).weir")
            let file = try weir.write("include \"rules.d/*.weir\"\n")
            expectSafe(try weir.run("plan", [file]), showing: "pwned")
            try weir.apply(file)
            expectSafe(try weir.run("history", ["1"]), showing: "pwned")
        }
    }

    @Test func namesOfInterfacesAreShown() throws {
        try withWeir { weir in
            let file = try weir.write("route 192.0.2.0/24 dev \"a\u{1b}[31m\"\n")
            let result = try weir.run("apply", ["--yes", file])
            #expect(result.status != 0)
            expectSafe(result, showing: "[31m")
        }
    }

    /// What another program reads keeps its bytes; what a rule file says with control characters in it is refused before.
    @Test func emittedTextHoldsNoControlCharacters() throws {
        try withWeir { weir in
            for rule in ["drop in on \"a\u{1b}[31m\"", "drop in \"a\u{1b}[31m\"", "drop in \"\(Self.shortTitle)\""] {
                let file = try weir.write("\(rule)\n")
                for format in ["nft", "iptables", "json"] {
                    let result = try weir.run(["emit", "--as", format, file])
                    #expect(result.status == 65)
                    #expect(result.output.isEmpty)
                }
            }
            let file = try weir.write("drop in on \"a'\u{9b}\"\n")
            #expect(try weir.emit(file, as: "iptables").contains("'a'\\''\u{9b}'"))
        }
    }

    @Test func aTextOfManyLinesKeepsItsLines() {
        #expect(TerminalText.safeLines("a\tb\r\nc\n") == "a\tb\r\nc\n")
        #expect(TerminalText.safeLines("a\rb\u{1b}c\u{9b}") == "a\u{240d}b\u{241b}c\\u{9B}")
    }
}
