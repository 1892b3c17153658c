/// Cuts a list of members, one a line, into the bytes of the members.
///
/// Lists come from many sources and in many shapes: `#` and `;` start comments, also after a member; lines end in `\n` or
/// `\r\n`; a byte order mark, blanks and empty lines are passed over; a range may have blanks round its hyphen.
struct ListLines {
    /// What a line holds besides comments.
    struct Line {
        /// The offsets from the first byte of the member to the last.
        let member: Range<Int>
        /// Where the second end of a range is that has blanks round its hyphen; `member` then is the first end.
        var upper: Range<Int>?
        /// Where something else ends that stands after the member, nothing if nothing does.
        var restEnd: Int?

        /// The offsets of everything.
        var text: Range<Int> {
            member.lowerBound..<(restEnd ?? upper?.upperBound ?? member.upperBound)
        }
    }

    private var position: Int

    /// Starts at the beginning of a list.
    init(_ bytes: Span<UInt8>) {
        let hasMark = bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
        position = hasMark ? 3 : 0
    }

    /// The next line that holds a member; nothing at the end of the list.
    @inline(__always)
    mutating func next(in bytes: Span<UInt8>) -> Line? {
        while position < bytes.count {
            skipBlanks(bytes)
            let member = word(bytes)
            if member.isEmpty {
                skipLine(bytes)
                continue
            }
            var line = Line(member: member)
            skipBlanks(bytes)
            if position < bytes.count, !isLineEnd(bytes[position]) {
                readRest(of: &line, bytes)
            }
            skipLine(bytes)
            return line
        }
        return nil
    }

    private mutating func readRest(of line: inout Line, _ bytes: Span<UInt8>) {
        if bytes[position] == UInt8(ascii: "-") {
            position += 1
            skipBlanks(bytes)
            line.upper = word(bytes)
            skipBlanks(bytes)
        }
        while position < bytes.count, !isLineEnd(bytes[position]) {
            line.restEnd = word(bytes).upperBound
            // A control character is neither a word nor a blank.
            if line.restEnd == position, position < bytes.count, !isLineEnd(bytes[position]) { position += 1 }
            skipBlanks(bytes)
        }
    }

    /// Moves after a word, which ends at a blank, a comment or a line end.
    @inline(__always)
    private mutating func word(_ bytes: Span<UInt8>) -> Range<Int> {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte <= UInt8(ascii: " ") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";") { break }
            position += 1
        }
        return start..<position
    }

    @inline(__always)
    private mutating func skipBlanks(_ bytes: Span<UInt8>) {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
            default: return
            }
        }
    }

    @inline(__always)
    private mutating func skipLine(_ bytes: Span<UInt8>) {
        while position < bytes.count {
            position += 1
            if bytes[position - 1] == UInt8(ascii: "\n") { return }
        }
    }

    /// Whether only a comment, or nothing, can follow.
    private func isLineEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";")
    }
}
