import KernelObjects
import RulesetModel
import TestSupport
import Testing

@testable import Lowering

/// What chains of the kernel demand is what the model's chains do that they are made from, in whatever order it is asked for.
struct ChainDemandTests {
    /// Chains that lead to each other at random, in circles too.
    private func ruleset(_ random: inout SeededGenerator) -> Ruleset {
        let actions: [Action] = [
            .accept, .drop, .reject(.tcpReset), .notrack, .masquerade(Masquerade()), .redirect(Redirect(ports: nil)),
        ]
        let count = Int.random(in: 1...12, using: &random)
        var ruleset = Ruleset()
        for number in 0..<count {
            var rules = actions.filter { _ in Int.random(in: 0..<8, using: &random) == 0 }
            for target in 0..<count where Int.random(in: 0..<4, using: &random) == 0 {
                rules.append(Bool.random(using: &random) ? .jump("c\(target)") : .goto("c\(target)"))
            }
            ruleset.chains.append(Chain(name: "c\(number)", rules: rules.map { Rule(action: $0) }))
        }
        return ruleset
    }

    private func expressions(_ action: Action) -> [UInt8] {
        var writer = ExpressionWriter()
        switch action {
        case .jump(let name): writer.append(Verdict.jump(name))
        case .goto(let name): writer.append(Verdict.goto(name))
        case .drop: writer.append(Verdict.drop)
        case .reject: writer.append(RejectExpression.tcpReset)
        case .notrack: writer.appendNotrack()
        case .masquerade: writer.append(MasqueradeExpression())
        case .redirect: writer.append(RedirectExpression())
        default: writer.append(Verdict.accept)
        }
        return writer.finish()
    }

    @Test func theOrderOfTheQuestionsDoesNotMatter() throws {
        var random = SeededGenerator(seed: 4)
        var demanding = 0
        for _ in 0..<500 {
            let ruleset = ruleset(&random)
            let expected = ruleset.chainNeeds
            let chains = ruleset.chains.map { chain in
                ChainObject(
                    name: chain.name,
                    rules: chain.rules.map { RuleEntry(RuleObject(expressions: expressions($0.action))) }
                )
            }
            let demands = ChainDemands(chains)
            for name in ruleset.chains.map(\.name).shuffled(using: &random) {
                #expect(demands.needs(of: name) == expected[name], "\(name) of \(ruleset)")
                if expected[name] != [] { demanding += 1 }
            }
            #expect(demands.needs(of: "nowhere") == nil)
        }
        #expect(demanding > 500)
    }
}
