import NetworkTypes
import RulesetModel

/// Turns rules into rules of iptables(8): one where that is possible, several where a list has no word there, a chain between where
/// several would not mean the same.
struct IptablesCompiler {
    private let sets: [String: NamedSet.Contents]
    private let families: AddressFamilies
    private let ownNames: Set<String>
    /// Number of chains and rates that were named so far.
    private var names = 0

    /// How many rules one rule may become.
    private static let mostRules = 1024

    init(_ ruleset: Ruleset, _ families: AddressFamilies) {
        sets = Dictionary(ruleset.sets.map { ($0.name, $0.contents) }) { first, _ in first }
        ownNames = Set(ruleset.chains.map(\.name))
        self.families = families
    }

    /// Appends the rules of a chain.
    mutating func compile(
        _ rules: [TableContent.Rule],
        _ place: IptablesPlace,
        into table: inout IptablesTableContent
    ) throws(Inexpressible) {
        for entry in rules {
            do {
                try compile(entry, place, into: &table)
            } catch {
                throw Inexpressible(error.reason, origin: error.origin ?? entry.origin)
            }
        }
    }

    private mutating func compile(
        _ entry: TableContent.Rule,
        _ place: IptablesPlace,
        into table: inout IptablesTableContent
    ) throws(Inexpressible) {
        let start = names
        var last = names
        var results: [(family: AddressFamily, rules: [IptablesRule], chains: [String])] = []
        for family in [AddressFamily.ipv4, .ipv6] where families.contains(AddressFamilies(family)) {
            guard entry.family == nil || entry.family == family else { continue }
            // Both families have the same names for the same.
            names = start
            var chains: [String] = []
            let rules = try compile(entry.rule, place, family, &chains)
            results.append((family, rules, chains))
            last = max(last, names)
        }
        names = last
        if results.count == 2, results[0].rules == results[1].rules {
            table.add(results[0].rules, chains: results[0].chains, for: .both)
        } else {
            for result in results { table.add(result.rules, chains: result.chains, for: .init(result.family)) }
        }
    }

    private mutating func compile(
        _ rule: Rule,
        _ place: IptablesPlace,
        _ family: AddressFamily,
        _ chains: inout [String]
    ) throws(Inexpressible) -> [IptablesRule] {
        if rule.isForwardedOnly(in: place.hook) {
            throw Inexpressible("after routing it cannot tell forwarded packets from this host's own; say `out`")
        }
        var conditions = IptablesConditions(family: family, place: place, sets: sets)
        try conditions.add(rule.matches)
        var rates: [String] = []
        for case .limit(let limit) in rule.matches { rates += try limit.iptables { nextName() } }
        let comment = rule.comment.map { ["-m", "comment", "--comment", $0] } ?? []
        let targets = try rule.iptablesTargets(family).map { comment + $0 }

        let combinations = try conditions.combinations(atMost: Self.mostRules)
        let exclusions = conditions.exclusions
        let needsChain = !exclusions.isEmpty || (!rates.isEmpty && combinations.count > 1)
        guard needsChain || (!rates.isEmpty && targets.count > 1) else {
            return combinations.flatMap { combination in
                targets.map { IptablesRule(chain: place.chain, arguments: combination + rates + $0) }
            }
        }
        switch rule.action {
        case .return, .goto: throw Inexpressible("it would need a chain between, from which there is no such way back")
        default: break
        }
        var rules: [IptablesRule] = []
        var tail = targets
        if rule.action.needsProtocol, let target = tail.popLast() {
            // In a chain of its own the protocol has to be said again where the target wants to know it.
            tail += (conditions.protocols ?? []).map { ["-p", $0.iptables] + target }
        }
        let isOne = tail.count == 1
        if !rates.isEmpty, !isOne {
            // What keeps to the rate goes on in a chain of its own, so that the rate is used up once and not for each target.
            let chain = add(to: &chains)
            rules += tail.map { IptablesRule(chain: chain, arguments: $0) }
            tail = [["-j", chain]]
        }
        tail = tail.map { rates + $0 }
        if needsChain {
            let chain = add(to: &chains)
            rules += exclusions.map { IptablesRule(chain: chain, arguments: $0 + ["-j", "RETURN"]) }
            rules += tail.map { IptablesRule(chain: chain, arguments: $0) }
            tail = [["-j", chain]]
        }
        return rules
            + combinations.flatMap { combination in
                tail.map { IptablesRule(chain: place.chain, arguments: combination + $0) }
            }
    }

    private mutating func add(to chains: inout [String]) -> String {
        let name = nextName()
        chains.append(name)
        return name
    }

    private mutating func nextName() -> String {
        repeat { names += 1 } while ownNames.contains("weir-\(names)")
        return "weir-\(names)"
    }
}

extension Action {
    /// Whether iptables(8) takes the target only beside `-p`.
    fileprivate var needsProtocol: Bool {
        switch self {
        case .reject(.tcpReset): true
        case .redirect(let redirect): redirect.ports != nil
        case .destinationNAT(let translation), .sourceNAT(let translation): translation.ports != nil
        case .masquerade(let masquerade): masquerade.ports != nil
        default: false
        }
    }
}

extension IptablesTableContent {
    fileprivate mutating func add(_ rules: [IptablesRule], chains: [String], for families: AddressFamilies) {
        for chain in chains {
            if let index = ownChains.firstIndex(where: { $0.name == chain }) {
                ownChains[index].families.formUnion(families)
            } else {
                ownChains.append((chain, families))
            }
        }
        lines += rules.map { IptablesLine(rule: $0, families: families) }
    }
}
