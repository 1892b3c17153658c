import Diagnostics
import RulesetModel

extension Compilation {
    /// Puts sets and chains into the ruleset and brings all but rules into the order of their keys, each with its provenance.
    func assembleRuleset() {
        for (set, entry) in zip(namedSets, sets.entries) {
            guard let set else { continue }
            ruleset.sets.append(set)
            provenance.sets.append(entry.range)
        }
        for (chain, entry) in zip(chainBodies, chains.entries) {
            let kind: Chain.Kind =
                chain.base.map { .base(type: $0.type, hook: $0.hook, priority: $0.priority, policy: $0.policy) }
                ?? .regular
            ruleset.chains.append(Chain(name: entry.name, kind: kind, rules: chain.rules))
            provenance.chains.append(.init(name: entry.range, rules: chain.ranges))
        }
        sortTogether(&ruleset.sets, &provenance.sets) { $0.name < $1.name }
        sortTogether(&ruleset.chains, &provenance.chains) { $0.name < $1.name }
        sortTogether(&ruleset.routingTables, &provenance.routingTables) { $0.name < $1.name }
        sortTogether(&ruleset.routes, &provenance.routes) { $0.isOrdered(before: $1) }
        sortRoutingRules()
        sortTogether(&ruleset.sysctls, &provenance.sysctls) { $0.name < $1.name }
    }

    /// Rules of one priority are asked in the order of the file.
    private func sortRoutingRules() {
        let order = ruleset.routingRules.indices.sorted {
            ruleset.routingRules[$0].isOrdered(before: ruleset.routingRules[$1], whereEqual: $0 < $1)
        }
        ruleset.routingRules = order.map { ruleset.routingRules[$0] }
        provenance.routingRules = order.map { provenance.routingRules[$0] }
    }
}

/// Sorts values, and with them what is known of each.
private func sortTogether<Value, Known>(
    _ values: inout [Value],
    _ known: inout [Known],
    by isOrdered: (Value, Value) -> Bool
) {
    guard !zip(values, values.dropFirst()).allSatisfy({ isOrdered($0, $1) }) else { return }
    let pairs = zip(values, known).sorted { isOrdered($0.0, $1.0) }
    values = pairs.map(\.0)
    known = pairs.map(\.1)
}
