import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel

extension Compilation {
    /// How many jumps the kernel follows from a base chain (`NFT_JUMP_STACK_SIZE` less one).
    static var maximumJumpDepth: Int { 15 }

    /// Checks how chains lead to each other: what the kernel would refuse only when it is too late to say where.
    func checkChains() {
        reportJumpsToBaseChains()
        var graph = DependencyGraph(count: chainBodies.count)
        for (index, chain) in chainBodies.enumerated() {
            graph.edges[index] = chain.jumps.map { .init(target: $0.target, range: $0.range) }
        }
        let (order, cycles) = { ($0.nodes, $0.cycles) }(graph.ordered())
        for cycle in cycles { report(.jumpLoop(cycle, cycle.steps.map { chains.entries[$0.node].name })) }
        chainNeeds = Array(repeating: [], count: chainBodies.count)
        // What follows from a loop is not worth a second error.
        guard cycles.isEmpty else { return }
        for index in order { collectNeeds(ofChain: index) }
        checkJumpDirections()
        checkDepth(graph, order)
        checkReach(order)
    }

    private func reportJumpsToBaseChains() {
        let all = jumps + chainBodies.flatMap(\.jumps)
        for jump in all where chainBodies[jump.target].node.hook != nil {
            let entry = chains.entries[jump.target]
            report(.jumpToBaseChain(entry.name, declared: entry.range, at: jump.range))
        }
    }

    // MARK: Kinds of verbs

    /// Adds up what the rules of a chain demand; the chains that it leads to were looked at before.
    private func collectNeeds(ofChain index: Int) {
        let chain = chainBodies[index]
        var targets: [Int: Jump] = [:]
        for jump in chain.jumps { targets[jump.rule] = jump }
        var needs: ChainNeeds = []
        var first: SourceRange?
        for (number, rule) in chain.rules.enumerated() {
            let jump = targets[number]
            let own = jump.map { chainNeeds[$0.target] } ?? rule.action.chainNeeds
            guard !own.isEmpty else { continue }
            let range = jump?.range ?? chain.ranges[number]
            if let base = chain.base {
                // What a rule demands itself was checked where it was compiled.
                if let jump, let missing = base.missing(for: own) {
                    report(.targetNotInChain(chains.entries[jump.target].name, missing, at: jump.range))
                }
                continue
            }
            if needs.union(own).areMixed {
                report(.mixedChain(chains.entries[index].name, needs, own, first: first, at: range))
                break
            }
            if first == nil { first = range }
            needs.formUnion(own)
        }
        chainNeeds[index] = needs
    }

    /// Checks jumps from outside declared chains: the chain's verbs must be legal in the rule's direction.
    private func checkJumpDirections() {
        for jump in jumps {
            let needs = chainNeeds[jump.target]
            guard let direction = ruleset.rules[jump.rule].direction, direction.standardChain(for: needs) == nil else {
                continue
            }
            report(.jumpInDirection(chains.entries[jump.target].name, needs, direction, at: jump.range))
        }
    }

    // MARK: Depth

    private func checkDepth(_ graph: DependencyGraph, _ order: [Int]) {
        /// How many jumps follow each other from a chain on.
        var depths = Array(repeating: 0, count: chainBodies.count)
        for index in order {
            depths[index] = graph.edges[index].map { depths[$0.target] + 1 }.max() ?? 0
        }
        var reported: Set<Int> = []
        for jump in jumps where depths[jump.target] + 1 > Self.maximumJumpDepth {
            guard reported.insert(jump.target).inserted else { continue }
            report(.jumpTooDeep(depths[jump.target] + 1, maximum: Self.maximumJumpDepth, at: jump.range))
        }
        for (index, chain) in chainBodies.enumerated() where chain.base != nil {
            guard depths[index] > Self.maximumJumpDepth else { continue }
            let deepest = graph.edges[index].max { depths[$0.target] < depths[$1.target] }
            let range = deepest?.range ?? chains.entries[index].range
            report(.jumpTooDeep(depths[index], maximum: Self.maximumJumpDepth, at: range))
        }
    }

    // MARK: Reach

    /// Checks that packets which come by a chain can have what its rules ask for.
    private func checkReach(_ order: [Int]) {
        var hooks = Array(repeating: Set<NetfilterHook>(), count: chainBodies.count)
        for jump in jumps {
            let direction = ruleset.rules[jump.rule].direction
            if let hook = direction?.standardChain(for: chainNeeds[jump.target])?.hook {
                hooks[jump.target].insert(hook)
            }
        }
        for (index, chain) in chainBodies.enumerated() {
            if let base = chain.base { hooks[index].insert(base.hook) }
        }
        for index in order.reversed() {
            for jump in chainBodies[index].jumps { hooks[jump.target].formUnion(hooks[index]) }
        }
        for (index, chain) in chainBodies.enumerated() where chain.base == nil && !hooks[index].isEmpty {
            for (rule, range) in zip(chain.rules, chain.ranges) {
                check(rule, reachedFrom: hooks[index], of: chains.entries[index].name, at: range)
            }
        }
    }

    private func check(_ rule: Rule, reachedFrom hooks: Set<NetfilterHook>, of chain: String, at range: SourceRange) {
        for match in rule.matches {
            switch match {
            case .inputInterface where !hooks.contains(where: \.hasInputInterface):
                report(.interfaceNotKnown(inChain: chain, .from, at: range))
            case .outputInterface where !hooks.contains(where: \.hasOutputInterface):
                report(.interfaceNotKnown(inChain: chain, .to, at: range))
            case .socketUser where !hooks.contains(where: \.hasSocket),
                .socketGroup where !hooks.contains(where: \.hasSocket):
                report(.ownerNotKnown(inChain: chain, at: range))
            default: break
            }
        }
    }
}
