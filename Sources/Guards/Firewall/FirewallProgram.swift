import KernelObjects
import NetworkTypes

/// A table, Weir's above all, in a form that packets can be led through many times.
struct FirewallProgram {
    /// A rule with its expressions decoded.
    struct Rule {
        /// Nil if they cannot be decoded.
        let expressions: [Expression]?
        let anonymousSets: [SetObject]
        let place: RulePlace
    }

    struct Chain {
        let name: String
        let base: ChainObject.Base?
        let rules: [Rule]
    }

    private let chains: [String: Chain]
    private let baseChains: [NetfilterHook: [Chain]]
    private let sets: [String: SetObject]
    /// Whether some rule makes the kernel track connections; without one nat chains see no packets.
    let tracksConnections: Bool
    /// How many rules there are in all chains.
    let ruleCount: Int

    init(_ firewall: FirewallState?) {
        let firewall = firewall.flatMap { $0.isDormant ? nil : $0 } ?? FirewallState()
        var tracksConnections = false
        let chains = firewall.chains.map { chain in
            let rules = chain.rules.enumerated().map { index, entry in
                let expressions = Expression.decode(entry.rule.expressions)
                if expressions?.contains(where: \.tracksConnections) ?? true { tracksConnections = true }
                return Rule(
                    expressions: expressions,
                    anonymousSets: entry.rule.anonymousSets,
                    place: RulePlace(chain: chain.name, index: index, origin: entry.origin)
                )
            }
            return Chain(name: chain.name, base: chain.base, rules: rules)
        }
        self.tracksConnections = tracksConnections
        ruleCount = chains.reduce(0) { $0 + $1.rules.count }
        self.chains = Dictionary(chains.map { ($0.name, $0) }) { first, _ in first }
        // Of chains with the same priority the kernel calls the one that was made last first.
        let ordered = chains.enumerated().filter { $0.element.base != nil }
            .sorted { ($0.element.base?.priority ?? 0, -$0.offset) < ($1.element.base?.priority ?? 0, -$1.offset) }
        baseChains = Dictionary(grouping: ordered.map(\.element)) { $0.base?.hook ?? .input }
        sets = Dictionary(firewall.sets.map { ($0.name, $0) }) { first, _ in first }
    }

    func chain(named name: String) -> Chain? {
        chains[name]
    }

    func set(named name: String) -> SetObject? {
        sets[name]
    }

    /// A rule by its place; nil if there is none.
    func rule(at place: RulePlace) -> Rule? {
        guard let rules = chains[place.chain]?.rules, rules.indices.contains(place.index) else { return nil }
        return rules[place.index]
    }

    /// The expressions of all rules; nil for those that cannot be decoded.
    var allExpressions: some Sequence<Expression?> {
        chains.values.lazy.flatMap(\.rules).flatMap { rule in rule.expressions.map { $0.map(Optional.some) } ?? [nil] }
    }

    /// The chains of a hook that filter, or change marks: in the order in which packets meet them.
    func filterChains(_ hook: NetfilterHook) -> [Chain] {
        baseChains[hook, default: []].filter { $0.base?.type != .nat }
    }

    /// The chains of a hook that translate. Their priority is among each other only: all of them stand where translation stands.
    func natChains(_ hook: NetfilterHook) -> [Chain] {
        baseChains[hook, default: []].filter { $0.base?.type == .nat }
    }
}

extension Expression {
    /// Whether the kernel tracks connections once such an expression is in a rule (`nf_ct_netns_get`).
    fileprivate var tracksConnections: Bool {
        switch self {
        case .conntrack, .nat, .redirect, .masquerade, .notrack, .connectionLimit, .synproxy, .flowOffload: true
        default: false
        }
    }
}
