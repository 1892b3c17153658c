import Synchronization
import TestSupport
import Testing

/// Random sequences of `apply A`, `apply B`, `rollback` and `revert` beside the objects of others: whichever way leads to a state, the
/// kernel has the same bytes there each time.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct SequenceTests {
    /// A state that a sequence leads to.
    private enum Target: Hashable {
        case clean
        case first
        case second
    }

    private static let figures = Mutex((sequences: 0, steps: 0))
    private static let budget = SoakBudget(share: 3, all: 25)
    private static let pairs = SoakBudget.isLong ? 0..<40 : 0..<3

    @Test(arguments: pairs)
    func everyWayToAStateLeadsToTheSameBytes(pair: Int) throws {
        var generator = SeededGenerator(seed: Self.budget.seed &+ 1000 &+ UInt64(pair))
        try withWeir { weir in
            let lab = try SafetyLab(weir)
            let (first, ruleset) = try lab.writeRules("first.weir", &generator)
            let (second, _) = try lab.writeRules(
                "second.weir",
                &generator,
                like: pair.isMultiple(of: 2) ? ruleset : nil
            )
            var expected: [Target: KernelDump] = [.clean: try lab.dump()]
            var states: [Int: Target] = [0: .clean]
            var current = Target.clean
            for sequence in 0..<Self.budget.count {
                for step in 0..<Int.random(in: 3...6, using: &generator) {
                    let name = "seed \(Self.budget.seed), pair \(pair), sequence \(sequence), step \(step)"
                    let result: ProcessResult
                    switch Int.random(in: 0..<5, using: &generator) {
                    case 0:
                        result = try lab.apply(first)
                        current = .first
                    case 1:
                        result = try lab.apply(second)
                        current = .second
                    case 2:
                        result = try lab.run("revert", ["--yes"])
                        current = .clean
                    default:
                        let known = states.keys.sorted().suffix(20)
                        let number = known.randomElement(using: &generator) ?? 0
                        result = try lab.run("rollback", ["--yes", "\(number)"])
                        current = states[number] ?? .clean
                    }
                    #expect(result.status == 0, "\(name): \(result.errorOutput)")
                    if let number = generation(result) { states[number] = current }
                    let dump = try lab.dump()
                    expectSame(dump, expected[current] ?? dump, name)
                    expected[current] = dump
                    Self.figures.withLock { $0.steps += 1 }
                }
                try lab.run("revert", ["--yes"]).succeeded()
                current = .clean
                expectSame(try lab.dump(), try #require(expected[.clean]), "the clean state")
                Self.figures.withLock { $0.sequences += 1 }
            }
        }
        let figures = Self.figures.withLock { $0 }
        Self.budget.say("sequences: \(figures.sequences) of \(figures.steps) changes, each state byte-equal")
    }

    /// The number in "Generation 7."
    private func generation(_ result: ProcessResult) -> Int? {
        result.output.split(separator: "Generation ").last.flatMap { Int($0.prefix { $0.isNumber }) }
    }
}
