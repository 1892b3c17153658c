import KernelObjects
import KernelState
import RulesetModel
import Transactions

/// Tells programs what a watch tells: one JSON object a line.
final class WatchJSON {
    private let terminal: Terminal
    private var ruleset = Ruleset()

    init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    /// Writes what has happened.
    func write(_ event: WatchEvent) {
        switch event {
        case .watching(let state):
            ruleset = state.ruleset
            var document = WatchDocument("watching")
            document.generation = state.generation?.number
            document.action = state.generation?.action.rawValue
            document.awaitingConfirmation = state.awaited.map(AwaitedDocument.init)
            write(document)
        case .settled(let settlement):
            var document = WatchDocument("settled")
            document.settlement = SettlementDocument(settlement)
            write(document)
        case .changed(let changes):
            for item in ForeignChangeLines(changes, ruleset: ruleset).items {
                var document = WatchDocument("changed")
                document.change = item.line
                document.because = item.cause.circumstance
                document.by = item.cause.authors.map(WatchDocument.Author.init)
                write(document)
            }
        case .restored: write(WatchDocument("restored"))
        case .unsettled(let change):
            var document = WatchDocument("unsettled")
            document.generation = change.generation.number
            document.messages = [RecoveryText.line(change)]
            write(document)
        case .announcementsLost: write(WatchDocument("lost"))
        case .unreadable(let error):
            var document = WatchDocument("unreadable")
            document.messages = FailureReporter().explain(error).lines
            write(document)
        case .healed(let preview):
            var document = WatchDocument("healed")
            document.changes = PreviewReporter(preview, ruleset: ruleset).linesOfHealing
            write(document)
        case .deferred(let routes):
            var document = WatchDocument("deferred")
            document.messages = routes.map { ObjectText.text(of: $0, tables: ruleset.routingTables) }
            write(document)
        case .notHealed(let obstacle):
            var document = WatchDocument("notHealed")
            document.reason = HealObstacleText.name(obstacle)
            document.messages = HealObstacleText.lines(obstacle, ruleset)
            write(document)
        case .fought(let changes):
            var document = WatchDocument("fought")
            let authors = ForeignChangeLines(changes, ruleset: ruleset).items.flatMap(\.cause.authors)
            document.by = Set(authors).sorted { $0.process < $1.process }.map(WatchDocument.Author.init)
            write(document)
        }
    }

    /// A line that says how many could not be written.
    static func loss(_ count: Int) -> String {
        var document = WatchDocument("unwritten")
        document.lines = count
        return text(of: document)
    }

    private func write(_ document: WatchDocument) {
        terminal.write(Self.text(of: document))
    }

    private static func text(of document: WatchDocument) -> String {
        // There is nothing in it that has no JSON.
        (try? JSONText.line(of: document)).map { $0 + "\n" } ?? ""
    }
}

/// One thing that has happened, as JSON; what does not belong to it is left out.
private struct WatchDocument: Encodable {
    /// A process.
    struct Author: Encodable {
        let pid: Int32
        let name: String?

        init(_ author: ChangeAuthor) {
            (pid, name) = (author.process, author.name)
        }
    }

    let time = ClockText.timestamp
    let event: String
    var generation: Int?
    var action: String?
    var awaitingConfirmation: AwaitedDocument?
    var settlement: SettlementDocument?
    /// The object that was changed, as `plan --json` shows one.
    var change: PlanReport.Line?
    var because: String?
    var by: [Author]?
    /// What was put back.
    var changes: [PlanReport.Line]?
    /// How many lines could not be written.
    var lines: Int?
    var reason: String?
    var messages: [String]?

    init(_ event: String) {
        self.event = event
    }
}
