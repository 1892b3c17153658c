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
    private let colorsErrors: Bool

    init(_ choice: ColorChoice) {
        colorsOutput = choice.isOn(for: STDOUT_FILENO)
        colorsErrors = choice.isOn(for: STDERR_FILENO)
    }

    /// Whether diagnostics on standard error are coloured.
    var hasColoredErrors: Bool {
        colorsErrors
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

    /// Writes a line to standard output: a text in a style, and something dim behind it.
    func line(_ text: String = "", _ style: Style = .plain, aside: String = "") {
        write(paint(text, style) + paint(aside, .dim) + "\n")
    }

    /// The text, safe to show, in a style if standard output is coloured.
    func paint(_ text: String, _ style: Style) -> String {
        let text = TerminalText.safe(text)
        return colorsOutput && style != .plain && !text.isEmpty ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
    }

    /// Writes a line to standard error.
    func complain(_ text: String) {
        OutputStream.errors.write(TerminalText.safe(text) + "\n")
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
        OutputStream.errors.write("\(TerminalText.safe(question)) [y/N] ")
        let answer = readLine(strippingNewline: true) ?? ""
        return ["y", "Y", "yes", "Yes", "YES"].contains(answer)
    }

    /// Whether a person can answer.
    static var isInteractive: Bool {
        isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1
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
