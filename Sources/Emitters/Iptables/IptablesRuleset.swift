import Lowering
import NetworkTypes
import RulesetModel

/// A ruleset in the terms of iptables(8) and ipset(8).
struct IptablesRuleset {
    /// The tables that have something, in the order in which packets meet them.
    let tables: [IptablesTableContent]
    /// The sets that the rules look into.
    let sets: [IPSet]
    /// The families that are wanted.
    let families: AddressFamilies
    /// What chains and sets are called.
    let names: EmittedNames

    init(
        _ ruleset: Ruleset,
        named names: EmittedNames,
        for families: AddressFamilies
    ) throws(Inexpressible) {
        let ruleset = names.applied(to: ruleset)
        let content = try TableContent(ruleset)
        self.families = families
        self.names = names
        sets = try IPSet.all(in: ruleset, families)
        let tablesOfChains = try Self.tablesOfChains(content, ruleset)
        var compiler = IptablesCompiler(ruleset, families)
        var tables: [IptablesTableContent] = []
        for table in IptablesTable.allCases {
            var result = IptablesTableContent(table)
            for chain in StandardChain.allCases where chain.iptables.table == table {
                let direction = Direction.allCases.first { $0.filterChain == chain }
                guard let policy = direction.flatMap({ ruleset.policies[$0] }) else { continue }
                result.policies.append((chain.iptables.chain, policy))
            }
            // The chains that are jumped to come first, since a rule can only name a chain that is there.
            for chain in content.chains where !chain.isStandard {
                guard tablesOfChains[chain.name]?.contains(table) ?? false else { continue }
                result.ownChains.append((chain.name, families))
                try compiler.compile(chain.rules, IptablesPlace(table, chain.name, hook: nil), into: &result)
            }
            for standard in StandardChain.allCases where standard.iptables.table == table {
                guard let chain = content.chains.first(where: { $0.name == standard.name }) else { continue }
                let place = IptablesPlace(table, standard.iptables.chain, hook: standard.hook)
                try compiler.compile(chain.rules, place, into: &result)
            }
            if !result.isEmpty { tables.append(result) }
        }
        self.tables = tables
    }

    /// The tables in which each declared chain is needed, by following the jumps; a chain that nothing leads to is in none.
    private static func tablesOfChains(
        _ content: TableContent,
        _ ruleset: Ruleset
    ) throws(Inexpressible) -> [String: Set<IptablesTable>] {
        for (index, chain) in ruleset.chains.enumerated() where chain.kind != .regular {
            throw Inexpressible("its base chains are given, none can be declared", origin: .chain(index))
        }
        let rules = Dictionary(content.chains.map { ($0.name, $0.rules) }) { first, _ in first }
        var tables: [String: Set<IptablesTable>] = [:]
        for standard in StandardChain.allCases {
            let table = standard.iptables.table
            var waiting = [standard.name]
            while let name = waiting.popLast() {
                for target in (rules[name] ?? []).compactMap(\.rule.action.targetChain) {
                    if tables[target, default: []].insert(table).inserted { waiting.append(target) }
                }
            }
        }
        return tables
    }
}

/// Where rules stand.
struct IptablesPlace {
    let table: IptablesTable
    let chain: String
    /// The hook of a built-in chain; nothing for another chain.
    let hook: NetfilterHook?

    init(_ table: IptablesTable, _ chain: String, hook: NetfilterHook?) {
        self.table = table
        self.chain = chain
        self.hook = hook
    }
}
