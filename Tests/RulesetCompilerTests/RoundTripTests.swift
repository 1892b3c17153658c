import Diagnostics
import NetworkTypes
import RulesetCompiler
import RulesetModel
import TestSupport
import Testing

@Suite struct RoundTripTests {
    @Test(arguments: 0..<300)
    func theTextOfARulesetMeansTheRuleset(seed: UInt64) throws {
        let ruleset = Ruleset.random(seed: seed)
        let text = ruleset.description
        let result = RuleFileCompiler.compile(text: text)
        let problems = TextRenderer(map: result.sources).render(result.diagnostics)
        let again = try #require(result.ruleset, "seed \(seed): \(problems)")
        expectSameText(again.description, text)
        for (one, other) in zip(again.rules, ruleset.rules) where one != other {
            Issue.record("seed \(seed): \(one)\n\(one.matches.map { "\($0)" })\n\(other.matches.map { "\($0)" })")
        }
        #expect(again == ruleset, "seed \(seed)")
    }
}
