/// States of a connection, as bits of `NFT_CT_STATE` (`NF_CT_STATE_BIT`, host byte order).
public struct ConntrackStates: OptionSet, NamedValue {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// The packet belongs to no connection.
    public static let invalid = ConntrackStates(rawValue: 0x01)
    /// Packets were seen in both directions.
    public static let established = ConntrackStates(rawValue: 0x02)
    /// A new connection that another one announced.
    public static let related = ConntrackStates(rawValue: 0x04)
    /// The first packet of a connection.
    public static let new = ConntrackStates(rawValue: 0x08)
    /// The packet was taken out of connection tracking (`notrack`).
    public static let untracked = ConntrackStates(rawValue: 0x40)

    /// nft's names.
    public static let nameTable = NameTable<Self>([
        ("invalid", .invalid), ("new", .new), ("established", .established), ("related", .related),
        ("untracked", .untracked),
    ])
}

/// Status bits of a connection (`enum ip_conntrack_status`, host byte order).
public struct ConntrackStatus: OptionSet, NamedValue {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// It was expected by a helper (`IPS_EXPECTED`).
    public static let expected = ConntrackStatus(rawValue: 0x01)
    /// A reply was seen (`IPS_SEEN_REPLY`).
    public static let seenReply = ConntrackStatus(rawValue: 0x02)
    /// It is not dropped early (`IPS_ASSURED`).
    public static let assured = ConntrackStatus(rawValue: 0x04)
    /// Its first packet left the host (`IPS_CONFIRMED`).
    public static let confirmed = ConntrackStatus(rawValue: 0x08)
    /// Its source is translated (`IPS_SRC_NAT`).
    public static let snat = ConntrackStatus(rawValue: 0x10)
    /// Its destination is translated (`IPS_DST_NAT`).
    public static let dnat = ConntrackStatus(rawValue: 0x20)
    /// It is being removed (`IPS_DYING`).
    public static let dying = ConntrackStatus(rawValue: 0x200)

    /// nft's names.
    public static let nameTable = NameTable<Self>([
        ("expected", .expected), ("seen-reply", .seenReply), ("assured", .assured), ("confirmed", .confirmed),
        ("snat", .snat), ("dnat", .dnat), ("dying", .dying),
    ])
}
