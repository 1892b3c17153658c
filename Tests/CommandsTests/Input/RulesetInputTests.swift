import RulesetModel
import TestSupport
import Testing
import Transactions

@testable import Commands

/// A FILE argument: what is taken for what, and what status a file has that cannot be taken.
struct RulesetInputTests {
    private let terminal = Terminal(.never)

    private func load(_ text: String, as name: String) throws -> RulesetInput {
        try withTemporaryDirectory { directory in
            try writeFile(Array(text.utf8), to: "\(directory)/\(name)")
            return try RulesetInput.load("\(directory)/\(name)", terminal: terminal)
        }
    }

    @Test func aRuleFileComesWithItsPlaces() throws {
        let input = try load("drop in tcp dport 25\n", as: "f.weir")
        #expect(input.ruleset.rules.count == 1)
        #expect(input.provenance != nil)
        #expect(input.text.sources.count == 1)
        #expect(input.text.sources.first?.bytes == Array("drop in tcp dport 25\n".utf8))
        #expect(!input.isEmpty)
    }

    @Test func aModelIsKnownByItsName() throws {
        let model = try JSONText.of(load("drop in tcp dport 25\n", as: "f.weir").ruleset)
        let input = try load(model, as: "f.json")
        #expect(input.ruleset.rules.count == 1)
        #expect(input.provenance == nil)
        #expect(throws: Commands.ExitStatus.badInput) { try load(model, as: "f.weir") }
    }

    @Test(arguments: [("f.weir", "drop in tcp dprot 25\n"), ("f.json", "{"), ("f.json", #"{"version": 99}"#)])
    func whatIsWrongIsBadInput(name: String, text: String) {
        #expect(throws: Commands.ExitStatus.badInput) { try load(text, as: name) }
    }

    @Test func whatCannotBeReadHasAStatusOfItsOwn() throws {
        try withTemporaryDirectory { directory in
            #expect(throws: Commands.ExitStatus.noInput) {
                try RulesetInput.load("\(directory)/none", terminal: terminal)
            }
            #expect(throws: Commands.ExitStatus.noInput) {
                try RulesetInput.load("\(directory)/none.json", terminal: terminal)
            }
            #expect(throws: Commands.ExitStatus.noInput) { try RulesetInput.load("/dev/null/none", terminal: terminal) }
            #expect(throws: Commands.ExitStatus.inputOutput) { try RulesetInput.load(directory, terminal: terminal) }
        }
    }

    @Test func onlyNothingAtAllIsEmpty() throws {
        #expect(try load("", as: "f.weir").isEmpty)
        #expect(try !load("\n", as: "f.weir").isEmpty)
    }
}
