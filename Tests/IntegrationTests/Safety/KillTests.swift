import Synchronization
import TestSupport
import Testing

/// `apply` is killed with SIGKILL at every record of its journal and between every two messages to the kernel: the next command brings
/// the kernel to what it had before, or keeps what had been made and verified. Never anything between, and nothing of others is touched.
@Suite(.freshNetworkNamespace, .requires(.nft, .ip))
struct KillTests {
    /// What was counted in all transactions.
    private struct Figures {
        var kills = 0
        var killsOfRecovery = 0
        /// How often the kernel had neither all nor nothing of the change before it was recovered.
        var foundBetween = 0
        var endedBefore = 0
        var endedAfter = 0
    }

    private static let figures = Mutex(Figures())
    private static let budget = SoakBudget(share: 6, all: .max)
    private static let transactions = SoakBudget.isLong ? 0..<14 : 0..<2

    @Test(arguments: transactions)
    func nothingIsEverBetween(transaction: Int) throws {
        var generator = SeededGenerator(seed: Self.budget.seed &+ UInt64(transaction))
        try withWeir { weir in
            let lab = try SafetyLab(weir)
            let clean = try lab.dump()
            let (first, ruleset) = try lab.writeRules("first.weir", &generator)
            let similar = transaction.isMultiple(of: 2) ? ruleset : nil
            let (second, _) = try lab.writeRules("second.weir", &generator, like: similar)
            try lab.apply(first).succeeded()
            let before = try lab.dump()
            let (points, after) = try measure(lab, second)
            try lab.apply(first).succeeded()
            expectSame(try lab.dump(), before, "there and back")
            let verified = try #require(points.firstIndex { $0.contains("behind verified") }) + 1
            for point in (1...points.count).shuffled(using: &generator).prefix(Self.budget.count) {
                let name = "seed \(Self.budget.seed), transaction \(transaction), point \(point): \(points[point - 1])"
                let killed = try lab.apply(second, faults: ["WEIR_FAULT": "kill@\(point)", "WEIR_FAULT_SINGLE": "1"])
                #expect(killed.status == 137, "\(name): \(killed.errorOutput)")
                let found = try lab.dump()
                try recover(lab, &generator, name)
                let isAfter = point >= verified
                expectSame(try lab.dump(), isAfter ? after : before, name)
                Self.figures.withLock {
                    $0.kills += 1
                    if found != before, found != after { $0.foundBetween += 1 }
                    if isAfter { $0.endedAfter += 1 } else { $0.endedBefore += 1 }
                }
                #expect(try lab.run("status").status == 0, "\(name)")
                guard isAfter else { continue }
                try lab.apply(first).succeeded()
                expectSame(try lab.dump(), before, name)
            }
            try lab.run("revert", ["--yes"]).succeeded()
            expectSame(try lab.dump(), clean, "the clean state")
        }
        let figures = Self.figures.withLock { $0 }
        Self.budget.say(
            "kills: \(figures.kills) of apply, which left \(figures.foundBetween) kernels half-way; \(figures.killsOfRecovery) of the "
                + "recovery; ended as before: \(figures.endedBefore), as wanted: \(figures.endedAfter)"
        )
    }

    /// The points that a whole change passes, and what the kernel has afterwards.
    private func measure(_ lab: SafetyLab, _ file: String) throws -> (points: [String], after: KernelDump) {
        let faults = ["WEIR_FAULT_TRACE": "1", "WEIR_FAULT_SINGLE": "1"]
        let result = try lab.apply(file, faults: faults).succeeded()
        let points = result.errorOutput.split(separator: "\n").filter { $0.contains("fault point") }.map(String.init)
        return (points, try lab.dump())
    }

    /// Lets some other command find the change, and sometimes kills that too.
    private func recover(_ lab: SafetyLab, _ generator: inout SeededGenerator, _ name: String) throws {
        if Int.random(in: 0..<3, using: &generator) == 0 {
            let point = Int.random(in: 1...12, using: &generator)
            let killed = try lab.run("recover", faults: ["WEIR_FAULT": "kill@\(point)", "WEIR_FAULT_SINGLE": "1"])
            #expect([0, 137].contains(killed.status), "\(name): \(killed.errorOutput)")
            if killed.status == 137 { Self.figures.withLock { $0.killsOfRecovery += 1 } }
        }
        let result = try lab.run("recover")
        #expect(result.status == 0, "\(name): \(result.output)\(result.errorOutput)")
    }
}
