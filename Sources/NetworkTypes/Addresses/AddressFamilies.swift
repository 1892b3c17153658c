/// Any of the two address families, together.
public struct AddressFamilies: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// IPv4.
    public static let ipv4 = AddressFamilies(rawValue: 1)
    /// IPv6.
    public static let ipv6 = AddressFamilies(rawValue: 2)
    /// IPv4 and IPv6.
    public static let both: AddressFamilies = [.ipv4, .ipv6]

    /// The one family as a set.
    public init(_ family: AddressFamily) {
        self = family == .ipv4 ? .ipv4 : .ipv6
    }
}
