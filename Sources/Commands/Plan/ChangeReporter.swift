import KernelObjects
import NetworkTypes
import Reconciliation
import RulesetModel

/// Turns a change set into a report.
struct ChangeReporter {
    private let origins: Origins?
    private let tables: [RoutingTable]
    private let observedText: ObjectText
    private let desiredText: ObjectText
    private let changes: ChangeSet

    /// Creates a reporter.
    /// - Parameters:
    ///   - observed: The table in the kernel, for the words of what goes away.
    ///   - desired: The table as it should be, for the words of what comes.
    ///   - options: The settings of the ruleset.
    ///   - tables: Names for the numbers of routing tables.
    ///   - origins: Where the rule file says what.
    init(
        _ changes: ChangeSet,
        observed: FirewallState?,
        desired: FirewallState?,
        options: RulesetOptions = RulesetOptions(),
        tables: [RoutingTable] = [],
        origins: Origins? = nil
    ) {
        self.changes = changes
        self.tables = tables
        self.origins = origins
        observedText = ObjectText(observed ?? FirewallState(), counts: options.counters)
        desiredText = ObjectText(desired ?? FirewallState(), counts: options.counters)
    }

    /// The report, with all lines or those of a long difference that say most.
    func report(_ extent: PlanExtent) -> PlanReport {
        var report = PlanReport()
        let summary = changes.summary
        (report.added, report.changed, report.removed) = (summary.added, summary.changed, summary.removed)
        let outline = PlanOutline(changes)
        let folds = extent == .folded && outline.count > PlanExtent.mostLines
        if let firewall = changes.firewall {
            let rows = rows(outline.firewall, folds: folds)
            report.sections.append(PlanReport.Section(title: title(of: firewall.table), rows: rows))
        }
        for (title, entries) in [
            ("routes", outline.routes), ("policy routing rules", outline.routingRules), ("settings", outline.sysctls),
        ] where !entries.isEmpty {
            report.sections.append(PlanReport.Section(title: title, rows: rows(entries, folds: folds)))
        }
        return report
    }

    private func rows(_ entries: [PlanOutline.Entry], folds: Bool) -> [PlanReport.Row] {
        guard folds else { return entries.compactMap { line(of: $0.subject) }.map(PlanReport.Row.line) }
        var rows: [PlanReport.Row] = []
        var fold: PlanFold?
        for (entry, isShown) in zip(entries, entries.shownWhenFolded) {
            guard isShown else {
                fold = fold ?? PlanFold()
                fold?.add(entry.likeness)
                continue
            }
            if let hidden = fold { rows.append(.fold(hidden)) }
            fold = nil
            if let line = line(of: entry.subject) { rows.append(.line(line)) }
        }
        return rows + (fold.map { [.fold($0)] } ?? [])
    }

    private func line(of subject: PlanOutline.Subject) -> PlanReport.Line? {
        switch subject {
        case .set(let index): return changes.firewall.map { line(of: $0.sets[index]) }
        case .chain(let index): return changes.firewall.map { line(of: $0.chains[index]) }
        case .rule(let chain, let index):
            return changes.firewall.flatMap { line(of: $0.chains[chain].rules[index], in: $0.chains[chain]) }
        case .deletedForeignObject(let index):
            return (changes.firewall?.deletedForeignObjects[index]).map {
                let note = "foreign: Weir cannot create it again"
                return PlanReport.Line(change: .remove, kind: .object, text: $0.name, note: note)
            }
        case .addedForeignObject(let index):
            return (changes.firewall?.addedForeignObjects[index]).map {
                PlanReport.Line(change: .add, kind: .object, text: $0.name)
            }
        case .route(let index): return line(of: changes.routes[index])
        case .routingRule(let index): return line(of: changes.routingRules[index])
        case .sysctl(let index): return line(of: changes.sysctls[index])
        }
    }

    // MARK: Firewall

    private func title(of table: FirewallChanges.Table) -> String {
        switch table {
        case .add: "table inet weir   (new)"
        case .keep: "table inet weir"
        case .wake: "table inet weir   (activated: it was dormant)"
        case .remake: "table inet weir   (made as a whole)"
        case .delete, .sweep: "table inet weir   (removed)"
        }
    }

    private func line(of set: SetChange) -> PlanReport.Line {
        let place = origins?.place(ofSet: set.name)
        switch set {
        case .add(let set):
            return PlanReport.Line(
                change: .add,
                kind: .set,
                text: "set \(set.name)   \(count(set.elements))",
                source: place
            )
        case .delete(let set):
            let note = set.foreignAttributes == nil ? nil : "foreign: Weir cannot create it again"
            return PlanReport.Line(change: .remove, kind: .set, text: "set \(set.name)", note: note)
        case .exchange(let exchange):
            let text = "set \(exchange.desired.name)   +\(exchange.added) -\(exchange.deleted) elements"
            let additions = exchange.observed.additionNames
            var note = "exchanged with the rules that use it"
            if !additions.isEmpty {
                note += "; was: with " + additions.joined(separator: ", ")
            } else if exchange.reason == .kind {
                note += ", for another kind"
            }
            return PlanReport.Line(change: .change, kind: .set, text: text, source: place, note: note)
        case .change(_, let desired, let added, let deleted):
            let text = "set \(desired.name)   +\(added.count) -\(deleted.count) elements"
            return PlanReport.Line(change: .change, kind: .set, text: text, source: place)
        }
    }

