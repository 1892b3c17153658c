/// Writes many lines to standard output with few system calls.
struct LineWriter: ~Copyable {
    private let terminal: Terminal
    private var text = ""

    /// From how many bytes on what waits is written.
    private static let mostBytes = 1 << 16

    init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    /// Adds a line, as ``Terminal/line(_:_:aside:)`` writes it.
    mutating func line(_ line: String, _ style: Terminal.Style = .plain, aside: String = "") {
        text += terminal.rows(line, style, aside: aside)
        if text.utf8.count >= Self.mostBytes { flush() }
    }

    private mutating func flush() {
        terminal.write(text)
        text = ""
    }

    /// Writes what waits.
    consuming func finish() {
        terminal.write(text)
    }
}
