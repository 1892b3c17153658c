import Diagnostics
import KernelState
import Lowering
import Reconciliation
import RulesetCompiler
import RulesetModel
import TestSupport
import Testing

/// Whether a chain may do what its rules say depends on the base chains that lead to it, and the kernel says which do.
@Suite(.freshNetworkNamespace, .requires(.nft))
struct ChainReachTests {
    @Test func chainsAreRefusedIfTheKernelRefusesThem() throws {
        let budget = SoakBudget(share: 300, all: 10_000)
        var random = SeededGenerator(seed: budget.seed)
        var kernel = try KernelConnection()
        var (taken, refused, idle) = (0, 0, 0)
        for _ in 0..<budget.count {
            let chains = RandomChains(&random)
            let result = RuleFileCompiler.compile(text: chains.weir)
            let codes = Set(result.diagnostics.diagnostics.map(\.code).filter { $0.severity == .error })
            let answer = try run("nft", "-f", "-", input: chains.nft)
            if answer.status == 0 {
                try outputOf("nft", "delete", "table", "inet", "t")
                if chains.hasIdleNotrack {
                    #expect(codes == [.verbNotInChain], "\(chains.weir)")
                    idle += 1
                    continue
                }
                #expect(codes == [], "\(chains.weir)")
                if let ruleset = result.ruleset {
                    try kernel.apply(try lower(ruleset).state)
                    taken += 1
                }
            } else {
                // Nothing else may be wrong with the text.
                #expect(answer.errorOutput.contains("Operation not supported"), "\(answer.errorOutput)\n\(chains.nft)")
                #expect(codes == [.verbNotInChain], "\(chains.weir)")
                refused += 1
            }
        }
        #expect(taken + refused + idle == budget.count)
        #expect(min(taken, refused) > budget.count / 5, "\(taken) taken, \(refused) refused, \(idle) without effect")
        budget.say(
            "\(taken) rule files with chains were taken by Weir and the kernel, \(refused) refused by both; \(idle) only by Weir"
        )
    }

    /// Whatever a rule with a direction leads to, Weir chooses a base chain that the kernel takes it in, or refuses.
    @Test func whatRulesWithADirectionLeadToIsTaken() throws {
        let budget = SoakBudget(share: 150, all: 5000)
        var random = SeededGenerator(seed: budget.seed)
        var kernel = try KernelConnection()
        var (taken, refused) = (0, 0)
        for _ in 0..<budget.count {
            let chains = RandomChains(&random, isWithoutBases: true)
            let result = RuleFileCompiler.compile(text: chains.weir)
            if let ruleset = result.ruleset {
                try kernel.apply(try lower(ruleset).state)
                taken += 1
            } else {
                let codes = Set(result.diagnostics.diagnostics.map(\.code))
                #expect(codes.isSubset(of: [.mixedChain, .verbNotInDirection, .unusedName]), "\(chains.weir)")
                refused += 1
            }
        }
        #expect(min(taken, refused) > budget.count / 5, "\(taken) taken, \(refused) refused")
    }

    /// The shapes of kube-proxy and Calico: marks beside translation, and beside `notrack`.
    @Test(arguments: [
        """
        chain services type nat hook prerouting priority dstnat { jump web tcp dport 80 }
        chain own type nat hook output priority dstnat { jump web tcp dport 80 }
        chain web { jump mark-masquerade saddr ! 10.244.0.0/16 ; dnat tcp to 10.244.0.7:8080 }
        chain mark-masquerade { set mark 0x4000/0x4000 }
        """,
        """
        chain leave type nat hook postrouting priority srcnat { jump hide }
        chain hide { return mark ! 0x4000/0x4000 ; set mark 0/0x4000 ; masquerade fully-random }
        """,
        """
        chain early hook prerouting priority raw { jump untracked }
        chain untracked { set mark 0x100/0x100 ; notrack mark 0x100/0x100 }
        """,
        """
        chain web { set mark 1 ; redirect tcp dport 80 to :8080 }
        jump web in on eth0
        jump web out daddr 192.0.2.1
        """,
        "chain unused { redirect tcp to :80 ; masquerade ; reject }",
    ])
    func whatTheKernelTakesIsTaken(text: String) throws {
        let result = RuleFileCompiler.compile(text: text)
        #expect(!result.diagnostics.hasErrors, "\(result.diagnostics.diagnostics.map(\.message))")
        var kernel = try KernelConnection()
        try kernel.apply(try lower(try #require(result.ruleset)).state)
    }
}
