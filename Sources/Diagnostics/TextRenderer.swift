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

    /// Makes a renderer; `isColored` puts ANSI escape sequences (ECMA-48, SGR) into the text.
    public init(map: SourceMap, isColored: Bool = false) {
        self.map = map
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
        var text = palette.bold + location(diagnostic.range) + palette.reset + color + label + ":" + palette.reset
        text += " " + palette.bold + TerminalText.safe(diagnostic.message) + palette.reset + "\n"
        let gutter = gutterWidth(of: diagnostic)
        text += excerpt(diagnostic.range, gutter: gutter, color: color)
        let margin = String(repeating: " ", count: gutter + 3) + "= "
        for note in diagnostic.notes where note.range == nil {
            text += margin + palette.note + "note:" + palette.reset + " " + TerminalText.safe(note.message) + "\n"
        }
        for fixIt in diagnostic.fixIts {
            text += margin + palette.help + "help:" + palette.reset + " " + TerminalText.safe(fixIt.message) + "\n"
        }
        for note in diagnostic.notes where note.range != nil {
            text += location(note.range) + palette.note + "note:" + palette.reset
            text += " " + TerminalText.safe(note.message) + "\n"
            text += excerpt(note.range, gutter: gutter, color: palette.note)
        }
        return text
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
        let excerpt = SourceExcerpt(range, in: file)
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
