extension IPv4Address {
    /// The four bytes in network order.
    public var networkBytes: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: rawValue >> UInt32(24 - 8 * $0)) }
    }

    /// Creates the address from four bytes in network order, or nothing from another number of bytes.
    @inlinable
    public init?(networkBytes: some Collection<UInt8>) {
        guard networkBytes.count == 4 else { return nil }
        self.init(rawValue: networkBytes.reduce(0) { $0 << 8 | UInt32($1) })
    }
}

extension IPv6Address {
    /// The sixteen bytes in network order.
    public var networkBytes: [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: rawValue >> UInt128(120 - 8 * $0)) }
    }

    /// Creates the address from sixteen bytes in network order, or nothing from another number of bytes.
    @inlinable
    public init?(networkBytes: some Collection<UInt8>) {
        guard networkBytes.count == 16 else { return nil }
        self.init(rawValue: networkBytes.reduce(0) { $0 << 8 | UInt128($1) })
    }
}

extension IPAddress {
    /// The four or sixteen bytes in network order.
    public var networkBytes: [UInt8] {
        switch self {
        case .ipv4(let address): address.networkBytes
        case .ipv6(let address): address.networkBytes
        }
    }

    /// Creates the address from bytes in network order: four make an IPv4 address, sixteen an IPv6 one, others nothing.
    public init?(networkBytes: some Collection<UInt8>) {
        if let address = IPv4Address(networkBytes: networkBytes) {
            self = .ipv4(address)
        } else if let address = IPv6Address(networkBytes: networkBytes) {
            self = .ipv6(address)
        } else {
            return nil
        }
    }
}
