/// Where the kernel finds the value of a field: the expression that loads it, in plain numbers.
public enum Load: Sendable, Hashable {
    /// `nft_meta.c`; a number of `enum nft_meta_keys`.
    case meta(UInt32)
    /// `nft_ct.c`; a number of `enum nft_ct_keys`, and 0 or 1 for the original or the reply direction.
    case conntrack(UInt32, direction: UInt8? = nil)
    /// `nft_payload.c`; bits of a header, counted from its first.
    case payload(Base, Range<UInt32>)

    /// The header that bits are counted from (`enum nft_payload_bases`).
    public enum Base: UInt32, Sendable, Hashable {
        /// The Ethernet header.
        case link = 0
        /// The header of IPv4 or IPv6.
        case network = 1
        /// The header after that.
        case transport = 2
    }
}

/// The bytes that hold a field, and where in them it lies.
public struct Bytes: Sendable, Hashable {
    /// The first byte.
    public let offset: UInt32
    /// How many bytes.
    public let count: UInt32
    /// How many bits of the last byte come after the field.
    public let shift: UInt32
    /// How many bits the field has.
    public let width: UInt32

    /// Creates the whole bytes around these bits.
    public init(_ bits: Range<UInt32>) {
        offset = bits.lowerBound / 8
        count = (bits.upperBound + 7) / 8 - offset
        shift = (8 - bits.upperBound % 8) % 8
        width = bits.upperBound - bits.lowerBound
    }

    /// The field's bits among those of the bytes; nil where it has them all.
    public var mask: UInt128? {
        width == count * 8 ? nil : ((1 << UInt128(width)) - 1) << UInt128(shift)
    }
}
