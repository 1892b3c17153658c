import RulesetModel

/// The rules that `and accept` stands for in a ruleset with chains: where a rule jumps to a chain with such rules, their derived
/// rules stand after it and have its conditions too.
struct DerivedAccepts {
    /// A derived rule, and the rule of a declared chain that asked for it; nothing where the outer rule itself did.
    struct Entry {
        let rule: Rule
        let origin: RuleOrigin?
    }

    private let chains: [Chain]
    /// The chains from which a rule with `and accept` can be reached, by name.
    private let indices: [String: Int]
    /// The most rules that one rule may stand for: jumps that branch again and again would make too many.
    private static let most = 4096
    /// `NFT_JUMP_STACK_SIZE`: deeper jumps are refused by the kernel.
    private static let deepest = 16

    init(_ ruleset: Ruleset) {
        chains = ruleset.chains
        var reaching = Set(chains.filter { $0.rules.contains(where: \.isAccepted) }.map(\.name))
        var count = 0
        while !reaching.isEmpty, count != reaching.count {
            count = reaching.count
            for chain in chains where !reaching.contains(chain.name) {
                let leads = chain.rules.contains { $0.action.targetChain.map(reaching.contains) ?? false }
                if leads { reaching.insert(chain.name) }
            }
        }
        var indices: [String: Int] = [:]
        for (index, chain) in chains.enumerated() where reaching.contains(chain.name) { indices[chain.name] = index }
        self.indices = indices
    }

    /// The derived rules of a rule outside declared chains.
    func entries(of rule: Rule) throws(LoweringError.Reason) -> [Entry] {
        if rule.isAccepted { return try derived(rule).map { Entry(rule: $0, origin: nil) } }
        guard let target = rule.action.targetChain, let index = indices[target] else { return [] }
        var entries: [Entry] = []
        try collect(index, of: rule, depth: 1, into: &entries)
        return entries
    }

    private func collect(
        _ index: Int,
        of outer: Rule,
        depth: Int,
        into entries: inout [Entry]
    ) throws(LoweringError.Reason) {
        guard depth <= Self.deepest else { return }
        for (position, inner) in chains[index].rules.enumerated() {
            let target = inner.action.targetChain.flatMap { indices[$0] }
            guard inner.isAccepted || target != nil else { continue }
            let both = Rule(direction: outer.direction, matches: outer.matches + inner.matches, action: inner.action)
            if let target {
                try collect(target, of: both, depth: depth + 1, into: &entries)
            } else {
                let origin = RuleOrigin.chainRule(chain: index, rule: position)
                entries += try derived(both).map { Entry(rule: $0, origin: origin) }
            }
            if entries.count > Self.most { throw .tooLarge }
        }
    }

    private func derived(_ rule: Rule) throws(LoweringError.Reason) -> [Rule] {
        do throws(LostCondition) {
            return try rule.derivedAccepts()
        } catch {
            throw .lostCondition(error)
        }
    }
}

extension Chain {
    /// Whether a rule asks for derived rules that have no place, since packets come from the kernel and not from a rule.
    var hasLostAccepts: Bool {
        kind != .regular && rules.contains(where: \.isAccepted)
    }
}
