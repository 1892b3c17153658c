/// Why text is not a number or a range of numbers.
public enum IntervalParsingError: Error, Sendable, Hashable {
    /// It is neither a number nor two numbers with a hyphen between them.
    case malformed
    /// A number is too large for the type.
    case outOfRange
    /// The first number of the range is larger than the second.
    case reversed
}

extension Interval where Bound: FixedWidthInteger & UnsignedInteger {
    /// Reads one number or a range of two: `22`, `1024-65535`.
    public init(parsing text: Span<UInt8>) throws(IntervalParsingError) {
        guard let hyphen = text.firstIndex(of: UInt8(ascii: "-")) else {
            self.init(try Self.bound(text))
            return
        }
        let lower = try Self.bound(text.extracting(0..<hyphen))
        let upper = try Self.bound(text.extracting(hyphen + 1..<text.count))
        guard let interval = Interval(lower, upper) else { throw .reversed }
        self = interval
    }

    private static func bound(_ text: Span<UInt8>) throws(IntervalParsingError) -> Bound {
        do {
            return try Bound(parsing: text)
        } catch {
            throw error == .outOfRange ? .outOfRange : .malformed
        }
    }
}

extension Interval: CustomStringConvertible, TextWritable where Bound: FixedWidthInteger & UnsignedInteger {
    /// Appends `22` or `1024-65535`.
    public func write(to text: inout TextBuffer) {
        text.write(decimal: lower)
        if !isSingle {
            text.write(UInt8(ascii: "-"))
            text.write(decimal: upper)
        }
    }
}
