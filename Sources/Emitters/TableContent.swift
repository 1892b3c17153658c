import KernelObjects
import Lowering
import NetworkTypes
import RulesetModel

/// Weir's table as the kernel would have it, in the rule language's terms: one rule for each kernel rule, in its chain.
struct TableContent {
    /// A chain.
    struct Chain {
        let name: String
        /// Where it hangs; nothing for a regular chain.
        let base: ChainObject.Base?
        /// Whether Weir makes it for rules with a direction.
        let isStandard: Bool
        let rules: [Rule]
    }

    /// A kernel rule.
    struct Rule {
        /// What it does.
        let rule: RulesetModel.Rule
        /// The one family that it holds for; nothing for both.
        let family: AddressFamily?
        /// Whether it counts packets.
        let counts: Bool
        /// The part of the ruleset that it comes from.
        let origin: RuleOrigin?
    }

    /// The chains.
    let chains: [Chain]
    /// The named sets as the kernel has them.
    let sets: [SetObject]

    /// Says in the rule language's terms what a table holds; `origin` gives the part of a ruleset that an object's number stands for.
    init(
        _ firewall: FirewallState?,
        familiesOfSets: [String: AddressFamilies],
        origin: (Int32) -> RuleOrigin? = { _ in nil }
    ) throws(Inexpressible) {
        guard let firewall else {
            chains = []
            sets = []
            return
        }
        let reader = TableRuleReader(firewall, familiesOfSets: familiesOfSets)
        let standardNames = Set(StandardChain.allCases.map(\.name))
        var chains: [Chain] = []
        for chain in firewall.chains {
            var rules: [Rule] = []
            rules.reserveCapacity(chain.rules.count)
            for entry in chain.rules {
                rules.append(try reader.read(entry, inChain: chain.name, origin: origin(entry.origin)))
            }
            let isStandard = standardNames.contains(chain.name)
            chains.append(Chain(name: chain.name, base: chain.base, isStandard: isStandard, rules: rules))
        }
        self.chains = chains
        sets = firewall.sets
    }

    /// Says in the rule language's terms what a ruleset becomes.
    init(_ ruleset: Ruleset) throws(Inexpressible) {
        let lowered: Lowered
        do throws(LoweringError) {
            lowered = try lower(ruleset)
        } catch {
            throw Inexpressible(error.description, origin: error.origin)
        }
        try self.init(lowered.state.firewall, familiesOfSets: ruleset.familiesOfSets, origin: lowered.origin)
    }
}

/// Reads kernel rules of one table.
struct TableRuleReader {
    private let lifter: RuleLifter
    private let familiesOfSets: [String: AddressFamilies]

    init(_ firewall: FirewallState, familiesOfSets: [String: AddressFamilies]) {
        lifter = RuleLifter(firewall)
        self.familiesOfSets = familiesOfSets
    }

    /// Says what a kernel rule does.
    func read(
        _ entry: RuleEntry,
        inChain chain: String,
        origin: RuleOrigin?
    ) throws(Inexpressible) -> TableContent.Rule {
        guard let lifted = lifter.lift(entry.rule, inChain: chain) else {
            throw Inexpressible("the rule does something that only the kernel has words for", origin: origin)
        }
        guard !lifted.notes.contains(.countsEarly) else {
            throw Inexpressible("the rule counts before it has tried all conditions", origin: origin)
        }
        let family: AddressFamily?
        switch lifted.rule.families(familiesOfSet: { familiesOfSets[$0] ?? .both }) {
        case .ipv4: family = .ipv4
        case .ipv6: family = .ipv6
        default: family = nil
        }
        return TableContent.Rule(
            rule: lifted.rule,
            family: family,
            counts: !lifted.notes.contains(.noCounter),
            origin: origin
        )
    }
}

extension Rule {
    /// Whether the rule, in a chain of this hook, leaves out packets of this host by having no interface that they came in by.
    func isForwardedOnly(in hook: NetfilterHook?) -> Bool {
        guard direction == .forward, hook == .postrouting else { return false }
        return !matches.contains { match in
            if case .inputInterface(let interfaces) = match { !interfaces.isNegated } else { false }
        }
    }
}
