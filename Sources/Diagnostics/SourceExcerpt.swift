/// A line of a file with a span underlined, cut to a window where the line is long.
struct SourceExcerpt {
    /// How many columns of a line are shown at most.
    static let maximumWidth = 120
    /// How many are shown on however narrow a terminal.
    static let minimumWidth = 40
    /// How many bytes before the span a cut line starts.
    private static let lead = 40

    /// Number of the line.
    let line: Int
    /// The line, or the part of it around the span, as it is shown.
    private(set) var text = ""
    /// Columns of `text` before the span.
    private(set) var indentation = 0
    /// Columns of the span, at least one.
    private(set) var width = 0

    /// Cuts out the line where a range starts; only the part of the range on that line is underlined.
    ///
    /// - Parameter columns: How many columns are shown at most; the line is cut to that.
    init(_ range: SourceRange, in file: SourceFile, columns most: Int = maximumWidth) {
        line = file.line(at: range.start)
        let contents = file.contents(ofLine: line)
        let start = min(max(Int(range.start), contents.lowerBound), contents.upperBound)
        let end = min(max(Int(range.end), start), contents.upperBound)
        var index = contents.lowerBound
        let lead = min(Self.lead, most / 3)
        if contents.count > most, start - index > lead {
            index = Self.characterStart(file.bytes, start - lead, from: contents.lowerBound)
            text = "…"
            indentation = 1
        }
        var columns = indentation
        while index < contents.upperBound {
            let (scalar, length) = UTF8Decoding.decode(file.bytes, at: index)
            let shown = TerminalText.show(scalar, byte: file.bytes[index])
            guard
                columns + shown.width < most
                    || columns + shown.width == most
                        && index + length >= contents.upperBound
            else {
                text += "…"
                break
            }
            text += shown.text
            columns += shown.width
            if index < start {
                indentation = columns
            } else if index < end {
                width += shown.width
            }
            index += length
        }
        width = max(width, 1)
    }

    /// The offset at or before `offset` where a character starts.
    private static func characterStart(_ bytes: [UInt8], _ offset: Int, from first: Int) -> Int {
        var index = offset
        while index > first, offset - index < 3, bytes[index] & 0xC0 == 0x80 {
            index -= 1
        }
        return index
    }
}
