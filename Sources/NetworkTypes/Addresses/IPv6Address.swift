/// An IPv6 address (RFC 4291).
public struct IPv6Address: Sendable, Hashable, Comparable {
    // Two halves: values that hold an UInt128 are 16-byte aligned, and Swift 6.3 passes some of them misaligned (a crash in
    // unoptimised code). They are also smaller where an enum or an optional holds them.
    @usableFromInline var high: UInt64
    @usableFromInline var low: UInt64

    /// Creates the address with this number.
    @inlinable
    public init(rawValue: UInt128) {
        high = UInt64(truncatingIfNeeded: rawValue >> 64)
        low = UInt64(truncatingIfNeeded: rawValue)
    }

    /// The address as a number; the first octet is the most significant one.
    @inlinable
    public var rawValue: UInt128 {
        get { UInt128(high) << 64 | UInt128(low) }
        set { self = IPv6Address(rawValue: newValue) }
    }

    @inlinable
    public static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
