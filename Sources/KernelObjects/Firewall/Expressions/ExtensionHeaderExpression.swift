/// Loads bytes of an extension header, an option or a chunk, or whether the packet has one (`nft_exthdr.c`).
public struct ExtensionHeaderExpression: Sendable, Hashable {
    /// Where the packet is searched (`enum nft_exthdr_op`).
    public enum Place: UInt32, Sendable, Hashable {
        /// Among the extension headers of IPv6; the type is the number in the header before (`NFT_EXTHDR_OP_IPV6`).
        case ipv6Headers = 0
        /// Among the options of TCP (`NFT_EXTHDR_OP_TCPOPT`).
        case tcpOptions = 1
        /// Among the options of IPv4 (`NFT_EXTHDR_OP_IPV4`).
        case ipv4Options = 2
        /// Among the chunks of SCTP (`NFT_EXTHDR_OP_SCTP`).
        case sctpChunks = 3
        /// Among the options of DCCP, of which only the presence can be asked for (`NFT_EXTHDR_OP_DCCP`).
        case dccpOptions = 4
    }

    /// Where the packet is searched.
    public var place: Place
    /// The number of the header, option or chunk.
    public var type: UInt8
    /// The first byte, counted from the start of what was found.
    public var offset: UInt32
    /// How many bytes are loaded.
    public var length: UInt32
    /// Whether the register gets one byte instead, 1 if there is such a header and 0 if not (`NFT_EXTHDR_F_PRESENT`).
    public var isPresence: Bool
    /// The register.
    public var destination: Register

    /// Loads bytes; the rule does not hold for packets that do not have them.
    public init(
        _ place: Place,
        type: UInt8,
        offset: UInt32,
        length: UInt32,
        into destination: Register = .r1
    ) {
        self.place = place
        self.type = type
        self.offset = offset
        self.length = length
        isPresence = false
        self.destination = destination
    }

    /// Loads whether the packet has such a header, option or chunk, as nft asks for it: the kernel keeps offset and length.
    public init(presenceIn place: Place, type: UInt8, into destination: Register = .r1) {
        self.init(place, type: type, offset: 0, length: 1, into: destination)
        isPresence = true
    }
}

/// `enum nft_exthdr_attributes`
enum ExtensionHeaderAttribute {
    static let destination: UInt16 = 1
    static let type: UInt16 = 2
    static let offset: UInt16 = 3
    static let length: UInt16 = 4
    static let flags: UInt16 = 5
    static let place: UInt16 = 6
    static let source: UInt16 = 7

    /// `NFT_EXTHDR_F_PRESENT`
    static let isPresence: UInt32 = 1
}

extension ExpressionWriter {
    /// Writes the expression.
    public mutating func append(_ header: ExtensionHeaderExpression) {
        expression(.exthdr) { writer in
            writer.networkOrder(ExtensionHeaderAttribute.destination, header.destination.rawValue)
            writer.byte(ExtensionHeaderAttribute.type, header.type)
            writer.networkOrder(ExtensionHeaderAttribute.offset, header.offset)
            writer.networkOrder(ExtensionHeaderAttribute.length, header.length)
            let flags = header.isPresence ? ExtensionHeaderAttribute.isPresence : 0
            writer.networkOrder(ExtensionHeaderAttribute.flags, flags)
            writer.networkOrder(ExtensionHeaderAttribute.place, header.place.rawValue)
        }
    }
}

extension ExtensionHeaderExpression: KernelExpression {
    /// `NFTA_EXTHDR_SREG`
    static let highestAttribute: UInt16 = 7

    init?(_ fields: inout ExpressionFields) {
        let flags = fields.networkOrder32(ExtensionHeaderAttribute.flags) ?? 0
        guard let destination = fields.networkOrder32(ExtensionHeaderAttribute.destination),
            let type = fields.byte(ExtensionHeaderAttribute.type),
            let offset = fields.networkOrder32(ExtensionHeaderAttribute.offset),
            let length = fields.networkOrder32(ExtensionHeaderAttribute.length),
            // Before Linux 4.11 there were headers of IPv6 only, and no attribute for the place.
            let place = Place(rawValue: fields.networkOrder32(ExtensionHeaderAttribute.place) ?? 0),
            flags & ~ExtensionHeaderAttribute.isPresence == 0
        else { return nil }
        self.init(place, type: type, offset: offset, length: length, into: Register(rawValue: destination))
        isPresence = flags != 0
    }
}
