import Reconciliation

/// A difference line by line, before any line has words: what may be left out costs nothing then.
struct PlanOutline {
    /// What a line is about: where in the change set it stands.
    enum Subject {
        case set(Int)
        case chain(Int)
        case rule(chain: Int, Int)
        case deletedForeignObject(Int)
        case addedForeignObject(Int)
        case route(Int)
        case routingRule(Int)
        case sysctl(Int)
    }

    /// A line.
    struct Entry {
        var likeness: PlanFold.Likeness
        var subject: Subject

        init(_ change: PlanReport.Change, _ kind: PlanReport.Kind, _ subject: Subject) {
            likeness = PlanFold.Likeness(change: change, kind: kind)
            self.subject = subject
        }
    }

    let firewall: [Entry]
    let routes: [Entry]
    let routingRules: [Entry]
    let sysctls: [Entry]

    init(_ changes: ChangeSet) {
        firewall = changes.firewall.map(Self.entries) ?? []
        routes = changes.routes.enumerated().map { index, change in
            switch change {
            case .add: Entry(.add, .route, .route(index))
            case .delete: Entry(.remove, .route, .route(index))
            case .replace: Entry(.change, .route, .route(index))
            }
        }
        routingRules = changes.routingRules.enumerated().map { index, change in
            switch change {
            case .add: Entry(.add, .routingRule, .routingRule(index))
            case .delete: Entry(.remove, .routingRule, .routingRule(index))
            }
        }
        sysctls = changes.sysctls.indices.map { Entry(.change, .sysctl, .sysctl($0)) }
    }

    /// How many lines there are.
    var count: Int {
        firewall.count + routes.count + routingRules.count + sysctls.count
    }

    private static func entries(of firewall: FirewallChanges) -> [Entry] {
        var entries = firewall.sets.enumerated().map { index, change in
            switch change {
            case .add: Entry(.add, .set, .set(index))
            case .delete: Entry(.remove, .set, .set(index))
            case .exchange, .change: Entry(.change, .set, .set(index))
            }
        }
        for (index, chain) in firewall.chains.enumerated() {
            let place = entries.count
            for (rule, change) in chain.rules.enumerated() {
                let subject = Subject.rule(chain: index, rule)
                switch change {
                case .add: entries.append(Entry(.add, .rule, subject))
                case .delete: entries.append(Entry(.remove, .rule, subject))
                case .replace: entries.append(Entry(.change, .rule, subject))
                case .move: entries.append(Entry(.move, .rule, subject))
                // Rules that are only made again with a set or a chain stay what they were.
                case .renew: break
                }
            }
            guard place < entries.count || chain.visibleChange != .keep || chain.isRefilled else { continue }
            entries.insert(Entry(chain.visibleChange, .chain, .chain(index)), at: place)
        }
        entries += firewall.deletedForeignObjects.indices.map { Entry(.remove, .object, .deletedForeignObject($0)) }
        return entries + firewall.addedForeignObjects.indices.map { Entry(.add, .object, .addedForeignObject($0)) }
    }
}

extension ChainChange {
    /// What people are told of the chain itself.
    var visibleChange: PlanReport.Change {
        switch kind {
        case .add: .add
        case .delete: .remove
        case .recreate: .change
        case .change: changesPolicy ? .change : .keep
        }
    }
}

extension [PlanOutline.Entry] {
    /// Which of the lines of a section are shown if it is folded: the first and the last of each kind, and the chains of the rules that are.
    var shownWhenFolded: [Bool] {
        var rest = reduce(into: [PlanFold.Likeness: Int]()) { $0[$1.likeness, default: 0] += 1 }
        var seen: [PlanFold.Likeness: Int] = [:]
        var shown = map { entry in
            rest[entry.likeness, default: 0] -= 1
            seen[entry.likeness, default: 0] += 1
            return seen[entry.likeness, default: 0] <= PlanExtent.ends
                || rest[entry.likeness, default: 0] < PlanExtent.ends
        }
        var chain: Int?
        for (index, entry) in enumerated() {
            if entry.likeness.kind == .chain { chain = index }
            if entry.likeness.kind == .rule, shown[index], let chain { shown[chain] = true }
        }
        return shown
    }
}
