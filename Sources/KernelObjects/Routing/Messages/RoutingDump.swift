public import NetworkTypes

/// Requests for rtnetlink dumps, and readers of their messages.
///
/// The bytes are not trusted. Malformed messages are errors: what cannot be read must not count as absent.
public enum RoutingDump {
    /// Asks for all interfaces (`struct ifinfomsg`).
    public static let links = EncodedMessage(type: RoutingMessage.getLink, payload: [UInt8](repeating: 0, count: 16))

    /// Asks for all addresses (`struct ifaddrmsg`).
    public static let addresses = EncodedMessage(
        type: RoutingMessage.getAddress,
        payload: [UInt8](repeating: 0, count: 8)
    )

    /// Asks for the routes of a family in all tables.
    public static func routes(_ family: AddressFamily) -> EncodedMessage {
        let header = [family.rawValue] + [UInt8](repeating: 0, count: RouteAttribute.headerSize - 1)
        return EncodedMessage(type: RoutingMessage.getRoute, payload: header)
    }

    /// Asks for the routes of a family in the table `local`. A kernel that does not filter answers with those of all tables.
    public static func localRoutes(_ family: AddressFamily) -> EncodedMessage {
        var header = [UInt8](repeating: 0, count: RouteAttribute.headerSize)
        header[0] = family.rawValue
        header[4] = 255
        return EncodedMessage(type: RoutingMessage.getRoute, payload: header)
    }

    /// Asks for the policy routing rules of a family.
    public static func routingRules(_ family: AddressFamily) -> EncodedMessage {
        let header = [family.rawValue] + [UInt8](repeating: 0, count: RoutingRuleAttribute.headerSize - 1)
        return EncodedMessage(type: RoutingMessage.getRule, payload: header)
    }

    /// An interface, from a `RTM_NEWLINK`; nothing for an entry of another kind (a bridge's port).
    public static func link(_ payload: RawSpan) throws(KernelObjectsError) -> LinkObject? {
        let kind = "RTM_NEWLINK"
        var name: String?
        var mtu: UInt32 = 0
        var lower: UInt32?
        var details = LinkDetails()
        let header = try forEachAttribute(of: payload, headerSize: 16, kind) { attribute in
            switch attribute.type {
            // IFLA_IFNAME
            case 3: name = attribute.interfaceName
            // IFLA_MTU
            case 4: mtu = attribute.hostOrder32 ?? 0
            // IFLA_LINK
            case 5: lower = attribute.hostOrder32
            // IFLA_LINKINFO
            case 18: details.read(attribute.nested)
            default: break
            }
        }
        guard header[0] == 0 else { return nil }
        guard let name else { throw .malformed(message: kind) }
        let index = header.hostOrder32(at: 4)
        return LinkObject(
            index: index,
            name: name,
            flags: header.hostOrder32(at: 8),
            mtu: mtu,
            kind: details.kind,
            // The other end of a cable is in another namespace, or no lower one.
            lower: details.kind == "veth" || lower == index || lower == 0 ? nil : lower,
            tunnel: details.tunnel
        )
    }

    /// An address, from a `RTM_NEWADDR`; nothing for one of a family that Weir does not know.
    public static func address(_ payload: RawSpan) throws(KernelObjectsError) -> AddressObject? {
        let kind = "RTM_NEWADDR"
        let headerSize = 8
        var local: IPAddress?
        var address: IPAddress?
        let family =
            payload.isEmpty ? nil : AddressFamily(rawValue: payload.unsafeLoad(fromByteOffset: 0, as: UInt8.self))
        let header = try forEachAttribute(of: payload, headerSize: headerSize, kind) { attribute in
            guard let family else { return }
            switch attribute.type {
            // IFA_ADDRESS: on a point-to-point link the peer's
            case 1: address = attribute.address(family)
            // IFA_LOCAL
            case 2: local = attribute.address(family)
            default: break
            }
        }
        guard family != nil else { return nil }
        guard let own = local ?? address else { throw .malformed(message: kind) }
        return AddressObject(
            interfaceIndex: header.hostOrder32(at: 4),
            address: own,
            prefixLength: header[1],
            scope: header[3],
            isPermanent: header[2] & 0x80 != 0
        )
    }

    /// Goes through the attributes of a message; returns its fixed header.
    static func forEachAttribute(
        of payload: RawSpan,
        headerSize: Int,
        _ message: String,
        _ body: (AttributeReader.Attribute) -> Void
    ) throws(KernelObjectsError) -> [UInt8] {
        let header: [UInt8]? = payload.withUnsafeBytes { bytes in
            guard bytes.count >= headerSize else { return nil }
            var reader = AttributeReader(UnsafeRawBufferPointer(rebasing: bytes[headerSize...]))
            while let attribute = reader.next() { body(attribute) }
            return reader.isMalformed ? nil : Array(bytes[..<headerSize])
        }
        guard let header else { throw .malformed(message: message) }
        return header
    }
}

extension [UInt8] {
    /// Four bytes in the machine's order; the caller knows that they are there.
    func hostOrder32(at offset: Int) -> UInt32 {
        withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
    }
}
