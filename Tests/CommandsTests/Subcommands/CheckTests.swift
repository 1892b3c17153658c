import FoundationEssentials
import TestSupport
import Testing

struct CheckTests {
    private static let wrong = "drop in tcp dprot 25\n"
    private static let right = "drop in tcp dport 25\n"

    @Test func aRightFileLeavesNothingToSay() throws {
        try withWeir { weir in
            let result = try weir.run(["check", weir.write(Self.right)])
            #expect(result.status == 0)
            #expect(result.output.isEmpty)
            #expect(result.errorOutput.isEmpty)
            let verbose = try weir.run(["check", "-v", weir.write(Self.right)])
            #expect(verbose.errorOutput == "\(weir.directory)/rules.weir: 1 rules, 0 sets, 0 routes\n")
        }
    }

    @Test func whoReadsOnATerminalHearsThatAFileIsRight() throws {
        try withWeir { weir in
            let (right, wrong) = (try weir.write(Self.right, to: "a.weir"), try weir.write(Self.wrong, to: "b.weir"))
            #expect(try weir.onTerminal(["check", right], typing: "").output.contains("a.weir: ok"))
            let result = try weir.onTerminal(["check", wrong, right], typing: "")
            #expect(result.output.contains("a.weir: ok") && !result.output.contains("b.weir: ok"))
            #expect(result.status == 65)
            #expect(try !weir.onTerminal(["check", "--json", right], typing: "").output.contains("ok"))
        }
    }

    @Test func allMistakesOfAllFilesAreReported() throws {
        try withWeir { weir in
            let first = try weir.write(Self.wrong + "drop in tcp dport 99999\n", to: "a.weir")
            let second = try weir.write(Self.wrong, to: "b.weir")
            let result = try weir.run(["check", first, "\(weir.directory)/none", weir.write(Self.right), second])
            #expect(result.status == 65)
            for place in ["a.weir:1:13", "a.weir:2:19", "b.weir:1:13", "none"] {
                #expect(result.errorOutput.contains(place), "\(result.errorOutput)")
            }
            #expect(result.output.isEmpty)
        }
    }

    /// Each of these ports is a condition of its own in the kernel: no compiler counts them before the rule is made.
    @Test(arguments: [
        "accept in tcp ct original dport ! { PORTS }",
        "redirect in tcp dport ! { PORTS } to :8080 and accept",
    ])
    func whatTheKernelHasNoRoomForIsAMistakeWithAPlace(rule: String) throws {
        try withWeir { weir in
            let ports = stride(from: 1, to: 400, by: 2).map { "\($0)" }.joined(separator: ", ")
            let file = try weir.write("policy in drop\n" + rule.replacing("PORTS", with: ports) + "\n")
            let result = try weir.run(["check", file])
            #expect(result.status == 65)
            #expect(result.errorOutput.contains("rules.weir:2:1: error[E165]: the kernel takes no rule"), "\(result)")
            #expect(try weir.run(["check", "--json", file]).output.contains("E165"))
            #expect(try weir.run(["show", "--bytecode", file]).errorOutput == result.errorOutput)
            let few = try weir.write("policy in drop\n" + rule.replacing("PORTS", with: "1, 3, 5") + "\n")
            #expect(try weir.run(["check", few]).status == 0)
        }
    }

    @Test func programsGetJSON() throws {
        try withWeir { weir in
            let result = try weir.run(["check", "--json", weir.write(Self.wrong)])
            #expect(result.status == 65)
            #expect(result.errorOutput.isEmpty)
            struct Answer: Decodable {
                struct Finding: Decodable {
                    var code: String
                    var severity: String
                    var message: String
                }
                var diagnostics: [Finding]
            }
            let answer = try JSONDecoder().decode(Answer.self, from: Data(result.output.utf8))
            #expect(answer.diagnostics.map(\.code) == ["E031"])
            #expect(answer.diagnostics.map(\.severity) == ["error"])
            let fine = try weir.run(["check", "--json", weir.write(Self.right)]).succeeded().output
            #expect(try JSONDecoder().decode(Answer.self, from: Data(fine.utf8)).diagnostics.isEmpty)
        }
    }

    @Test func standardInputIsAFile() throws {
        try withWeir { weir in
            #expect(try weir.run(["check", "-"], input: Self.right).status == 0)
            let result = try weir.run(["check", "-"], input: Self.wrong)
            #expect(result.status == 65)
            #expect(result.errorOutput.contains("1:13"))
        }
    }
}
