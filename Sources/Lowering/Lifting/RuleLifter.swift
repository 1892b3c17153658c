public import KernelObjects
import NetworkTypes
import RulesetModel

/// Says in the rule language's terms what kernel rules of Weir's table do: those that `lower` makes, and those that people add by
/// hand with nft and the same vocabulary.
public struct RuleLifter: Sendable {
    /// What the rules may look into, by the names of the rule language.
    let sets: [String: SetShape]
    /// The names of the rule language for the kernel's sets.
    let setNames: [String: LiftedSetName]
    /// What each chain without a standard place demands of the base chain that leads to it.
    private let chainDemands: ChainDemands
    /// The standard chains that the table has as Weir makes them.
    let standardChains: [String: StandardChain]

    /// Creates a lifter for the rules of this table.
    public init(_ firewall: FirewallState) {
        var standardChains: [String: StandardChain] = [:]
        for chain in firewall.chains {
            if let standard = StandardChain(chain) { standardChains[chain.name] = standard }
        }
        self.standardChains = standardChains
        let (namedSets, _) = firewall.liftedSets
        let intervalSets = Set(firewall.sets.lazy.filter { $0.flags.contains(.interval) }.map(\.name))
        var sets: [String: SetShape] = [:]
        var setNames: [String: LiftedSetName] = [:]
        for set in namedSets {
            let shape = SetShape(set.value, families: set.families.isEmpty ? nil : set.families)
            sets[set.value.name] = shape
            for name in set.kernelNames {
                let isInterval = intervalSets.contains(name)
                setNames[name] = LiftedSetName(name: set.value.name, kind: shape.kind, isInterval: isInterval)
            }
        }
        self.sets = sets
        self.setNames = setNames
        chainDemands = ChainDemands(firewall.chains.lazy.filter { standardChains[$0.name] == nil })
    }

    /// What a rule does; nothing where the rule language has no words for it in this chain.
    public func lift(_ rule: RuleObject, inChain name: String) -> LiftedRule? {
        guard let expressions = Expression.decode(rule.expressions) else { return nil }
        var reader = RuleReader(lifter: self, anonymousSets: rule.anonymousSets)
        for expression in expressions {
            guard reader.read(expression) else { return nil }
        }
        guard reader.finish(), let action = reader.action else { return nil }
        let comment = Userdata.comment(ofRule: rule.userdata)
        var lifted = Rule(matches: reader.matches, action: action, log: reader.log, comment: comment)
        guard lifted.prefixFault == nil, restoreFamily(&lifted, reader.family),
            restoreDirection(&lifted, name, reader.isForwardedOnly)
        else {
            return nil
        }
        return LiftedRule(lifted, notes: reader.notes)
    }

    /// Adds the family where nothing else in the rule says it; false where the rule would then hold for other packets.
    private func restoreFamily(_ rule: inout Rule, _ family: AddressFamily?) -> Bool {
        guard let cut = try? RuleCut(rule, sets: sets) else { return false }
        guard let family else {
            // Only address translation leaves packets of the other family alone without being told so.
            return cut.families == [nil] || rule.action.translatesAddresses
        }
        if cut.families != [family] {
            rule = Rule(
                direction: rule.direction,
                matches: rule.matches + [.family(family)],
                action: rule.action,
                log: rule.log,
                comment: rule.comment
            )
        }
        return (try? RuleCut(rule, sets: sets).families) == [family]
    }

    /// Adds the direction in which the rule would be put into this chain; false where there is none.
    private func restoreDirection(_ rule: inout Rule, _ chain: String, _ isForwardedOnly: Bool) -> Bool {
        guard let standard = standardChains[chain] else { return !isForwardedOnly }
        var needs = rule.action.chainNeeds
        if let target = rule.action.targetChain {
            guard let targetNeeds = chainDemands.needs(of: target) else { return false }
            needs = targetNeeds
        }
        let direction: Direction
        switch standard.hook {
        case .input, .prerouting: direction = .input
        case .output: direction = .output
        case .forward: direction = .forward
        case .postrouting: direction = isForwardedOnly || rule.matches.haveInputInterface ? .forward : .output
        }
        if isForwardedOnly, standard.hook != .postrouting { return false }
        let hasInput = rule.matches.contains { if case .inputInterface = $0 { true } else { false } }
        let hasOutput = rule.matches.contains { if case .outputInterface = $0 { true } else { false } }
        guard !hasInput || direction != .output, !hasOutput || direction != .input else { return false }
        rule.direction = direction
        return direction.standardChain(for: needs) == standard
    }
}

/// What the rule language calls a set of the kernel.
struct LiftedSetName: Sendable {
    let name: String
    let kind: SetShape.Kind
    /// Whether the kernel's set holds ranges.
    let isInterval: Bool
}

extension StandardChain {
    /// The standard chain that a chain of the kernel is; nothing for any other chain.
    init?(_ chain: ChainObject) {
        guard !chain.isForeign, let base = chain.base,
            let standard = Self.allCases.first(where: { $0.name == chain.name }),
            base.type == standard.type, base.hook == standard.hook, base.priority == standard.priority
        else { return nil }
        self = standard
    }
}

extension Action {
    /// Whether this verb acts on one family alone though no condition says so.
    fileprivate var translatesAddresses: Bool {
        switch self {
        case .destinationNAT(let translation), .sourceNAT(let translation): translation.addresses != nil
        default: false
        }
    }
}
