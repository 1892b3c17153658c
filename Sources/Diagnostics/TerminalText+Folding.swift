extension TerminalText {
    /// A line in rows that a terminal shows without breaking words: broken at blanks, which fall away there.
    ///
    /// A word that is wider than the terminal stands in a row of its own, as it is.
    /// - Parameters:
    ///   - width: How many columns the terminal has; nil for no terminal, or one whose width is not known.
    ///   - column: How many columns stand before the text already.
    ///   - indent: How many blanks the rows after the first begin with.
    public static func folded(_ text: String, to width: Int?, from column: Int = 0, indent: Int) -> [String] {
        guard let width, width >= narrowest, column + text.utf8.count > width else { return [text] }
        var rows: [String] = []
        var row = ""
        var (used, isEmpty) = (column, column <= indent)
        var rest = text[...]
        while !rest.isEmpty {
            let blanks = rest.prefix { $0 == " " }
            let word = rest[blanks.endIndex...].prefix { $0 != " " }
            rest = rest[word.endIndex...]
            let columns = columns(word)
            if !isEmpty, used + blanks.count + columns > width {
                rows.append(row)
                row = String(repeating: " ", count: indent)
                used = indent
            } else {
                row += blanks
                used += blanks.count
            }
            row += word
            used += columns
            isEmpty = isEmpty && word.isEmpty
        }
        return rows + [row]
    }

    /// On a terminal that has fewer columns there is nothing to gain.
    private static let narrowest = 40

    /// How many columns a text takes.
    public static func columns(_ text: some StringProtocol) -> Int {
        guard !text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) else { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + show($1, byte: 0).width }
    }
}
