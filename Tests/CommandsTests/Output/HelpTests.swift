import Diagnostics
import TestSupport
import Testing

@testable import Commands

/// What `weir help` says, in 80 columns.
struct HelpTests {
    @Test(arguments: HelpTopics.names + ["help"])
    func everyTopicFits(_ topic: String) throws {
        if let text = HelpTopics.text(for: topic) {
            for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
            return
        }
        try withWeir { weir in
            var weir = weir
            weir.environment = ["COLUMNS": "80"]
            let help = try weir.run(["help", topic]).succeeded().output
            #expect(try weir.run([topic, "--help"]).succeeded().output == help)
            #expect(help.contains("USAGE: weir \(topic)"))
            for line in help.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        }
    }

    /// The words that are said to be codes are all of them.
    @Test func theRangesHoldEveryCodeAndNoOther() throws {
        var codes: [String] = []
        for range in HelpTopics.codeRanges.split(separator: ", ") {
            let ends = range.split(separator: "-")
            let (first, last) = (
                try #require(Int(ends[0].dropFirst())), try #require(ends.last.flatMap { Int($0.dropFirst()) })
            )
            codes += (first...last).map { String(range.prefix(1)) + String(1000 + $0).dropFirst() }
        }
        #expect(codes.sorted() == DiagnosticCode.allCases.map(\.rawValue).sorted())
    }

    @Test func aComplaintOfTheCommandLineIsFoldedOnATerminal() throws {
        try withWeir { weir in
            let script = "stty cols 80; '\(Weir.program)' help nosuch"
            let result = try run(["script", "--quiet", "--return", "--command", script, "/dev/null"])
            #expect(result.status == 64)
            let lines = result.output.split(whereSeparator: \.isNewline)
            #expect(lines.count > 4)
            for line in lines { #expect(line.count <= 80, "\(line)") }
        }
    }
}
