import Diagnostics

/// A difference as people read it: sections of rows, most of them an object of the kernel that is added, removed or changed.
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

    /// What stands under a heading.
    enum Row {
        case line(Line)
        /// Lines that are not shown here.
        case fold(PlanFold)
    }

    /// Rows under one heading.
    struct Section {
        var title: String
        var rows: [Row]

        /// The lines that are shown.
        var lines: [Line] {
            rows.compactMap { if case .line(let line) = $0 { line } else { nil } }
        }
    }

    /// The sections that have rows, in the order firewall, routes, policy routing rules, settings.
    var sections: [Section] = []
    var added = 0
    var changed = 0
    var removed = 0

    var isEmpty: Bool {
        sections.isEmpty
    }

    /// How many changes there are, shown or not.
    var total: Int {
        added + changed + removed
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

    /// How many lines are not shown.
    private var hidden: Int {
        sections.lazy.flatMap(\.rows).reduce(0) { if case .fold(let fold) = $1 { $0 + fold.lines } else { $0 } }
    }

    /// Writes the sections for people; places in the rule file stand in a column of their own, further to the left where the terminal
    /// would not show them otherwise.
    func write(to terminal: Terminal) {
        let lines = sections.flatMap(\.lines)
        let widest = min(lines.lazy.map { TerminalText.columns(Self.text(of: $0)) }.max() ?? 0, 72)
        let room = terminal.columns.map { $0 - (lines.lazy.compactMap { $0.source?.count }.max() ?? 0) - 2 }
        let column = min(widest, max(room ?? widest, 40)) + 2
        var output = LineWriter(terminal)
        for section in sections {
            output.line(section.title, .bold)
            for row in section.rows {
                switch row {
                case .line(let line):
                    let text = Self.text(of: line)
                    let padding = max(2, column - TerminalText.columns(text))
                    let aside = line.source.map { String(repeating: " ", count: padding) + $0 } ?? ""
                    output.line(text, line.change.style, aside: aside)
                case .fold(let fold): output.line("      \(fold.text)", .dim)
                }
            }
        }
        let hidden = hidden
        if hidden > 0 { output.line("\(hidden) lines are not shown; --all shows them.") }
        output.finish()
    }

    private static func text(of line: Line) -> String {
        let indent = line.kind == .rule ? "   " : " "
        let note = line.note.map { "  (\($0))" } ?? ""
        // The column is measured on what is shown.
        return TerminalText.safe("  \(line.change.sign)\(indent)\(line.text)\(note)")
    }

    /// The rows that change something where they stand under no heading, a text each with its sign.
    func flatRows(withSources: Bool = false) -> [String] {
        sections.flatMap(\.rows).compactMap { row in
            switch row {
            case .line(let line) where line.change == .keep: nil
            case .line(let line):
                "\(line.change.sign) \(line.lonelyText)" + (withSources ? line.source.map { "  \($0)" } ?? "" : "")
            case .fold(let fold): fold.text
            }
        }
    }
}
