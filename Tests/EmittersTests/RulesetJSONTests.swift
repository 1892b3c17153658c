import Emitters
import FoundationEssentials
import RulesetModel
import TestSupport
import Testing

struct RulesetJSONTests {
    @Test(arguments: 0..<20)
    func theJSONIsTheRuleset(seed: UInt64) throws {
        let ruleset = Ruleset.random(seed: seed)
        let text = try emitted(ruleset, as: .json)
        #expect(try JSONDecoder().decode(Ruleset.self, from: Data(text.utf8)) == ruleset)
        #expect(text.hasSuffix("}\n"))
    }

    @Test func theWayBackIsTheRulesetThatSaysNothing() throws {
        #expect(try emitted(Ruleset.random(seed: 1), as: .json, isUndo: true) == "{\n  \"version\" : 1\n}\n")
    }
}
