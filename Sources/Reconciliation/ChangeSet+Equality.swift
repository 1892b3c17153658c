import KernelObjects

extension ChangeSet {
    /// Whether both do the same to the same objects; handles, counters and origins do not count.
    public func isSame(as other: ChangeSet) -> Bool {
        guard routes.count == other.routes.count, routingRules.count == other.routingRules.count,
            sysctls.elementsEqual(other.sysctls, by: { ($0.name, $0.old, $0.new) == ($1.name, $1.old, $1.new) })
        else { return false }
        guard zip(routes, other.routes).allSatisfy({ $0.isSame(as: $1) }),
            zip(routingRules, other.routingRules).allSatisfy({ $0.isSame(as: $1) })
        else { return false }
        switch (firewall, other.firewall) {
        case (nil, nil): return true
        case (let left?, let right?): return left.isSame(as: right)
        default: return false
        }
    }
}

extension RouteChange {
    fileprivate func isSame(as other: RouteChange) -> Bool {
        switch (self, other) {
        case (.add(let left), .add(let right)), (.delete(let left), .delete(let right)):
            left.isEquivalent(to: right)
        case (.replace(let leftOld, let leftNew), .replace(let rightOld, let rightNew)):
            leftOld.isEquivalent(to: rightOld) && leftNew.isEquivalent(to: rightNew)
        default: false
        }
    }
}

extension RoutingRuleChange {
    fileprivate func isSame(as other: RoutingRuleChange) -> Bool {
        switch (self, other) {
        case (.add(let left), .add(let right)), (.delete(let left), .delete(let right)):
            left.isEquivalent(to: right)
        default: false
        }
    }
}

extension FirewallChanges {
    /// Whether both do the same to the same objects; handles, counters and origins do not count.
    public func isSame(as other: FirewallChanges) -> Bool {
        table == other.table && deletedForeignObjects == other.deletedForeignObjects
            && addedForeignObjects == other.addedForeignObjects
            && sets.elementsEqual(other.sets, by: { $0.isSame(as: $1) })
            && chains.elementsEqual(other.chains, by: { $0.isSame(as: $1) })
    }
}

extension SetChange {
    fileprivate func isSame(as other: SetChange) -> Bool {
        switch (self, other) {
        case (.add(let left), .add(let right)), (.delete(let left), .delete(let right)): left == right
        case (
            .change(_, let left, let leftAdded, let leftDeleted),
            .change(_, let right, let rightAdded, let rightDeleted)
        ):
            left.name == right.name && leftAdded == rightAdded && leftDeleted == rightDeleted
        case (.exchange(let left), .exchange(let right)): left.isSame(as: right)
        default: false
        }
    }
}

extension ChainChange {
    fileprivate func isSame(as other: ChainChange) -> Bool {
        kind == other.kind && isRefilled == other.isRefilled && rules == other.rules
            && isSame(observed, other.observed) && isSame(desired, other.desired)
    }

    private func isSame(_ left: ChainObject?, _ right: ChainObject?) -> Bool {
        left?.name == right?.name && left?.base == right?.base && left?.userdata == right?.userdata
            && left?.isForeign == right?.isForeign && left?.rules.count == right?.rules.count
            && zip(left?.rules ?? [], right?.rules ?? []).allSatisfy { isSameRule($0.rule, $1.rule) }
    }
}
