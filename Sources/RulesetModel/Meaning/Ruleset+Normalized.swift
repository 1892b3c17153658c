public import NetworkTypes

extension Ruleset {
    /// The ruleset in canonical form: everything but rules sorted by its key, matches by rank, a family only where nothing else
    /// in the rule fixes it, reasons of `reject` in the one spelling that their rules' families have.
    public func normalized() -> Ruleset {
        var result = self
        result.sets.sort { $0.name < $1.name }
        result.chains.sort { $0.name < $1.name }
        result.routingTables.sort { $0.name < $1.name }
        result.routes.sort { $0.isOrdered(before: $1) }
        // Rules of one priority are asked in the order in which they stand.
        result.routingRules = result.routingRules.enumerated()
            .sorted { $0.element.isOrdered(before: $1.element, whereEqual: $0.offset < $1.offset) }.map(\.element)
        result.sysctls.sort { $0.name < $1.name }
        let families = familiesOfSets
        result.rules = result.rules.map { $0.normalized(familiesOfSets: families) }
        for index in result.chains.indices {
            result.chains[index].rules = result.chains[index].rules.map { $0.normalized(familiesOfSets: families) }
        }
        return result
    }

    /// The families of each set of addresses, by its name.
    public var familiesOfSets: [String: AddressFamilies] {
        var families: [String: AddressFamilies] = [:]
        for set in sets {
            families[set.name] = set.families
        }
        return families
    }
}

extension Rule {
    fileprivate func normalized(familiesOfSets: [String: AddressFamilies]) -> Rule {
        var result = self
        result.matches = Match.canonicalOrder(matches)
        result.dropImpliedFamily { familiesOfSets[$0] ?? .both }
        if case .reject(let reason) = action {
            result.action = .reject(reason.canonical(for: families { familiesOfSets[$0] ?? .both }))
        }
        return result
    }
}

extension Route {
    /// The order of routes in a ruleset: by routing table, destination, metric and type of service, which are their key.
    public func isOrdered(before other: Route) -> Bool {
        (table, destination, metric, typeOfService)
            < (other.table, other.destination, other.metric, other.typeOfService)
    }

    /// The metric of a route that does not say one: the kernel's default.
    public static func defaultMetric(_ family: AddressFamily) -> UInt32 {
        family == .ipv4 ? 0 : 1024
    }
}

extension RoutingRule {
    /// The order of policy routing rules in a ruleset: by priority and family, and of equal ones that in which they stand.
    public func isOrdered(before other: RoutingRule, whereEqual isBefore: Bool) -> Bool {
        (priority, family) == (other.priority, other.family)
            ? isBefore : (priority, family) < (other.priority, other.family)
    }
}
