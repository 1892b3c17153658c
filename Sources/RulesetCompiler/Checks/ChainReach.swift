import Diagnostics
import NetworkTypes
import RulesetModel

/// Which calls of base chains get to each declared chain, and by which jumps.
struct ChainReach {
    /// A call that gets to a chain.
    struct Arrival {
        let call: ChainCall
        /// The last jump on the way; nil in the base chain itself.
        let jump: Jump?
        /// The declared chain that the jump stands in; nil if it stands outside of declared chains.
        let caller: Int?
    }

    /// The arrivals at each chain: for each call the first one found.
    private(set) var arrivals: [[Arrival]]

    init(count: Int) {
        arrivals = Array(repeating: [], count: count)
    }

    /// Takes note of a way to a chain; one for each call is enough.
    mutating func add(_ arrival: Arrival, at chain: Int) {
        guard !arrivals[chain].contains(where: { $0.call == arrival.call }) else { return }
        arrivals[chain].append(arrival)
    }

    /// The hooks from which packets get to a chain.
    func hooks(of chain: Int) -> Set<NetfilterHook> {
        Set(arrivals[chain].map(\.call.hook))
    }

    /// The jumps that lead to an arrival, from the base chain or the rule with a direction on.
    func way(to arrival: Arrival) -> [Arrival] {
        var way = [arrival]
        while let caller = way.last?.caller, let earlier = arrivals[caller].first(where: { $0.call == arrival.call }) {
            way.append(earlier)
        }
        return way.reversed()
    }
}

extension Compilation {
    /// Follows the jumps from everything that the kernel calls; `order` has each chain after those that it leads to.
    func chainReach(_ order: [Int]) -> ChainReach {
        var reach = ChainReach(count: chainBodies.count)
        for (index, chain) in chainBodies.enumerated() {
            guard let base = chain.base else { continue }
            reach.add(.init(call: ChainCall(base), jump: nil, caller: nil), at: index)
        }
        for jump in jumps {
            let direction = ruleset.rules[jump.rule].direction
            guard let chain = direction?.standardChain(for: chainNeeds[jump.target]) else { continue }
            reach.add(.init(call: ChainCall(chain), jump: jump, caller: nil), at: jump.target)
        }
        for index in order.reversed() {
            for jump in chainBodies[index].jumps {
                for arrival in reach.arrivals[index] {
                    reach.add(.init(call: arrival.call, jump: jump, caller: index), at: jump.target)
                }
            }
        }
        return reach
    }

    /// Checks that the base chains which lead to a chain can do what its rules say. The kernel looks at no chain that nothing leads to.
    func checkVerbs(_ reach: ChainReach) {
        for (index, chain) in chainBodies.enumerated() where chain.base == nil {
            var checked: ChainNeeds = []
            for (number, rule) in chain.rules.enumerated() {
                let needs = rule.action.chainNeeds
                // One rule of a kind is enough to say it.
                guard !checked.isSuperset(of: needs) else { continue }
                checked.formUnion(needs)
                let misfits = reach.arrivals[index].filter { $0.call.missing(for: needs) != nil }
                // The kernel refuses a verb if one call does not fit. Without effect it is only if none fits.
                guard needs != .raw || misfits.count == reach.arrivals[index].count else { continue }
                for misfit in needs == .raw ? misfits.prefix(1) : misfits[...] {
                    guard let missing = misfit.call.missing(for: needs) else { continue }
                    report(misplaced(chain.verbs[number], missing, on: reach.way(to: misfit), to: index))
                }
            }
        }
    }

    private func misplaced(
        _ verb: SourceRange,
        _ missing: MissingForVerb,
        on way: [ChainReach.Arrival],
        to chain: Int
    ) -> Diagnostic {
        let jumps = way.compactMap(\.jump)
        let callers = way.compactMap(\.caller)
        guard let base = callers.first else { return .verbNotInChain(text(verb), missing, at: verb) }
        return .verbNotInReachedChain(
            text(verb),
            missing,
            chain: chains.entries[chain].name,
            base: (chains.entries[base].name, chains.entries[base].range),
            way: zip(callers, jumps).map { (chains.entries[$0].name, chains.entries[$1.target].name, $1.range) },
            at: verb
        )
    }
}
