import KernelObjects

extension [RoutingRuleChange] {
    /// Orders changes so that the kernel takes them: rules are added, then rules are deleted, so that packets always find one.
    ///
    /// Where the kernel would take an old rule for a new one that says less, as both have the same priority, the old one goes right before
    /// the new one comes.
    init(adding added: [RoutingRuleObject], deleting deleted: [RoutingRuleObject]) {
        self.init()
        var rest = deleted
        for rule in added {
            rest.removeAll { old in
                guard old.isMeant(byMessageAbout: rule) else { return false }
                append(.delete(old))
                return true
            }
            append(.add(rule))
        }
        self += rest.map { .delete($0) }
    }

    /// The changes up to the last addition: those that are made before the firewall changes.
    public var untilLastAddition: ArraySlice<RoutingRuleChange> {
        let end = lastIndex { if case .add = $0 { true } else { false } }.map { $0 + 1 }
        return self[..<(end ?? startIndex)]
    }

    /// The deletions after the last addition: those that are made after the firewall has changed.
    public var behindLastAddition: ArraySlice<RoutingRuleChange> {
        self[untilLastAddition.endIndex...]
    }
}
