/// A value that a closed interval can be bounded by: an address, a port, a mark, a user id.
public protocol IntervalBound: Comparable, Hashable, Sendable {
    /// The smallest value.
    static var least: Self { get }
    /// The largest value.
    static var greatest: Self { get }
    /// The next larger value, or nothing for the largest one.
    var successor: Self? { get }
    /// The next smaller value; nil for the smallest one.
    var predecessor: Self? { get }
}

extension IntervalBound where Self: FixedWidthInteger {
    /// The smallest number.
    @inlinable
    public static var least: Self { .min }

    /// The largest number.
    @inlinable
    public static var greatest: Self { .max }

    /// The next larger number, or nothing for the largest one.
    @inlinable
    public var successor: Self? {
        self == .max ? nil : self + 1
    }

    /// The next smaller number; nil for the smallest one.
    @inlinable
    public var predecessor: Self? {
        self == .min ? nil : self - 1
    }
}

extension UInt16: IntervalBound {}
extension UInt32: IntervalBound {}

extension IPv4Address: IntervalBound {
    /// 0.0.0.0.
    @inlinable
    public static var least: IPv4Address { IPv4Address(rawValue: .min) }

    /// 255.255.255.255.
    @inlinable
    public static var greatest: IPv4Address { IPv4Address(rawValue: .max) }

    /// The next address, or nothing for 255.255.255.255.
    @inlinable
    public var successor: IPv4Address? {
        rawValue.successor.map(IPv4Address.init(rawValue:))
    }

    /// The address before; nil for 0.0.0.0.
    @inlinable
    public var predecessor: IPv4Address? {
        rawValue.predecessor.map(IPv4Address.init(rawValue:))
    }
}

extension IPv6Address: IntervalBound {
    /// The unspecified address, `::`.
    @inlinable
    public static var least: IPv6Address { IPv6Address(rawValue: .min) }

    /// The last address.
    @inlinable
    public static var greatest: IPv6Address { IPv6Address(rawValue: .max) }

    /// The next address, or nothing for the last one.
    @inlinable
    public var successor: IPv6Address? {
        rawValue == .max ? nil : IPv6Address(rawValue: rawValue + 1)
    }

    /// The address before; nil for the first one.
    @inlinable
    public var predecessor: IPv6Address? {
        rawValue == .min ? nil : IPv6Address(rawValue: rawValue - 1)
    }
}

/// All values from `lower` to `upper`, both included.
public struct Interval<Bound: IntervalBound>: Sendable, Hashable {
    /// The smallest value.
    public let lower: Bound
    /// The largest value; never smaller than `lower`.
    public let upper: Bound

    /// Creates the interval, or nothing where the bounds are the wrong way round.
    @inlinable
    public init?(_ lower: Bound, _ upper: Bound) {
        guard lower <= upper else { return nil }
        self.lower = lower
        self.upper = upper
    }

    /// Creates the interval that holds one value.
    @inlinable
    public init(_ value: Bound) {
        lower = value
        upper = value
    }

    /// Whether the interval holds exactly one value.
    @inlinable
    public var isSingle: Bool {
        lower == upper
    }

    /// Whether the interval holds the value.
    @inlinable
    public func contains(_ value: Bound) -> Bool {
        lower <= value && value <= upper
    }
}
