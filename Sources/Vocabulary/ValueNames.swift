import NetworkTypes

/// Values that have names, in nft's words.
public enum ValueNames: Sendable, Hashable, CaseIterable {
    /// Differentiated services code points (RFC 2474, 2597, 3246, 8622).
    case codePoints
    /// What the two bits of explicit congestion notification say (RFC 3168).
    case congestion
    /// Whom a frame is for (`PACKET_HOST` and so on of `linux/if_packet.h`).
    case packetTypes
    /// Days of the week; the kernel starts with Sunday.
    case weekdays
    /// The hardware of an interface (`ARPHRD_…` of `linux/if_arp.h`).
    case hardware
    /// Groups of interfaces.
    case deviceGroups
    /// The two directions of a connection (`enum ip_conntrack_dir`).
    case directions
    /// Whether there is such a thing.
    case presence
    /// Transport protocols.
    case protocols
    /// What an address is for this host (`RTN_…` of `linux/rtnetlink.h`).
    case routeTypes

    /// The names with their numbers; where a value has several, its own comes first.
    public var entries: [(name: StaticString, value: UInt32)] {
        Self.tables[self]?.entries ?? []
    }

    /// The number with this name.
    public func value(named name: Span<UInt8>) -> UInt32? {
        Self.tables[self]?.value(named: name)
    }

    /// The name of a number; nil where only the number can be said.
    public func name(of value: FieldValue) -> StaticString? {
        UInt32(exactly: value.number).flatMap { Self.tables[self]?.name(of: $0) }
    }

    /// Whether numbers without a name can be written too.
    public var allowsNumbers: Bool {
        switch self {
        case .presence, .directions, .weekdays: false
        case .codePoints, .congestion, .packetTypes, .hardware, .deviceGroups, .protocols, .routeTypes: true
        }
    }

    /// Whether the numbers have an order in which ranges mean something.
    var areOrdered: Bool {
        switch self {
        case .codePoints, .deviceGroups: true
        case .congestion, .packetTypes, .weekdays, .hardware, .directions, .presence, .protocols, .routeTypes: false
        }
    }

    var noun: String {
        switch self {
        case .codePoints: "a code point"
        case .congestion: "a congestion mark"
        case .packetTypes: "a packet type"
        case .weekdays: "a day of the week"
        case .hardware: "a kind of interface"
        case .deviceGroups: "a group of interfaces"
        case .directions: "a direction of a connection"
        case .presence: "`exists` or `missing`"
        case .protocols: "a protocol"
        case .routeTypes: "a type of address"
        }
    }

    var nftDatatype: UInt32 {
        switch self {
        case .codePoints: 36
        case .congestion: 37
        case .packetTypes: 31
        case .weekdays: 45
        case .hardware: 21
        case .deviceGroups: 35
        case .directions: 27
        case .presence: 39
        case .protocols: 12
        case .routeTypes: 38
        }
    }

    private static let tables: [ValueNames: NameTable<UInt32>] = [
        .codePoints: NameTable([
            ("cs0", 0), ("be", 0), ("df", 0), ("lephb", 1), ("cs1", 8), ("cs2", 16), ("cs3", 24), ("cs4", 32),
            ("cs5", 40),
            ("cs6", 48), ("cs7", 56), ("af11", 10), ("af12", 12), ("af13", 14), ("af21", 18), ("af22", 20),
            ("af23", 22), ("af31", 26), ("af32", 28), ("af33", 30), ("af41", 34), ("af42", 36), ("af43", 38),
            ("va", 44), ("ef", 46),
        ]),
        .congestion: NameTable([("not-ect", 0), ("ect1", 1), ("ect0", 2), ("ce", 3)]),
        .packetTypes: NameTable([("host", 0), ("unicast", 0), ("broadcast", 1), ("multicast", 2), ("other", 3)]),
        .weekdays: NameTable([
            ("sunday", 0), ("monday", 1), ("tuesday", 2), ("wednesday", 3), ("thursday", 4), ("friday", 5),
            ("saturday", 6), ("sun", 0), ("mon", 1), ("tue", 2), ("wed", 3), ("thu", 4), ("fri", 5), ("sat", 6),
        ]),
        .hardware: NameTable([
            ("ether", 1), ("ppp", 512), ("ipip", 768), ("ipip6", 769), ("loopback", 772), ("sit", 776), ("ipgre", 778),
        ]),
        .deviceGroups: NameTable([("default", 0)]),
        .directions: NameTable([("original", 0), ("reply", 1)]),
        .presence: NameTable([("missing", 0), ("exists", 1)]),
        .routeTypes: NameTable([
            ("unspec", 0), ("unicast", 1), ("local", 2), ("broadcast", 3), ("anycast", 4), ("multicast", 5),
            ("blackhole", 6), ("unreachable", 7), ("prohibit", 8),
        ]),
        .protocols: NameTable(IPProtocol.nameTable.entries.map { ($0.name, UInt32($0.value.rawValue)) }),
    ]
}
