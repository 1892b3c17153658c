public import NetworkTypes

/// A value of a field as a number: its bytes in network order, the last one least significant.
///
/// In this form ranges of all types compare, intersect and cover alike.
public struct FieldValue: IntervalBound {
    // Two halves for the reason that `IPv6Address` has.
    private let high: UInt64
    private let low: UInt64

    /// Creates the value with this number.
    public init(_ number: UInt128) {
        high = UInt64(truncatingIfNeeded: number >> 64)
        low = UInt64(truncatingIfNeeded: number)
    }

    /// Creates the value with this number.
    public init(_ number: some FixedWidthInteger & UnsignedInteger) {
        self.init(UInt128(number))
    }

    /// The value as a number.
    public var number: UInt128 {
        UInt128(high) << 64 | UInt128(low)
    }

    /// The lower 64 bits, which is all of a value that has no more.
    public var number64: UInt64 {
        low
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }

    /// Zero.
    public static let least = FieldValue(UInt128.min)
    /// 128 bits that are all set; a field's own largest value is `ValueType.greatest`.
    public static let greatest = FieldValue(UInt128.max)

    /// The next larger value.
    public var successor: FieldValue? {
        self == .greatest ? nil : FieldValue(number + 1)
    }

    /// The next smaller value.
    public var predecessor: FieldValue? {
        self == .least ? nil : FieldValue(number - 1)
    }
}
