/// What a kernel that is newer than this program says besides: attributes that no kernel had when it was written.
///
/// They are never dropped, and what has one is never taken for equal to what has none. What this program has just made itself is another
/// matter: an attribute that it did not send is the kernel's own way to say what was sent.
extension RuleObject {
    /// The additions of the rule, in words; empty nearly always.
    public var additionNames: [String] {
        var names = additions.map { "another attribute \($0)" }
        forEachElement { element in
            let reading = ExpressionReading(element)
            guard !reading.additions.isEmpty, let kind = reading.expression?.kindName else { return }
            names += reading.additions.map { "another attribute \($0) of '\(kind)'" }
        }
        for set in anonymousSets { names += set.additionNames.map { "\($0) of its set" } }
        return names
    }

    /// The rule as it is said without additions.
    public var withoutAdditions: RuleObject {
        var writer = ExpressionWriter()
        var hasAdditions = false
        forEachElement { element in
            let reading = ExpressionReading(element)
            if let expression = reading.expression { writer.append(expression) } else { writer.element(element) }
            hasAdditions = hasAdditions || !reading.additions.isEmpty
        }
        var rule = self
        if hasAdditions { rule.expressions = writer.finish() }
        rule.additions = []
        rule.anonymousSets = anonymousSets.map(\.withoutAdditions)
        return rule
    }

    private func forEachElement(_ body: (AttributeReader.Attribute) -> Void) {
        expressions.withUnsafeBytes { bytes in
            var reader = AttributeReader(bytes)
            while let element = reader.next() { body(element) }
        }
    }
}

extension SetObject {
    /// The additions of the set and its members, in words; empty nearly always.
    public var additionNames: [String] {
        additions.map { "another attribute \($0)" } + memberAdditions.map { "another attribute \($0) of members" }
    }

    /// The set as it is said without additions.
    public var withoutAdditions: SetObject {
        var set = self
        set.additions = []
        set.memberAdditions = []
        return set
    }
}

extension FirewallState {
    /// The table as it is said without additions.
    public var withoutAdditions: FirewallState {
        var state = self
        state.sets = sets.map(\.withoutAdditions)
        for index in state.chains.indices {
            state.chains[index].additions = []
            for rule in state.chains[index].rules.indices {
                state.chains[index].rules[rule].rule = state.chains[index].rules[rule].rule.withoutAdditions
            }
        }
        return state
    }
}

extension RouteObject {
    /// The route as it is said without additions.
    public var withoutAdditions: RouteObject {
        guard !additions.isEmpty else { return self }
        var route = self
        route.hasUnknownAttributes = false
        route.additions = []
        return route
    }
}

extension RoutingRuleObject {
    /// The rule as it is said without additions.
    public var withoutAdditions: RoutingRuleObject {
        guard !additions.isEmpty else { return self }
        var rule = self
        rule.hasUnknownAttributes = false
        rule.additions = []
        return rule
    }
}

extension ObservedState {
    /// The state as it is said without additions.
    public var withoutAdditions: ObservedState {
        var state = self
        state.firewall = firewall?.withoutAdditions
        state.routes = routes.map(\.withoutAdditions)
        state.routingRules = routingRules.map(\.withoutAdditions)
        return state
    }
}
