import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel
import Vocabulary

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
        // The way to a mistake is shown jump by jump, which nobody wants to read where it is too long.
        guard checkDepth(graph, order) else { return }
        let reach = chainReach(order)
        checkVerbs(reach)
        checkMatches(reach)
    }

    private func reportJumpsToBaseChains() {
        let all = jumps + chainBodies.flatMap(\.jumps)
        for jump in all where chainBodies[jump.target].node.hook != nil {
            let entry = chains.entries[jump.target]
            report(.jumpToBaseChain(entry.name, declared: entry.range, at: jump.range))
        }
    }

    // MARK: Directions

    /// Adds up what the rules of a chain demand; the chains that it leads to were looked at before.
    private func collectNeeds(ofChain index: Int) {
        let chain = chainBodies[index]
        let own = chain.rules.reduce(into: ChainNeeds()) { $0.formUnion($1.action.chainNeeds) }
        chainNeeds[index] = chain.jumps.reduce(own) { $0.union(chainNeeds[$1.target]) }
    }

    /// Checks jumps from outside declared chains: the direction must have one place where all verbs of the chain are possible.
    private func checkJumpDirections() {
        for jump in jumps {
            let needs = chainNeeds[jump.target]
            guard let direction = ruleset.rules[jump.rule].direction else { continue }
            if let chain = direction.standardChain(for: needs) {
                for case .field(let match) in ruleset.rules[jump.rule].matches
                where !match.row.places.include(chain.hook) {
                    report(.fieldNotKnown(match.row, at: chain.hook, verb: text(jump.range), at: jump.range))
                }
                continue
            }
            let name = chains.entries[jump.target].name
            if needs.areMixed {
                report(.mixedChain(name, direction, verbs(ofChain: jump.target), at: jump.range))
            } else {
                report(.jumpInDirection(name, needs, direction, at: jump.range))
            }
        }
    }

    /// For each demand that a chain has, with all chains that it leads to: the first verb that has it.
    private func verbs(ofChain start: Int) -> [(needs: ChainNeeds, range: SourceRange)] {
        var found: [(needs: ChainNeeds, range: SourceRange)] = []
        var seen: Set<Int> = [start]
        var waiting = [start]
        while let index = waiting.popLast() {
            let chain = chainBodies[index]
            for (rule, range) in zip(chain.rules, chain.verbs) {
                let needs = rule.action.chainNeeds
                if !needs.isEmpty, !found.contains(where: { $0.needs == needs }) { found.append((needs, range)) }
            }
            for jump in chain.jumps.reversed() where seen.insert(jump.target).inserted { waiting.append(jump.target) }
        }
        return found
    }

    // MARK: Depth

    /// Reports jumps that follow each other too often; false if there are any.
    private func checkDepth(_ graph: DependencyGraph, _ order: [Int]) -> Bool {
        /// How many jumps follow each other from a chain on.
        var depths = Array(repeating: 0, count: chainBodies.count)
        for index in order {
            depths[index] = graph.edges[index].map { depths[$0.target] + 1 }.max() ?? 0
        }
        var isGood = true
        var reported: Set<Int> = []
        for jump in jumps where depths[jump.target] + 1 > Self.maximumJumpDepth {
            guard reported.insert(jump.target).inserted else { continue }
            isGood = false
            report(.jumpTooDeep(depths[jump.target] + 1, maximum: Self.maximumJumpDepth, at: jump.range))
        }
        for (index, chain) in chainBodies.enumerated() where chain.base != nil {
            guard depths[index] > Self.maximumJumpDepth else { continue }
            isGood = false
            let deepest = graph.edges[index].max { depths[$0.target] < depths[$1.target] }
            let range = deepest?.range ?? chains.entries[index].range
            report(.jumpTooDeep(depths[index], maximum: Self.maximumJumpDepth, at: range))
        }
        return isGood
    }

    // MARK: Reach

    /// Checks that packets which come by a chain can have what its rules ask for.
    private func checkMatches(_ reach: ChainReach) {
        for (index, chain) in chainBodies.enumerated() where chain.base == nil {
            let hooks = reach.hooks(of: index)
            guard !hooks.isEmpty else { continue }
            for (rule, range) in zip(chain.rules, chain.ranges) {
                check(rule, reachedFrom: hooks, of: chains.entries[index].name, at: range)
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
            case .field(let field) where !hooks.contains(where: field.row.places.include):
                report(.fieldNotKnown(field.row, inChain: chain, at: range))
            case .socketUser where !hooks.contains(where: \.hasSocket),
                .socketGroup where !hooks.contains(where: \.hasSocket):
                report(.ownerNotKnown(inChain: chain, at: range))
            default: break
            }
        }
    }
}
