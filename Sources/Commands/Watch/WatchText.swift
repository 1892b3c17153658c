import Diagnostics
import FoundationEssentials
import KernelObjects
import Reconciliation
import RulesetModel
import Transactions

/// Says for people what a watch tells: each thing in lines that begin with the time.
final class WatchText {
    private let terminal: Terminal
    private var ruleset = Ruleset()
    private var name = "the clean state"
    private var isFirst = true

    init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    /// Writes what has happened.
    func write(_ event: WatchEvent) {
        switch event {
        case .watching(let state): begin(state)
        case .settled(let settlement): for line in ConfirmationText.lines(settlement) { say(line) }
        case .changed(let changes): say(changes)
        case .restored: say("The kernel is again as \(name) left it.")
        case .unsettled(let change): say("\(RecoveryText.line(change)) Nothing is compared until then.")
        case .announcementsLost: say("Announcements of the kernel were lost: everything was read again.")
        case .unreadable(let error):
            say("The kernel cannot be read now; Weir tries again.")
            for line in FailureReporter().explain(error).lines { say(line) }
        case .healed(let preview):
            let reporter = PreviewReporter(preview, ruleset: ruleset)
            for line in reporter.linesOfHealing {
                say("put back: \(line.change.sign) \(line.lonelyText)", line.change.style)
            }
            let summary = preview.changes.summary
            say("Put back: \(summary.added) added, \(summary.changed) changed, \(summary.removed) removed.")
        case .deferred(let routes):
            for route in routes {
                let text = ObjectText.text(of: route, tables: ruleset.routingTables)
                say("not put back yet: \(text), until its interface or gateway is there")
            }
        case .notHealed(let obstacle): for line in HealObstacleText.lines(obstacle, ruleset) { say(line) }
        case .fought(let changes):
            let names = ForeignChangeLines(changes, ruleset: ruleset).items.compactMap(\.cause.text)
            let author = names.first.map { " \($0)" } ?? ""
            say(
                "The same object was changed again\(author) each time it was put back. Nothing is put back any more.",
                .bold
            )
        }
    }

    /// A line that says how many could not be written.
    static func loss(_ count: Int) -> String {
        "\(ClockText.now)  \(count == 1 ? "A line" : "\(count) lines") that could not be written should be here.\n"
    }

    private func begin(_ state: WatchedState) {
        defer { isFirst = false }
        ruleset = state.ruleset
        var text = "nothing was applied yet"
        if let awaited = state.awaited {
            name = "change \(awaited.number)"
            text = ConfirmationText.line(awaited)
        } else if let generation = state.generation {
            name = "generation \(generation.number)"
            text = "\(name): \(RecoveryText.text(of: generation))"
        }
        guard isFirst else { return say(text, .bold) }
        say("Watching \(Self.subjects(state.desired)). \(text)", .bold)
    }

    /// What is looked at.
    private static func subjects(_ desired: DesiredState) -> String {
        let counts = [
            (desired.routes.count, "route"), (desired.routingRules.count, "policy routing rule"),
            (desired.sysctls.count, "setting"),
        ]
        let others = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }
        return (["table inet weir"] + others).joined(separator: ", ")
    }

    private func say(_ changes: ForeignChanges) {
        for item in ForeignChangeLines(changes, ruleset: ruleset).items {
            let cause = item.cause.text.map { "  \($0)" } ?? ""
            say("\(item.line.change.sign) \(item.line.lonelyText)\(cause)", item.line.change.style)
        }
    }

    private func say(_ text: String, _ style: Terminal.Style = .plain) {
        terminal.line("\(ClockText.now)  \(text)", style)
    }
}

extension WatchedState {
    /// The rules, as far as they are known.
    var ruleset: Ruleset {
        model.flatMap { try? JSONDecoder().decode(Ruleset.self, from: Data($0)) } ?? Ruleset()
    }
}
