/// Shows diagnostics to people.
///
/// ```
/// gateway.weir:4:15: error[E031]: expected a match or an argument, found 'dprot'
///   4 | accept in tcp dprot 22
///     |               ^^^^^
///     = help: did you mean `dport`?
/// ```
public struct TextRenderer: Sendable {
    /// The files that the ranges are in.
    private let map: SourceMap
    private let palette: Palette
    private let width: Int?

    /// Makes a renderer.
    /// - Parameters:
    ///   - isColored: Whether ANSI escape sequences (ECMA-48, SGR) stand in the text.
    ///   - width: How many columns the terminal has that shows the text; nil where lines may have any length.
    public init(map: SourceMap, isColored: Bool = false, width: Int? = nil) {
        self.map = map
        self.width = width
        palette = isColored ? .ansi : .plain
    }

    /// Everything in a bag, in reading order, and how much is not shown.
    public func render(_ bag: DiagnosticBag) -> String {
        var text = ""
        for diagnostic in bag.sorted {
            text += render(diagnostic)
        }
        if bag.isFull {
            text += "only the first \(bag.limit) errors are shown\n"
        }
        if bag.warningCount > bag.limit {
            text += "only the first \(bag.limit) warnings are shown\n"
        }
        return text
    }

    /// One diagnostic: a line that says what is wrong and where, the source line, notes and fixes.
    public func render(_ diagnostic: Diagnostic) -> String {
        let diagnostic = map.shown(diagnostic)
        let color = palette.color(of: diagnostic.severity)
        let label = "\(diagnostic.severity.rawValue)[\(diagnostic.code.rawValue)]"
        let place = location(diagnostic.range)
        var text = palette.bold + place + palette.reset + color + label + ":" + palette.reset
        text +=
            " " + palette.bold + folded(diagnostic.message, behind: place + label + ": ", indent: 2) + palette.reset
            + "\n"
        let gutter = gutterWidth(of: diagnostic)
        text += excerpt(diagnostic.range, gutter: gutter, color: color)
        let margin = String(repeating: " ", count: gutter + 3) + "= "
        for note in diagnostic.notes where note.range == nil {
            text += margin + palette.note + "note:" + palette.reset + " "
            text += folded(note.message, behind: margin + "note: ", indent: margin.count + 6) + "\n"
        }
        for fixIt in diagnostic.fixIts {
            text += margin + palette.help + "help:" + palette.reset + " "
            text += folded(fixIt.message, behind: margin + "help: ", indent: margin.count + 6) + "\n"
        }
        for note in diagnostic.notes where note.range != nil {
            let place = location(note.range)
            text += place + palette.note + "note:" + palette.reset + " "
            text += folded(note.message, behind: place + "note: ", indent: 2) + "\n"
            text += excerpt(note.range, gutter: gutter, color: palette.note)
        }
        return text
    }

    /// A message in as many rows as the terminal needs for it.
    private func folded(_ message: String, behind start: String, indent: Int) -> String {
        TerminalText.folded(
            TerminalText.safe(message),
            to: width,
            from: TerminalText.columns(start),
            indent: indent
        ).joined(separator: "\n")
    }

    /// `file:line:column: `, or nothing.
    private func location(_ range: SourceRange?) -> String {
        guard let range, let file = map[range.file] else {
            return ""
        }
        let position = file.position(at: range.start)
        return "\(TerminalText.safe(file.name)):\(position.line):\(position.column): "
    }

    private func gutterWidth(of diagnostic: Diagnostic) -> Int {
        let ranges = [diagnostic.range] + diagnostic.notes.map(\.range)
        let lines = ranges.compactMap { range in range.flatMap { map[$0.file]?.line(at: $0.start) } }
        return String(lines.max() ?? 1).count
    }

    private func excerpt(_ range: SourceRange?, gutter: Int, color: String) -> String {
        guard let range, let file = map[range.file], file.isShown else {
            return ""
        }
        let columns = width.map { max($0 - gutter - 5, SourceExcerpt.minimumWidth) } ?? SourceExcerpt.maximumWidth
        let excerpt = SourceExcerpt(range, in: file, columns: min(columns, SourceExcerpt.maximumWidth))
        let number = String(excerpt.line)
        let padding = String(repeating: " ", count: max(0, gutter - number.count))
        let blank = String(repeating: " ", count: gutter)
        let caret = String(repeating: " ", count: excerpt.indentation) + String(repeating: "^", count: excerpt.width)
        let line = "  \(padding)\(number) | " + excerpt.text
        return trimmed(line) + "\n  \(blank) | " + caretLine(caret, color: color) + "\n"
    }

    private func caretLine(_ caret: String, color: String) -> String {
        guard !color.isEmpty, let start = caret.firstIndex(of: "^") else {
            return caret
        }
        return caret[..<start] + color + caret[start...] + palette.reset
    }

    private func trimmed(_ line: String) -> String {
        var line = line
        while line.utf8.last == UInt8(ascii: " ") {
            line.removeLast()
        }
        return line
    }
}

/// The escape sequences of a rendering; all empty where there is no colour.
private struct Palette: Sendable {
    let bold: String
    let error: String
    let warning: String
    let note: String
    let help: String
    let reset: String

    static let plain = Palette(bold: "", error: "", warning: "", note: "", help: "", reset: "")
    static let ansi = Palette(
        bold: "\u{1B}[1m",
        error: "\u{1B}[1;31m",
        warning: "\u{1B}[1;33m",
        note: "\u{1B}[1;36m",
        help: "\u{1B}[1;32m",
        reset: "\u{1B}[0m"
    )

    func color(of severity: Diagnostic.Severity) -> String {
        switch severity {
        case .error: error
        case .warning: warning
        case .note: note
        }
    }
}
