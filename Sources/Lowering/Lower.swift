import KernelObjects
import NetworkTypes
public import RulesetModel

/// Turns a ruleset into the kernel objects that it asks for, in the form in which the kernel would report them.
public func lower(_ ruleset: Ruleset) throws(LoweringError) -> Lowered {
    var lowering = RulesetLowering(ruleset)
    let firewall = try lowering.firewall()
    let routes = ruleset.routes.enumerated().map { index, route in
        route.object(origin: lowering.add(.route(index)))
    }
    let routingRules = ruleset.routingRules.enumerated().map { index, rule in
        rule.object(origin: lowering.add(.routingRule(index)))
    }
    let sysctls = ruleset.sysctls.enumerated().map { index, sysctl in
        SysctlObject(name: sysctl.name, value: sysctl.value, origin: lowering.add(.sysctl(index)))
    }
    return Lowered(
        state: DesiredState(firewall: firewall, routes: routes, routingRules: routingRules, sysctls: sysctls),
        origins: lowering.origins,
        setOrigins: lowering.setOrigins
    )
}

/// One ruleset on its way into Weir's table.
private struct RulesetLowering {
    let ruleset: Ruleset
    /// What each declared chain demands of the base chain that leads to it; every declared chain has an entry.
    let chainNeeds: [String: ChainNeeds]
    let derivedAccepts: DerivedAccepts
    var origins: [RuleOrigin] = []
    var setOrigins: [String: RuleOrigin] = [:]
    var encoder: RuleEncoder
    /// The rules of the standard chains, by the chains' raw values.
    var standardRules = [[RuleEntry]](repeating: [], count: StandardChain.allCases.count)

    init(_ ruleset: Ruleset) {
        self.ruleset = ruleset
        chainNeeds = ruleset.chainNeeds
        derivedAccepts = DerivedAccepts(ruleset)
        let shapes = ruleset.sets.map { ($0.name, SetShape($0)) }
        encoder = RuleEncoder(
            sets: Dictionary(shapes, uniquingKeysWith: { first, _ in first }),
            counts: ruleset.options.counters
        )
        origins.reserveCapacity(ruleset.rules.count + ruleset.routes.count)
    }

    mutating func add(_ origin: RuleOrigin) -> Int32 {
        origins.append(origin)
        return Int32(clamping: origins.count - 1)
    }

    mutating func firewall() throws(LoweringError) -> FirewallState? {
        let sets = try namedSets()
        for (index, rule) in ruleset.rules.enumerated() { try place(rule, index) }
        let chains = try standardChains() + declaredChains()
        return sets.isEmpty && chains.isEmpty ? nil : FirewallState(chains: chains, sets: sets)
    }

    // MARK: Sets

    private mutating func namedSets() throws(LoweringError) -> [SetObject] {
        var objects: [SetObject] = []
        for (index, set) in ruleset.sets.enumerated() {
            for object in set.objects {
                guard setOrigins.updateValue(.set(index), forKey: object.name) == nil else {
                    throw LoweringError(origin: .set(index), reason: .duplicateName(object.name))
                }
                objects.append(object)
            }
        }
        return objects
    }

    // MARK: Rules outside declared chains

    private mutating func place(_ rule: Rule, _ index: Int) throws(LoweringError) {
        let origin = add(.rule(index))
        do throws(LoweringError.Reason) {
            guard let direction = rule.direction else { throw .noDirection }
            try place(rule, direction, origin)
        } catch {
            throw LoweringError(origin: .rule(index), reason: error)
        }
        do throws(LoweringError.Reason) {
            for derived in try derivedAccepts.entries(of: rule) { try place(derived, ofRule: index) }
        } catch {
            throw LoweringError(origin: .derivedAccept(rule: index), reason: error)
        }
    }

    private mutating func place(_ derived: DerivedAccepts.Entry, ofRule index: Int) throws(LoweringError.Reason) {
        guard let direction = derived.rule.direction else { throw .noDirection }
        do throws(LoweringError.Reason) {
            try place(derived.rule, direction, add(derived.origin ?? .derivedAccept(rule: index)))
        } catch .matchesNothing where derived.origin != nil {
            // The rule of the chain is for other packets than those that come from here.
        }
    }

    private mutating func place(
        _ rule: Rule,
        _ direction: Direction,
        _ origin: Int32
    ) throws(LoweringError.Reason) {
        var needs = rule.action.chainNeeds
        if let target = rule.action.targetChain {
            guard let targetNeeds = chainNeeds[target] else { throw .unknownChain(target) }
            if targetNeeds.areMixed { throw .mixedChain(target) }
            needs = targetNeeds
        }
        guard let chain = direction.standardChain(for: needs) else { throw .noChain(direction) }
        let isForwardedOnly = direction == .forward && chain.hook == .postrouting && !rule.matches.haveInputInterface
        try encoder.encode(
            rule,
            origin: origin,
            isForwardedOnly: isForwardedOnly,
            into: &standardRules[chain.rawValue]
        )
    }

    // MARK: Chains

    /// The standard chains that have rules or a policy.
    private mutating func standardChains() -> [ChainObject] {
        var policies: [StandardChain: ChainPolicy] = [:]
        for (direction, policy) in ruleset.policies { policies[direction.filterChain] = policy }
        return StandardChain.allCases.compactMap { chain in
            let rules = standardRules[chain.rawValue]
            guard !rules.isEmpty || policies[chain] != nil else { return nil }
            let base = ChainObject.Base(
                type: chain.type,
                hook: chain.hook,
                priority: chain.priority,
                policy: policies[chain] ?? .accept
            )
            return ChainObject(name: chain.name, base: base, rules: rules)
        }
    }

    private mutating func declaredChains() throws(LoweringError) -> [ChainObject] {
        var names = Set(StandardChain.allCases.map(\.name))
        var objects: [ChainObject] = []
        for (index, chain) in ruleset.chains.enumerated() {
            guard names.insert(chain.name).inserted else {
                throw LoweringError(origin: .chain(index), reason: .duplicateName(chain.name))
            }
            if chain.hasLostAccepts { throw LoweringError(origin: .chain(index), reason: .acceptInBaseChain) }
            var rules: [RuleEntry] = []
            for (position, rule) in chain.rules.enumerated() {
                let origin = RuleOrigin.chainRule(chain: index, rule: position)
                let number = add(origin)
                do throws(LoweringError.Reason) {
                    if let target = rule.action.targetChain, chainNeeds[target] == nil { throw .unknownChain(target) }
                    try encoder.encode(rule, origin: number, into: &rules)
                } catch {
                    throw LoweringError(origin: origin, reason: error)
                }
            }
            objects.append(ChainObject(name: chain.name, base: chain.kind.base, rules: rules))
        }
        return objects
    }
}

extension Chain.Kind {
    fileprivate var base: ChainObject.Base? {
        switch self {
        case .regular: nil
        case .base(let type, let hook, let priority, let policy):
            ChainObject.Base(type: type, hook: hook, priority: priority, policy: policy)
        }
    }
}