    private func count(_ elements: [SetElement]) -> String {
        elements.count == 1 ? "1 element" : "\(elements.count) elements"
    }

    private func line(of chain: ChainChange) -> PlanReport.Line {
        let object = chain.desired ?? chain.observed
        var text = object.map(ObjectText.text(of:)) ?? chain.name
        var note: String?
        switch chain.kind {
        case .add: break
        case .delete: if chain.observed?.isForeign == true { note = "foreign: Weir cannot create it again" }
        case .recreate: note = (["created again"] + words(chain.observed?.additions)).joined(separator: "; was: with ")
        case .change: if !chain.changesPolicy { text = "chain \(chain.name)" }
        }
        if chain.isRefilled { note = "all rules are loaded again" }
        return PlanReport.Line(
            change: chain.visibleChange,
            kind: .chain,
            text: text,
            chain: chain.name,
            note: note
        )
    }

    private func line(of rule: RuleChange, in chain: ChainChange) -> PlanReport.Line? {
        switch rule {
        case .add(let index, _): line(.add, desired: index, in: chain)
        case .delete(let index): line(.remove, observed: index, in: chain)
        case .replace(let old, let new): replacement(of: old, by: new, in: chain)
        case .move(_, let index, _): line(.move, desired: index, in: chain)
        case .renew: nil
        }
    }

    private func replacement(of old: Int, by new: Int, in chain: ChainChange) -> PlanReport.Line {
        var line = line(.change, desired: new, in: chain)
        let before = self.line(.remove, observed: old, in: chain)
        if line.text == before.text, line.note == before.note, let rules = chain.desired?.rules,
            rules.indices.contains(new)
        {
            // That rules do not count goes without saying where the file says so, unless that is what changes.
            line.note = desiredText.text(of: rules[new].rule, inChain: chain.name, isCountExpected: true).note
        }
        let was = "was: " + before.text + (before.note.map { ", \($0)" } ?? "")
        line.note = line.note.map { "\($0); \(was)" } ?? was
        return line
    }

    private func line(_ change: PlanReport.Change, desired index: Int, in chain: ChainChange) -> PlanReport.Line {
        guard let rules = chain.desired?.rules, rules.indices.contains(index) else {
            return PlanReport.Line(change: change, kind: .rule, text: "", chain: chain.name)
        }
        let (text, note) = desiredText.text(of: rules[index].rule, inChain: chain.name)
        let place = origins?.place(rules[index].origin)
        return PlanReport.Line(
            change: change,
            kind: .rule,
            text: text,
            source: place,
            chain: chain.name,
            note: note
        )
    }

    private func line(_ change: PlanReport.Change, observed index: Int, in chain: ChainChange) -> PlanReport.Line {
        guard let rules = chain.observed?.rules, rules.indices.contains(index) else {
            return PlanReport.Line(change: change, kind: .rule, text: "", chain: chain.name)
        }
        let (text, note) = observedText.text(of: rules[index].rule, inChain: chain.name)
        return PlanReport.Line(change: change, kind: .rule, text: text, chain: chain.name, note: note)
    }

    /// Names attributes that a newer kernel has added; empty or one text.
    private func words(_ additions: [UInt16]?) -> [String] {
        guard let additions, !additions.isEmpty else { return [] }
        return [additions.map { "another attribute \($0)" }.joined(separator: ", ")]
    }

    // MARK: Routing

    private func line(of route: RouteChange) -> PlanReport.Line {
        let place = route.desired.flatMap { origins?.place($0.origin) }
        switch route {
        case .add(let route):
            return PlanReport.Line(change: .add, kind: .route, text: text(route), source: place)
        case .delete(let route):
            return PlanReport.Line(change: .remove, kind: .route, text: text(route))
        case .replace(let observed, let desired):
            let owner =
                route.isAdoption
                ? ", of protocol \(nameOfRouteProtocol(observed.routeProtocol)), which 'weir revert' restores" : ""
            let lifetime = observed.isTemporary && owner.isEmpty ? ", which expires" : ""
            let additions = words(observed.additions).map { ", \($0)" }.joined()
            let note = "was: \(text(observed))\(additions)\(lifetime)\(owner)"
            return PlanReport.Line(change: .change, kind: .route, text: text(desired), source: place, note: note)
        }
    }

    private func text(_ route: RouteObject) -> String {
        ObjectText.text(of: route, tables: tables)
    }

    private func line(of rule: RoutingRuleChange) -> PlanReport.Line {
        switch rule {
        case .add(let rule):
            let text = ObjectText.text(of: rule, tables: tables)
            return PlanReport.Line(change: .add, kind: .routingRule, text: text, source: origins?.place(rule.origin))
        case .delete(let rule):
            return PlanReport.Line(
                change: .remove,
                kind: .routingRule,
                text: ObjectText.text(of: rule, tables: tables),
                note: words(rule.additions).first
            )
        }
    }

    private func line(of sysctl: SysctlChange) -> PlanReport.Line {
        // The kernel writes it too, together with another one that changes.
        let former = sysctl.old == sysctl.new ? "written again" : "was \(sysctl.old)"
        let note = sysctl.isRestoration ? "\(former); its value from before Weir" : former
        return PlanReport.Line(
            change: .change,
            kind: .sysctl,
            text: "sysctl \(sysctl.name) = \(sysctl.new)",
            source: origins?.place(sysctl.origin),
            note: note
        )
    }
}
