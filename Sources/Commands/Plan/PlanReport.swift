import Diagnostics

/// A difference as people read it: sections of lines, each an object of the kernel that is added, removed or changed.
struct PlanReport {
    /// What happens to an object.
    enum Change: String, Encodable {
        case add
        case remove
        case change
        /// It stays the same but stands at another place.
        case move
        /// It stays; shown since something below it changes.
        case keep

        /// The character in front of the line.
        var sign: String {
            switch self {
            case .add: "+"
            case .remove: "-"
            case .change: "~"
            case .move: ">"
            case .keep: " "
            }
        }

        var style: Terminal.Style {
            switch self {
            case .add: .added
            case .remove: .removed
            case .change, .move: .changed
            case .keep: .plain
            }
        }
    }

    /// What a line is about.
    enum Kind: String, Encodable {
        case table
        case chain
        case rule
        case set
        case object
        case route
        case routingRule = "routing-rule"
        case sysctl
        case interface
        case address
    }

    /// One object.
    struct Line: Encodable {
        var change: Change
        var kind: Kind
        /// The object, in the rule language.
        var text: String
        /// Where the rule file says so: `file:line`.
        var source: String?
        /// The chain that a rule is in.
        var chain: String?
        /// What a reader has to know besides.
        var note: String?

        /// The line where it stands alone, without its sign: under no heading and no chain.
        var lonelyText: String {
            let place = kind == .rule ? chain.map { "in chain \($0): " } ?? "" : ""
            return place + text + (note.map { "  (\($0))" } ?? "")
        }
    }

    /// Lines under one heading.
    struct Section {
        var title: String
        var lines: [Line]
    }

    /// The sections that have lines, in the order firewall, routes, policy routing rules, settings.
    var sections: [Section] = []
    var added = 0
    var changed = 0
    var removed = 0

    var isEmpty: Bool {
        sections.isEmpty
    }

    /// The last line: how much there is to do.
    var summary: String {
        isEmpty ? "No changes." : "\(added) to add, \(changed) to change, \(removed) to remove."
    }

    /// How much there is to do, without what.
    var withoutLines: PlanReport {
        var counts = self
        counts.sections = []
        return counts
    }

    /// Writes the sections for people; places in the rule file stand in a column of their own, further to the left where the terminal
    /// would not show them otherwise.
    func write(to terminal: Terminal) {
        let lines = sections.flatMap(\.lines)
        let widest = min(lines.lazy.map { Self.text(of: $0).count }.max() ?? 0, 72)
        let room = terminal.columns.map { $0 - (lines.lazy.compactMap { $0.source?.count }.max() ?? 0) - 2 }
        let column = min(widest, max(room ?? widest, 40)) + 2
        for section in sections {
            terminal.line(section.title, .bold)
            for line in section.lines {
                let text = Self.text(of: line)
                let padding = String(repeating: " ", count: max(2, column - text.count))
                terminal.line(text, line.change.style, aside: line.source.map { padding + $0 } ?? "")
            }
        }
    }

    private static func text(of line: Line) -> String {
        let indent = line.kind == .rule ? "   " : " "
        let note = line.note.map { "  (\($0))" } ?? ""
        // The column is measured on what is shown.
        return TerminalText.safe("  \(line.change.sign)\(indent)\(line.text)\(note)")
    }
}

/// The report as JSON.
struct PlanDocument: Encodable {
    struct Summary: Encodable {
        var add: Int
        var change: Int
        var remove: Int
    }

    let version = 1
    var changes: [PlanReport.Line]
    var summary: Summary
    /// What the kernel says against the plan; empty where it would accept it.
    var refusals: [String] = []
    /// What the guards say: what would be cut, what would go, what was not looked at.
    var guards: [GuardReport.Line] = []
    /// What became of the rehearsal; nothing where there was none.
    var rehearsal: RehearsalDocument?

    init(
        _ report: PlanReport,
        refusals: [String] = [],
        guards: [GuardReport.Line] = [],
        rehearsal: RehearsalDocument? = nil
    ) {
        changes = report.sections.flatMap(\.lines)
        summary = Summary(add: report.added, change: report.changed, remove: report.removed)
        self.refusals = refusals
        self.guards = guards
        self.rehearsal = rehearsal
    }
}
