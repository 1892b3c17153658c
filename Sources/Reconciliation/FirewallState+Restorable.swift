import KernelObjects

extension FirewallState {
    /// The state without what cannot be made again: sets and chains of a kind that Weir does not make and that are gone, and the rules
    /// that used them. With it the names of what is lost.
    func restorable(from now: FirewallState?) -> (state: FirewallState, lost: [String]) {
        let presentSets = Set(now?.sets.lazy.filter { $0.foreignAttributes != nil }.map(\.name) ?? [])
        let presentChains = Set(now?.chains.lazy.filter(\.isForeign).map(\.name) ?? [])
        let lostSets = sets.filter { $0.foreignAttributes != nil && !presentSets.contains($0.name) }.map(\.name)
        let lostChains = chains.filter { $0.isForeign && !presentChains.contains($0.name) }.map(\.name)
        let sleep = isDormant && now?.isDormant == false ? ["flags dormant"] : []
        guard !lostSets.isEmpty || !lostChains.isEmpty else { return (self, sleep) }
        let missing = RemadeNames(sets: Set(lostSets), chains: Set(lostChains))
        var result = self
        result.sets.removeAll { lostSets.contains($0.name) }
        result.chains.removeAll { lostChains.contains($0.name) }
        for index in result.chains.indices {
            result.chains[index].rules.removeAll { missing.areUsed(by: $0.rule) }
        }
        return (result, sleep + lostSets.map { "set '\($0)'" } + lostChains.map { "chain '\($0)'" })
    }
}
