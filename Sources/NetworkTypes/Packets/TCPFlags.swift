/// Bits of the TCP header's flag octet (RFC 9293 section 3.1).
public struct TCPFlags: OptionSet, NamedValue {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// No more data from the sender.
    public static let fin = TCPFlags(rawValue: 0x01)
    /// Synchronise sequence numbers.
    public static let syn = TCPFlags(rawValue: 0x02)
    /// Reset the connection.
    public static let rst = TCPFlags(rawValue: 0x04)
    /// Push.
    public static let psh = TCPFlags(rawValue: 0x08)
    /// The acknowledgment field counts.
    public static let ack = TCPFlags(rawValue: 0x10)
    /// The urgent pointer counts.
    public static let urg = TCPFlags(rawValue: 0x20)
    /// Explicit congestion notification echo (RFC 3168).
    public static let ecn = TCPFlags(rawValue: 0x40)
    /// Congestion window reduced (RFC 3168).
    public static let cwr = TCPFlags(rawValue: 0x80)

    /// nft's names.
    public static let nameTable = NameTable<Self>([
        ("fin", .fin), ("syn", .syn), ("rst", .rst), ("psh", .psh), ("ack", .ack), ("urg", .urg), ("ecn", .ecn),
        ("cwr", .cwr),
    ])
}
