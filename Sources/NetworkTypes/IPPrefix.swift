/// A network prefix: an address whose bits behind the length are zero, and the length.
public struct IPPrefix: Sendable, Hashable {
    /// The first address of the prefix.
    public let address: IPAddress
    /// How many leading bits count: 0...32 or 0...128.
    public let length: UInt8

    /// Creates a prefix, or nothing where the length is too large for the family or host bits are set.
    public init?(address: IPAddress, length: UInt8) {
        guard length <= address.family.addressBits else { return nil }
        self.address = address
        self.length = length
        guard self.address == address.masked(to: length) else { return nil }
    }

    /// The family of the prefix.
    public var family: AddressFamily {
        address.family
    }
}

extension IPAddress {
    /// The address with all bits behind the first `length` cleared.
    public func masked(to length: UInt8) -> IPAddress {
        switch self {
        case .ipv4(let address):
            // A shift by the whole width gives zero in Swift.
            return .ipv4(IPv4Address(rawValue: address.rawValue & ~(UInt32.max >> UInt32(length))))
        case .ipv6(let address):
            return .ipv6(IPv6Address(rawValue: address.rawValue & ~(UInt128.max >> UInt128(length))))
        }
    }
}
