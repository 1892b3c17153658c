/// UTF-8 text that grows at its end; what every printer writes to.
public struct TextBuffer: Sendable {
    /// The text so far.
    public private(set) var bytes: [UInt8] = []

    /// Creates an empty text with room for `capacity` bytes.
    public init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// The text as a string.
    public var text: String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// Whether nothing was written.
    public var isEmpty: Bool {
        bytes.isEmpty
    }

    /// Appends one byte: an ASCII character, or a piece of UTF-8.
    public mutating func write(_ byte: UInt8) {
        bytes.append(byte)
    }

    /// Appends a literal.
    public mutating func write(_ literal: StaticString) {
        literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Appends a string.
    public mutating func write(_ string: String) {
        bytes.append(contentsOf: string.utf8)
    }

    /// Appends a value in its one text form.
    public mutating func write(_ value: some TextWritable) {
        value.write(to: &self)
    }

    /// Appends a number in decimal digits.
    public mutating func write(decimal number: some FixedWidthInteger & UnsignedInteger) {
        var rest = UInt64(truncatingIfNeeded: number)
        if rest < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest))
            return
        }
        let start = bytes.count
        while rest > 0 {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
            rest = quotient
        }
        bytes[start...].reverse()
    }

    /// Appends a number in lower-case hexadecimal digits without leading zeros.
    public mutating func write(hexadecimal number: some FixedWidthInteger & UnsignedInteger) {
        let number = UInt64(truncatingIfNeeded: number)
        var shift = max(0, (63 - number.leadingZeroBitCount) / 4) * 4
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: number >> UInt64(shift)) & 0xf
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            shift -= 4
        }
    }

    /// Appends what `write` writes for each element, with `separator` between two.
    @inlinable
    public mutating func write<Elements: Sequence>(
        _ elements: Elements,
        separator: StaticString,
        write: (Elements.Element, inout TextBuffer) -> Void
    ) {
        var isFirst = true
        for element in elements {
            if !isFirst { self.write(separator) }
            isFirst = false
            write(element, &self)
        }
    }
}

/// A value that has one text form.
public protocol TextWritable: CustomStringConvertible {
    /// Appends the text form.
    func write(to text: inout TextBuffer)
}

extension TextWritable {
    /// The text form.
    public var description: String {
        var text = TextBuffer()
        write(to: &text)
        return text.text
    }
}
