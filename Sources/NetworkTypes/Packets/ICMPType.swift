/// A type of ICMP message (RFC 792).
public struct ICMPType: RawRepresentable, NamedValue, TextWritable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// A packet could not be delivered; its codes are ``ICMPUnreachableCode``.
    public static let destinationUnreachable = ICMPType(rawValue: 3)
    /// The question of ping.
    public static let echoRequest = ICMPType(rawValue: 8)

    /// nft's names.
    public static let nameTable = NameTable<Self>([
        ("echo-reply", .init(rawValue: 0)), ("destination-unreachable", .destinationUnreachable),
        ("source-quench", .init(rawValue: 4)), ("redirect", .init(rawValue: 5)), ("echo-request", .echoRequest),
        ("router-advertisement", .init(rawValue: 9)), ("router-solicitation", .init(rawValue: 10)),
        ("time-exceeded", .init(rawValue: 11)), ("parameter-problem", .init(rawValue: 12)),
        ("timestamp-request", .init(rawValue: 13)), ("timestamp-reply", .init(rawValue: 14)),
        ("info-request", .init(rawValue: 15)), ("info-reply", .init(rawValue: 16)),
        ("address-mask-request", .init(rawValue: 17)), ("address-mask-reply", .init(rawValue: 18)),
    ])
}

/// A type of ICMPv6 message (RFC 4443).
public struct ICMPv6Type: RawRepresentable, NamedValue, TextWritable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// A packet could not be delivered; its codes are ``ICMPv6UnreachableCode``.
    public static let destinationUnreachable = ICMPv6Type(rawValue: 1)
    /// The question of ping.
    public static let echoRequest = ICMPv6Type(rawValue: 128)

    /// nft's names.
    public static let nameTable = NameTable<Self>([
        ("destination-unreachable", .destinationUnreachable), ("packet-too-big", .init(rawValue: 2)),
        ("time-exceeded", .init(rawValue: 3)), ("parameter-problem", .init(rawValue: 4)),
        ("echo-request", .echoRequest), ("echo-reply", .init(rawValue: 129)),
        ("mld-listener-query", .init(rawValue: 130)), ("mld-listener-report", .init(rawValue: 131)),
        ("mld-listener-done", .init(rawValue: 132)), ("mld-listener-reduction", .init(rawValue: 132)),
        ("nd-router-solicit", .init(rawValue: 133)), ("nd-router-advert", .init(rawValue: 134)),
        ("nd-neighbor-solicit", .init(rawValue: 135)), ("nd-neighbor-advert", .init(rawValue: 136)),
        ("nd-redirect", .init(rawValue: 137)), ("router-renumbering", .init(rawValue: 138)),
        ("ind-neighbor-solicit", .init(rawValue: 141)), ("ind-neighbor-advert", .init(rawValue: 142)),
        ("mld2-listener-report", .init(rawValue: 143)),
    ])
}

/// The code of an ICMP message; what it means depends on the type.
public struct ICMPCode: RawRepresentable, NamedValue, TextWritable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// nft's names, which are those of destination-unreachable messages.
    public static let nameTable = NameTable<Self>(
        ICMPUnreachableCode.nameTable.entries.map { ($0.name, ICMPCode(rawValue: $0.value.rawValue)) }
            + [("frag-needed", ICMPCode(rawValue: 4))]
    )
}

/// The code of an ICMPv6 message; what it means depends on the type.
public struct ICMPv6Code: RawRepresentable, NamedValue, TextWritable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// nft's names, which are those of destination-unreachable messages.
    public static let nameTable = NameTable<Self>(
        ICMPv6UnreachableCode.nameTable.entries.map { ($0.name, ICMPv6Code(rawValue: $0.value.rawValue)) }
    )
}
