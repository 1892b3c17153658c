/// Where the kernel finds the value of a field: the expression that loads it, in plain numbers.
public enum Load: Sendable, Hashable {
    /// `nft_meta.c`; a number of `enum nft_meta_keys`.
    case meta(UInt32)
    /// `nft_ct.c`; a number of `enum nft_ct_keys`, and 0 or 1 for the original or the reply direction.
    case conntrack(UInt32, direction: UInt8? = nil)
    /// `nft_payload.c`; bits of a header, counted from its first.
    case payload(Base, Range<UInt32>)
    /// `nft_exthdr.c`; bits of what has this number among the extension headers or options, counted from its first.
    case extensionHeader(Place, type: UInt8, Range<UInt32>)
    /// `nft_exthdr.c`; whether there is something with this number among the extension headers or options.
    case extensionHeaderPresence(Place, type: UInt8)
    /// `nft_fib.c`; numbers of `enum nft_fib_result` and `NFTA_FIB_F_…`.
    case fib(result: UInt32, flags: UInt32)
    /// `nft_rt.c`; a number of `enum nft_rt_keys`.
    case route(UInt32)
    /// `nft_socket.c`; a number of `enum nft_socket_keys`.
    case socket(SocketKey)

    /// The header that bits are counted from (`enum nft_payload_bases`).
    public enum Base: UInt32, Sendable, Hashable {
        /// The Ethernet header.
        case link = 0
        /// The header of IPv4 or IPv6.
        case network = 1
        /// The header after that.
        case transport = 2
    }

    /// Where extension headers and options are (`enum nft_exthdr_op`).
    public enum Place: UInt32, Sendable, Hashable {
        /// The extension headers of IPv6.
        case ipv6 = 0
        /// The options of TCP.
        case tcp = 1
        /// The options of IPv4.
        case ipv4 = 2
    }

    /// What is known of a socket (`enum nft_socket_keys`).
    public enum SocketKey: UInt32, Sendable, Hashable {
        /// Whether it takes packets for any address.
        case transparent = 0
        /// Its mark.
        case mark = 1
        /// Whether it listens on all addresses.
        case wildcard = 2
    }

    /// The bits, where it is bits that are loaded.
    public var bits: Range<UInt32>? {
        switch self {
        case .payload(_, let bits), .extensionHeader(_, _, let bits): bits
        case .meta, .conntrack, .extensionHeaderPresence, .fib, .route, .socket: nil
        }
    }

    /// What is loaded: of bits, the whole bytes that they are in.
    public var whole: Load {
        switch self {
        case .payload(let base, let bits): .payload(base, Bytes(bits).bits)
        case .extensionHeader(let place, let type, let bits): .extensionHeader(place, type: type, Bytes(bits).bits)
        case .meta, .conntrack, .extensionHeaderPresence, .fib, .route, .socket: self
        }
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

    /// All of their bits.
    public var bits: Range<UInt32> {
        offset * 8..<(offset + count) * 8
    }

    /// The field's bits among those of the bytes; nil where it has them all.
    public var mask: UInt128? {
        width == count * 8 ? nil : ((1 << UInt128(width)) - 1) << UInt128(shift)
    }
}
