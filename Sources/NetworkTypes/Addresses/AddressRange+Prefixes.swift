extension AddressRange {
    /// The prefix that holds the same addresses, where one does.
    public var prefix: IPPrefix? {
        switch self {
        case .ipv4(let interval): interval.prefix
        case .ipv6(let interval): interval.prefix
        }
    }

    /// The fewest prefixes that hold the same addresses, ascending: at most 62 for IPv4 and 254 for IPv6.
    public var prefixes: [IPPrefix] {
        switch self {
        case .ipv4(let interval): interval.prefixes
        case .ipv6(let interval): interval.prefixes
        }
    }
}

extension Interval<IPv4Address> {
    /// The prefix that holds the same addresses, where one does.
    public var prefix: IPPrefix? {
        prefixLength(lower.rawValue, upper.rawValue).map { IPPrefix(masking: .ipv4(lower), length: $0) }
    }

    /// The fewest prefixes that hold the same addresses, ascending.
    public var prefixes: [IPPrefix] {
        alignedBlocks(lower.rawValue, upper.rawValue).map { first, length in
            IPPrefix(masking: .ipv4(IPv4Address(rawValue: first)), length: length)
        }
    }
}

extension Interval<IPv6Address> {
    /// The prefix that holds the same addresses, where one does.
    public var prefix: IPPrefix? {
        prefixLength(lower.rawValue, upper.rawValue).map { IPPrefix(masking: .ipv6(lower), length: $0) }
    }

    /// The fewest prefixes that hold the same addresses, ascending.
    public var prefixes: [IPPrefix] {
        alignedBlocks(lower.rawValue, upper.rawValue).map { first, length in
            IPPrefix(masking: .ipv6(IPv6Address(rawValue: first)), length: length)
        }
    }
}

/// The prefix length of the block from `first` to `last`, where they bound one.
private func prefixLength<Number: FixedWidthInteger & UnsignedInteger>(_ first: Number, _ last: Number) -> UInt8? {
    let hostBits = first ^ last
    // The bits that differ must be the lowest ones, all of them, zero in one and set in the other.
    guard hostBits & (hostBits &+ 1) == 0, first & hostBits == 0 else { return nil }
    return UInt8(hostBits.leadingZeroBitCount)
}

/// The fewest blocks of a power-of-two size, each at a multiple of its size, that cover `first...last` exactly.
private func alignedBlocks<Number: FixedWidthInteger & UnsignedInteger>(
    _ first: Number,
    _ last: Number
) -> [(first: Number, length: UInt8)] {
    var blocks: [(first: Number, length: UInt8)] = []
    var start = first
    while true {
        var hostBits = start.trailingZeroBitCount
        var end = start | ~(Number.max << hostBits)
        while end > last {
            hostBits -= 1
            end = start | ~(Number.max << hostBits)
        }
        blocks.append((start, UInt8(Number.bitWidth - hostBits)))
        guard end < last else { return blocks }
        start = end + 1
    }
}
