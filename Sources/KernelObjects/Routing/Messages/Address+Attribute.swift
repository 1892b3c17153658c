import NetworkTypes

extension AttributeWriter {
    /// Writes the bytes of an address.
    mutating func address(_ type: UInt16, _ address: IPAddress) {
        switch address {
        case .ipv4(let address): leadingBytes(type, UInt128(address.rawValue) << 96, count: 4)
        case .ipv6(let address): leadingBytes(type, address.rawValue, count: 16)
        }
    }

    /// Writes `struct rtvia`: an address of another family than the route's.
    mutating func via(_ type: UInt16, _ address: IPAddress) {
        let start = open(type)
        let family = claim(2)
        store(UInt16(address.family.rawValue), at: family)
        let bytes =
            switch address {
            case .ipv4(let address): UInt128(address.rawValue) << 96
            case .ipv6(let address): address.rawValue
            }
        for index in 0..<address.family.addressBits / 8 {
            let place = claim(1)
            store(UInt8(truncatingIfNeeded: bytes >> UInt128(120 - 8 * index)), at: place)
        }
        close(start)
        // 2 and an address: the attribute needs padding.
        let end = claim(2)
        store(UInt16(0), at: end)
    }
}

extension AttributeReader.Attribute {
    /// The value as an address of a family; nil if it has another length.
    func address(_ family: AddressFamily) -> IPAddress? {
        IPAddress(value, family: family)
    }

    /// The value as `struct rtvia`.
    var via: IPAddress? {
        guard value.count >= 2 else { return nil }
        let number = value.loadUnaligned(as: UInt16.self)
        guard let family = UInt8(exactly: number).flatMap(AddressFamily.init(rawValue:)) else { return nil }
        return IPAddress(UnsafeRawBufferPointer(rebasing: value[2...]), family: family)
    }
}

extension IPAddress {
    init?(_ bytes: UnsafeRawBufferPointer, family: AddressFamily) {
        guard bytes.count == family.addressBits / 8 else { return nil }
        switch family {
        case .ipv4:
            self = .ipv4(IPv4Address(rawValue: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))))
        case .ipv6:
            self = .ipv6(IPv6Address(rawValue: UInt128(bigEndian: bytes.loadUnaligned(as: UInt128.self))))
        }
    }
}

extension IPPrefix {
    /// Every address of a family.
    static func all(_ family: AddressFamily) -> IPPrefix? {
        switch family {
        case .ipv4: IPPrefix(address: .ipv4(IPv4Address(rawValue: 0)), length: 0)
        case .ipv6: IPPrefix(address: .ipv6(IPv6Address(rawValue: 0)), length: 0)
        }
    }
}
