/// Why text is not a mark.
public enum MarkParsingError: Error, Sendable, Hashable {
    /// It is neither a number nor two numbers with a slash between them.
    case malformed
    /// A number has more than 32 bits.
    case outOfRange
    /// The value has bits outside the mask: this is the mark without them.
    case bitsOutsideMask(Mark)
}

extension Mark: TextWritable {
    /// Reads a mark, decimal or hexadecimal, with or without a mask: `0x10`, `16`, `0x10/0xff`.
    public init(parsing text: Span<UInt8>) throws(MarkParsingError) {
        guard let slash = text.firstIndex(of: UInt8(ascii: "/")) else {
            self.init(try Self.number(text))
            return
        }
        let value = try Self.number(text.extracting(0..<slash))
        let mask = try Self.number(text.extracting(slash + 1..<text.count))
        guard let mark = Mark(value: value, mask: mask) else {
            throw .bitsOutsideMask(Mark(masking: value, with: mask))
        }
        self = mark
    }

    /// Appends `0x10`, or `0x10/0xff` where not every bit counts.
    public func write(to text: inout TextBuffer) {
        text.write("0x")
        text.write(hexadecimal: value)
        if mask != .max {
            text.write("/0x")
            text.write(hexadecimal: mask)
        }
    }

    private static func number(_ text: Span<UInt8>) throws(MarkParsingError) -> UInt32 {
        do {
            return try UInt32(parsing: text)
        } catch {
            throw error == .outOfRange ? .outOfRange : .malformed
        }
    }
}
