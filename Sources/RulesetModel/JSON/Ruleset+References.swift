import NetworkTypes

/// Something in a ruleset that contradicts another part of it.
struct ReferenceProblem {
    let path: [JSONKey]
    let message: String

    init(_ path: [JSONKey], _ message: String) {
        self.path = path
        self.message = message
    }
}

extension Ruleset {
    /// The first name that is used and not there, or there twice.
    var referenceProblem: ReferenceProblem? {
        if let problem = duplicate("sets", sets, \.name) ?? duplicate("chains", chains, \.name) { return problem }
        if let problem = duplicate("tables", routingTables, \.name) ?? duplicate("sysctls", sysctls, \.name) {
            return problem
        }
        if let problem = duplicate("routes", routes, RouteKey.init) { return problem }
        if let problem = mistakableRule { return problem }
        for (index, chain) in chains.enumerated() where Self.standardNames.contains(chain.name) {
            return ReferenceProblem(
                ["chains", JSONKey(intValue: index), "name"],
                "Weir makes a chain of this name itself"
            )
        }
        return ruleProblem
    }

    private static let standardNames = Set(StandardChain.allCases.map(\.name))

    private var ruleProblem: ReferenceProblem? {
        let names = RuleNames(self)
        for (index, rule) in rules.enumerated() {
            let path: [JSONKey] = ["rules", JSONKey(intValue: index)]
            if rule.direction == nil { return ReferenceProblem(path, "'direction' is missing") }
            if let problem = names.problem(rule, path) { return problem }
        }
        for (index, chain) in chains.enumerated() {
            for (position, rule) in chain.rules.enumerated() {
                let path: [JSONKey] = ["chains", JSONKey(intValue: index), "rules", JSONKey(intValue: position)]
                if rule.direction != nil {
                    return ReferenceProblem(path + ["direction"], "a rule of a declared chain has none")
                }
                if let problem = names.problem(rule, path) { return problem }
            }
        }
        return nil
    }

    /// The first policy routing rule that the kernel could not tell from another one of its priority.
    private var mistakableRule: ReferenceProblem? {
        var places: [UInt64: [RoutingRuleIdentity]] = [:]
        for (index, rule) in routingRules.enumerated() {
            let identity = rule.identity
            let place = UInt64(rule.family.rawValue) << 32 | UInt64(rule.priority)
            let others = places[place] ?? []
            guard !others.contains(where: identity.isMistakable) else {
                return ReferenceProblem(
                    ["routingRules", JSONKey(intValue: index)],
                    "the kernel cannot tell it from another one of its priority"
                )
            }
            guard others.count < RoutingRuleIdentity.mostOfOnePriority else {
                return ReferenceProblem(
                    ["routingRules", JSONKey(intValue: index)],
                    "at most \(RoutingRuleIdentity.mostOfOnePriority) rules have one priority"
                )
            }
            places[place, default: []].append(identity)
        }
        return nil
    }

    private func duplicate<Element, Key: Hashable>(
        _ list: JSONKey,
        _ elements: [Element],
        _ key: (Element) -> Key
    ) -> ReferenceProblem? {
        var seen: Set<Key> = []
        for (index, element) in elements.enumerated() where !seen.insert(key(element)).inserted {
            return ReferenceProblem(
                [list, JSONKey(intValue: index)],
                "there is another one with the same key before it"
            )
        }
        return nil
    }
}

private struct RouteKey: Hashable {
    let table: UInt32
    let destination: IPPrefix
    let metric: UInt32
    let typeOfService: UInt8

    init(_ route: Route) {
        (table, destination, metric) = (route.table, route.destination, route.metric)
        typeOfService = route.typeOfService
    }
}

/// The names that rules can refer to.
private struct RuleNames {
    private let chains: Set<String>
    private let sets: [String: NamedSet.Contents]

    init(_ ruleset: Ruleset) {
        chains = Set(ruleset.chains.lazy.filter { $0.kind == .regular }.map(\.name))
        sets = Dictionary(ruleset.sets.map { ($0.name, $0.contents) }) { first, _ in first }
    }

    func problem(_ rule: Rule, _ path: [JSONKey]) -> ReferenceProblem? {
        if let target = rule.action.targetChain, !chains.contains(target) {
            return ReferenceProblem(path + ["action", "chain"], "there is no chain '\(target)' to jump to")
        }
        for match in rule.matches {
            guard let (name, isFitting) = match.namedSet else { continue }
            guard let contents = sets[name] else {
                return ReferenceProblem(path + ["match"], "there is no set '\(name)'")
            }
            guard isFitting(contents) else {
                return ReferenceProblem(path + ["match"], "the set '\(name)' holds values of another type")
            }
        }
        return nil
    }
}

extension Match {
    /// The named set that the match looks into, and which contents it must have.
    fileprivate var namedSet: (name: String, isFitting: (NamedSet.Contents) -> Bool)? {
        switch self {
        case .inputInterface(let membership), .outputInterface(let membership):
            membership.operand.name.map { ($0, { if case .interfaces = $0 { true } else { false } }) }
        case .sourceAddress(let membership), .destinationAddress(let membership),
            .originalDestinationAddress(let membership):
            membership.operand.name.map { name in
                (
                    name,
                    {
                        switch $0 {
                        case .addresses, .prefixes: true
                        default: false
                        }
                    }
                )
            }
        case .transportProtocol(let membership):
            membership.operand.name.map { ($0, { if case .protocols = $0 { true } else { false } }) }
        case .sourcePort(let membership), .destinationPort(let membership), .originalDestinationPort(let membership):
            membership.operand.name.map { ($0, { if case .ports = $0 { true } else { false } }) }
        case .socketUser(let membership), .socketGroup(let membership):
            membership.operand.name.map { ($0, { _ in false }) }
        case .connectionMark(let membership), .mark(let membership):
            membership.operand.name.map { ($0, { if case .marks = $0 { true } else { false } }) }
        case .family, .tcpFlags, .icmp, .connectionState, .connectionStatus, .field, .limit:
            nil
        }
    }
}

extension Operand {
    fileprivate var name: String? {
        if case .namedSet(let name) = self { name } else { nil }
    }
}
