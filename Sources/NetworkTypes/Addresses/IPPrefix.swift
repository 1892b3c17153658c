/// A network prefix: an address whose bits after the length are zero, and the length.
public struct IPPrefix: Sendable, Hashable {
    /// The first address of the prefix.
    public let address: IPAddress
    /// How many leading bits count: 0...32 or 0...128.
    public let length: UInt8

    /// Creates a prefix, or nothing where the length is too large for the family or host bits are set.
    public init?(address: IPAddress, length: UInt8) {
        guard length <= address.family.addressBits else { return nil }
        self.init(masking: address, length: length)
        guard self.address == address else { return nil }
    }

    /// Creates the prefix of this length that the address is in; a length too large for the family means the largest one.
    public init(masking address: IPAddress, length: UInt8) {
        let length = min(length, UInt8(address.family.addressBits))
        self.address = address.masked(to: length)
        self.length = length
    }

    /// Creates the prefix that holds one address.
    public init(_ address: IPAddress) {
        self.address = address
        length = UInt8(address.family.addressBits)
    }

    /// The prefix of length 0: all addresses of the family.
    public static func all(_ family: AddressFamily) -> IPPrefix {
        switch family {
        case .ipv4: IPPrefix(masking: .ipv4(IPv4Address(rawValue: 0)), length: 0)
        case .ipv6: IPPrefix(masking: .ipv6(IPv6Address(rawValue: 0)), length: 0)
        }
    }

    /// The family of the prefix.
    public var family: AddressFamily {
        address.family
    }
}

extension IPPrefix: Comparable {
    /// IPv4 before IPv6, then by address, then the shorter prefix first.
    public static func < (left: Self, right: Self) -> Bool {
        (left.address, left.length) < (right.address, right.length)
    }
}
