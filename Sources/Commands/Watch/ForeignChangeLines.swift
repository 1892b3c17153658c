import KernelObjects
import KernelState
import Reconciliation
import RulesetModel
import Transactions

/// What others have changed, an object a line, with who did it.
struct ForeignChangeLines {
    /// One object.
    struct Item {
        var line: PlanReport.Line
        var cause: ForeignChanges.Cause
    }

    private let changes: ForeignChanges
    private let ruleset: Ruleset

    /// - Parameter ruleset: The rules that the kernel should have, for the names of routing tables.
    init(_ changes: ForeignChanges, ruleset: Ruleset) {
        self.changes = changes
        self.ruleset = ruleset
    }

    /// The lines.
    var items: [Item] {
        let drift = changes.drift
        var items = firewallLines.map { Item(line: $0, cause: changes.causeOfFirewall) }
        for change in drift.changes.routes {
            items += lines(ChangeSet(routes: [change])).map { Item(line: $0, cause: changes.cause(of: change)) }
        }
        for change in drift.changes.routingRules {
            items += lines(ChangeSet(routingRules: [change])).map { Item(line: $0, cause: changes.cause(of: change)) }
        }
        return items
            + drift.circumstances.map { circumstance in
                let cause =
                    circumstance.isAboutTable ? changes.causeOfFirewall : changes.cause(of: circumstance)
                return Item(line: Self.line(circumstance), cause: cause)
            }
    }

    private var firewallLines: [PlanReport.Line] {
        guard let firewall = changes.drift.changes.firewall else { return [] }
        switch firewall.table {
        case .add: return [PlanReport.Line(wholeTable: firewall)] + lines(ChangeSet(firewall: firewall))
        // Whoever takes all away is told of in one line.
        case .delete, .sweep: return [PlanReport.Line(wholeTable: firewall)]
        case .keep, .wake, .remake: return lines(ChangeSet(firewall: firewall))
        }
    }

    private func lines(_ set: ChangeSet) -> [PlanReport.Line] {
        let reporter = ChangeReporter(
            set,
            observed: changes.drift.before,
            desired: changes.drift.now,
            options: ruleset.options,
            tables: ruleset.routingTables
        )
        return reporter.report(.all).sections.flatMap(\.lines).filter { $0.change != .keep }
    }

    /// A setting, an interface or an address.
    private static func line(_ circumstance: PlanDrift.Circumstance) -> PlanReport.Line {
        let (before, now) = (circumstance.before, circumstance.now)
        if circumstance.setting != nil {
            return PlanReport.Line(
                change: .change,
                kind: .sysctl,
                text: "\(circumstance.subject) = \(now)",
                note: "was \(before)"
            )
        }
        let kind: PlanReport.Kind =
            circumstance.isAboutTable ? .table : circumstance.subject.hasPrefix("interface ") ? .interface : .address
        if now == PlanDrift.absent { return PlanReport.Line(change: .remove, kind: kind, text: circumstance.subject) }
        let isNew = before == PlanDrift.absent
        let text = kind == .address ? circumstance.subject : "\(circumstance.subject) is \(now)"
        return PlanReport.Line(
            change: isNew ? .add : .change,
            kind: kind,
            text: text,
            note: isNew ? nil : "was \(before)"
        )
    }
}

extension PlanReport.Line {
    /// The whole table that comes or goes, with how much is in it.
    init(wholeTable firewall: FirewallChanges) {
        let isNew = firewall.table == .add
        self.init(change: isNew ? .add : .remove, kind: .table, text: "table inet weir")
        let rules = firewall.chains.reduce(0) { $0 + $1.rules.count }
        let counts = [(firewall.chains.count, "chain"), (rules, "rule"), (firewall.sets.count, "set")]
        note = counts.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: ", ")
    }
}

extension PreviewReporter {
    /// What was put back, an object a line; a table that was not there is one.
    var linesOfHealing: [PlanReport.Line] {
        let lines = report(.all).sections.flatMap(\.lines).filter { $0.change != .keep }
        guard let firewall = preview.changes.firewall else { return lines }
        switch firewall.table {
        case .add:
            let others: Set<PlanReport.Kind> = [.route, .routingRule, .sysctl]
            return [PlanReport.Line(wholeTable: firewall)] + lines.filter { others.contains($0.kind) }
        case .wake:
            return [PlanReport.Line(change: .change, kind: .table, text: "table inet weir is awake")] + lines
        case .keep, .delete, .remake, .sweep:
            return lines
        }
    }
}

extension ForeignChanges.Cause {
    /// Which process it was, in words; nil if the kernel does not tell.
    var text: String? {
        let names = authors.map { author in
            author.name.map { "\($0) (pid \(author.process))" } ?? "process \(author.process)"
        }
        let people = names.isEmpty ? nil : "by " + names.joined(separator: " and ")
        guard let circumstance else { return people }
        return "as \(circumstance)" + (people.map { ", \($0)" } ?? "")
    }
}
