import Diagnostics
import Glibc

/// Standard output and standard error, with colour where it is wanted.
///
/// What is said to people may hold names and comments that others chose, so nothing in it reaches the terminal that could move the
/// cursor, set its title or change colours: such characters are shown as pictures or numbers. Only ``write(_:)`` leaves bytes alone, for
/// text that another program reads.
///
/// No call fails: ``OutputStream`` remembers what could not be written, and the program's end tells.
struct Terminal {
    private let colorsOutput: Bool
    let colorsErrors: Bool
    /// How many columns there are; nil if it is no terminal.
    private let outputWidth: Int?
    private let errorWidth: Int?

    init(_ choice: ColorChoice) {
        colorsOutput = choice.isOn(for: STDOUT_FILENO)
        colorsErrors = choice.isOn(for: STDERR_FILENO)
        outputWidth = Self.width(of: STDOUT_FILENO)
        errorWidth = Self.width(of: STDERR_FILENO)
    }

    /// What shows diagnostics on standard error.
    func renderer(of map: SourceMap) -> TextRenderer {
        TextRenderer(map: map, isColored: colorsErrors, width: errorWidth)
    }

    /// Writes text as it is to standard output.
    func write(_ text: String) {
        OutputStream.output.write(text)
    }

    /// Writes a value as JSON to standard output.
    func write(json value: some Encodable) throws {
        write(try JSONText.of(value) + "\n")
    }

    /// Writes a text of many lines to standard output, for people.
    func show(_ text: String) {
        write(TerminalText.safeLines(text))
    }

    /// Writes a line to standard output: a text in a style, and something dim after it.
    ///
    /// On a terminal it is folded at blanks, four columns further in than it begins; what stands after it gets a row of its own if
    /// it does not fit into the last one.
    func line(_ text: String = "", _ style: Style = .plain, aside: String = "") {
        write(rows(text, style, aside: aside))
    }

    /// What ``line(_:_:aside:)`` writes.
    func rows(_ text: String, _ style: Style, aside: String) -> String {
        let text = TerminalText.safe(text)
        let indent = text.prefix { $0 == " " }.count + 4
        var rows = TerminalText.folded(text, to: outputWidth, indent: indent)
        var aside = TerminalText.safe(aside)
        if let outputWidth, !aside.isEmpty, TerminalText.columns((rows.last ?? "") + aside) > outputWidth {
            aside = String(repeating: " ", count: indent) + aside.drop { $0 == " " }
            rows.append("")
        }
        let last = rows.removeLast()
        return rows.reduce("") { $0 + paint($1, style) + "\n" } + paint(last, style) + paint(aside, .dim) + "\n"
    }

    /// The text, safe to show, in a style if standard output is coloured.
    func paint(_ text: String, _ style: Style) -> String {
        let text = TerminalText.safe(text)
        return colorsOutput && style != .plain && !text.isEmpty ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
    }

    /// Writes a line to standard error.
    ///
    /// On a terminal it is folded at blanks. What begins with blanks is a command to be copied, and stays as it is.
    func complain(_ text: String) {
        let text = TerminalText.safe(text)
        let rows = text.hasPrefix("  ") ? [text] : TerminalText.folded(text, to: errorWidth, indent: 2)
        OutputStream.errors.write(rows.joined(separator: "\n") + "\n")
    }

    /// Writes what a ``TextRenderer`` has made safe to standard error.
    func writeErrors(_ text: String) {
        OutputStream.errors.write(text)
    }

    /// Asks whether to change something; no if nobody is there to ask. Ctrl-C ends the program, which says then that nothing was changed.
    func confirm(_ question: String) -> Bool {
        let former = signal(SIGINT) { number in
            // Only what signal-safety(7) allows.
            let text: StaticString = "\nNothing was changed.\n"
            _ = Glibc.write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
            signal(number, SIG_DFL)
            raise(number)
        }
        defer { signal(SIGINT, former) }
        Progress.shared.end()
        OutputStream.errors.write("\(TerminalText.safe(question)) [y/N] ")
        let answer = readLine(strippingNewline: true)
        // Ctrl-D leaves the cursor after the question.
        if answer == nil { OutputStream.errors.write("\n") }
        return ["y", "Y", "yes", "Yes", "YES"].contains(answer ?? "")
    }

    /// Whether a person can answer.
    static var isInteractive: Bool {
        isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1
    }

    /// How many columns the terminal has (`TIOCGWINSZ`); nil if it is none or does not say.
    private static func width(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// How many columns standard output has; nil if it is no terminal.
    var columns: Int? {
        outputWidth
    }

    /// How many columns standard error has; nil if it is no terminal.
    var errorColumns: Int? {
        errorWidth
    }

    /// Whether a person reads standard output.
    static var isRead: Bool {
        isatty(STDOUT_FILENO) == 1
    }

    /// How a piece of text looks: the parameter of the SGR control sequence (ECMA-48 8.3.117).
    enum Style: String {
        case plain = "0"
        case bold = "1"
        case dim = "2"
        case added = "32"
        case removed = "31"
        case changed = "33"
    }
}
