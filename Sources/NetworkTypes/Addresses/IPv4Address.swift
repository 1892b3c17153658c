/// An IPv4 address (RFC 791).
public struct IPv4Address: Sendable, Hashable, Comparable {
    /// The address as a number; the first octet is the most significant one.
    public var rawValue: UInt32

    /// Creates the address with this number.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }
}
