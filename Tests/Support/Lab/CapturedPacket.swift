/// An IP packet as it was on an interface.
public struct CapturedPacket: Hashable, Sendable {
    /// Whether the host sent the packet, as opposed to received it.
    public var isOutgoing: Bool
    /// Source address in canonical text.
    public var source: String
    /// Destination address in canonical text.
    public var destination: String
    /// Time to live or hop limit.
    public var timeToLive: UInt8
    /// The differentiated services code point, six bits.
    public var codePoint: UInt8
    /// What the packet carries.
    public var content: Content
    /// The whole packet from its IP header on.
    public var bytes: [UInt8]

    /// The upper layer's header.
    public enum Content: Hashable, Sendable {
        /// TCP: ports, flags (FIN 1, SYN 2, RST 4, PSH 8, ACK 16), payload.
        case tcp(from: UInt16, to: UInt16, flags: UInt8, [UInt8])
        /// UDP: ports, payload.
        case udp(from: UInt16, to: UInt16, [UInt8])
        /// ICMP or ICMPv6: type, code.
        case icmp(ICMPError)
        /// Anything else, also later fragments: the protocol's number.
        case other(UInt8)
    }

    /// Whether the packet is a TCP segment with RST.
    public var isReset: Bool {
        if case .tcp(_, _, let flags, _) = content { flags & 4 != 0 } else { false }
    }

    /// Type and code of an ICMP or ICMPv6 message.
    public var icmp: ICMPError? {
        if case .icmp(let message) = content { message } else { nil }
    }

    /// Source address and port of TCP or UDP.
    public var sourceEndpoint: Endpoint? { ports.map { Endpoint(source, $0.0) } }

    /// Destination address and port of TCP or UDP.
    public var destinationEndpoint: Endpoint? { ports.map { Endpoint(destination, $0.1) } }

    private var ports: (UInt16, UInt16)? {
        switch content {
        case .tcp(let source, let destination, _, _), .udp(let source, let destination, _): (source, destination)
        case .icmp, .other: nil
        }
    }

    /// Reads an IPv4 or IPv6 packet; nil for what is neither or is cut off.
    init?(_ bytes: [UInt8], isOutgoing: Bool) {
        self.bytes = bytes
        self.isOutgoing = isOutgoing
        let upper: (number: UInt8, start: Int)
        switch bytes.first.map({ $0 >> 4 }) {
        case 4:
            guard bytes.count >= 20 else { return nil }
            source = addressText(2, bytes[12..<16])
            destination = addressText(2, bytes[16..<20])
            timeToLive = bytes[8]
            codePoint = bytes[1] >> 2
            let isLaterFragment = bytes[6] & 0x1f != 0 || bytes[7] != 0
            upper = (bytes[9], isLaterFragment ? bytes.count : Int(bytes[0] & 0xf) * 4)
        case 6:
            guard bytes.count >= 40 else { return nil }
            source = addressText(10, bytes[8..<24])
            destination = addressText(10, bytes[24..<40])
            timeToLive = bytes[7]
            codePoint = bytes[0] << 2 & 0x3c | bytes[1] >> 6
            upper = Self.skippingExtensions(bytes)
        default:
            return nil
        }
        content = Self.content(upper.number, Array(bytes.dropFirst(upper.start)))
    }

    /// Skips hop-by-hop options, routing and destination options (0, 43, 60): next header, length in 8-byte units less one.
    private static func skippingExtensions(_ bytes: [UInt8]) -> (number: UInt8, start: Int) {
        var number = bytes[6]
        var start = 40
        while [0, 43, 60].contains(number), start + 2 <= bytes.count {
            number = bytes[start]
            start += (Int(bytes[start + 1]) + 1) * 8
        }
        return (number, start)
    }

    private static func content(_ number: UInt8, _ payload: [UInt8]) -> Content {
        func word(_ offset: Int) -> UInt16 { UInt16(payload[offset]) << 8 | UInt16(payload[offset + 1]) }
        switch number {
        case 6 where payload.count >= 20:
            let start = Int(payload[12] >> 4) * 4
            return .tcp(from: word(0), to: word(2), flags: payload[13], Array(payload.dropFirst(start)))
        case 17 where payload.count >= 8:
            return .udp(from: word(0), to: word(2), Array(payload.dropFirst(8)))
        case 1 where payload.count >= 2, 58 where payload.count >= 2:
            return .icmp(ICMPError(type: payload[0], code: payload[1]))
        default:
            return .other(number)
        }
    }
}
