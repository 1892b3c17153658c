/// Reads the messages of nf_tables dumps: `struct nfgenmsg` and attributes.
///
/// The bytes are not trusted. Malformed messages are errors: what cannot be read must not count as absent.
public enum FirewallDump {
    /// A table of any owner.
    public struct Table: Sendable, Hashable {
        /// `nfgen_family`: `NFPROTO_INET` is 1, IPv4 2, ARP 3, netdev 5, bridge 7, IPv6 10.
        public var family: UInt8
        /// The name.
        public var name: String
        /// Whether it is asleep (`NFT_TABLE_F_DORMANT`).
        public var isDormant: Bool

        /// Creates a description.
        public init(family: UInt8, name: String, isDormant: Bool = false) {
            self.family = family
            self.name = name
            self.isDormant = isDormant
        }

        /// Whether it is Weir's.
        public var isWeirs: Bool {
            family == FirewallHeader.inet && name == FirewallState.tableName
        }
    }

    /// The number of the ruleset's generation (`NFTA_GEN_ID`), from a `NFT_MSG_NEWGEN`.
    public static func generation(_ payload: RawSpan) throws(KernelObjectsError) -> UInt32 {
        var number: UInt32?
        try forEachAttribute(of: payload, "NFT_MSG_NEWGEN") { attribute in
            if attribute.type == 1 { number = attribute.networkOrder32 }
        }
        guard let number else { throw .malformed(message: "NFT_MSG_NEWGEN") }
        return number
    }

    /// A table, from a `NFT_MSG_NEWTABLE`.
    public static func table(_ payload: RawSpan) throws(KernelObjectsError) -> Table {
        let kind = "NFT_MSG_NEWTABLE"
        var name: String?
        var flags: UInt32 = 0
        try forEachAttribute(of: payload, kind) { attribute in
            switch attribute.type {
            case TableAttribute.name: name = attribute.name
            case TableAttribute.flags: flags = attribute.networkOrder32 ?? 0
            default: break
            }
        }
        guard let name else { throw .malformed(message: kind) }
        return Table(family: family(of: payload), name: name, isDormant: flags & TableAttribute.dormant != 0)
    }

    /// A stateful object or a flowtable, from a `NFT_MSG_NEWOBJ` or `NFT_MSG_NEWFLOWTABLE`, with the name of its table.
    public static func foreignObject(
        _ payload: RawSpan,
        messageType: UInt16
    ) throws(KernelObjectsError) -> (table: String, object: ForeignObject) {
        let kind = "NFT_MSG_NEWOBJ"
        var table: String?
        var name: String?
        try forEachAttribute(of: payload, kind) { attribute in
            switch attribute.type {
            case ObjectAttribute.table: table = attribute.name
            case ObjectAttribute.name: name = attribute.name
            default: break
            }
        }
        guard let table, let name else { throw .malformed(message: kind) }
        let attributes = payload.withUnsafeBytes { Array($0.dropFirst(FirewallHeader.size)) }
        return (table, ForeignObject(messageType: messageType, name: name, attributes: attributes))
    }

    /// `nfgen_family`
    static func family(of payload: RawSpan) -> UInt8 {
        payload.isEmpty ? FirewallHeader.anyFamily : payload.unsafeLoad(fromByteOffset: 0, as: UInt8.self)
    }

    /// Goes through the attributes of a message; nothing that the closure saw counts if this throws.
    static func forEachAttribute(
        of payload: RawSpan,
        _ message: String,
        _ body: (AttributeReader.Attribute) -> Void
    ) throws(KernelObjectsError) {
        let isWellFormed = payload.withUnsafeBytes { bytes in
            guard bytes.count >= FirewallHeader.size else { return false }
            var reader = AttributeReader(UnsafeRawBufferPointer(rebasing: bytes[FirewallHeader.size...]))
            while let attribute = reader.next() { body(attribute) }
            return !reader.isMalformed
        }
        guard isWellFormed else { throw .malformed(message: message) }
    }
}
