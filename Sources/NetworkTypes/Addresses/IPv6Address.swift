/// An IPv6 address (RFC 4291).
public struct IPv6Address: Sendable, Hashable, Comparable {
    /// The address as a number; the first octet is the most significant one.
    public var rawValue: UInt128

    /// Creates the address with this number.
    public init(rawValue: UInt128) {
        self.rawValue = rawValue
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }
}
