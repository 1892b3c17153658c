/// Why text is not a number of the wanted type.
public enum NumberParsingError: Error, Sendable, Hashable {
    /// It is not a number at all, or has leading zeros, which other tools read as octal.
    case malformed
    /// It is a number, but too large for the type.
    case outOfRange
}

extension FixedWidthInteger where Self: UnsignedInteger {
    /// Reads a number of at most 64 bits: decimal digits without leading zeros, or hexadecimal ones after `0x`.
    @inlinable
    public init(parsing text: Span<UInt8>) throws(NumberParsingError) {
        self = Self(truncatingIfNeeded: try parseNumber(text, maximum: UInt64(clamping: Self.max)))
    }
}

/// Reads a number up to `maximum`; one function for all types, so that none is read through protocol witnesses.
@usableFromInline
func parseNumber(_ text: Span<UInt8>, maximum: UInt64) throws(NumberParsingError) -> UInt64 {
    let isHexadecimal = text.count > 2 && text[0] == UInt8(ascii: "0") && text[1] | 0x20 == UInt8(ascii: "x")
    guard !text.isEmpty else { throw .malformed }
    guard isHexadecimal || text.count == 1 || text[0] != UInt8(ascii: "0") else { throw .malformed }
    var index = isHexadecimal ? 2 : 0
    let radix: UInt64 = isHexadecimal ? 16 : 10
    var value: UInt64 = 0
    var isTooLarge = false
    while index < text.count {
        guard let digit = hexadecimalDigit(text[index]), digit < radix else { throw .malformed }
        let (product, overflowed) = value.multipliedReportingOverflow(by: radix)
        let (sum, overflowedAgain) = product.addingReportingOverflow(UInt64(digit))
        isTooLarge = isTooLarge || overflowed || overflowedAgain
        value = sum
        index += 1
    }
    guard !isTooLarge, value <= maximum else { throw .outOfRange }
    return value
}

/// The value of a hexadecimal digit.
public func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}

extension Span<UInt8> {
    /// The index of the first byte with this value.
    func firstIndex(of byte: UInt8) -> Int? {
        for index in indices where self[index] == byte {
            return index
        }
        return nil
    }
}
