/// `struct ifinfomsg`, `IFLA_*`
private enum LinkAttribute {
    static let headerSize = 16

    static let address: UInt16 = 1
    static let name: UInt16 = 3
    static let mtu: UInt16 = 4
    static let information: UInt16 = 18
    /// `IFLA_INFO_KIND`
    static let kind: UInt16 = 1
    /// `IFLA_INFO_DATA`
    static let data: UInt16 = 2
    /// `VETH_INFO_PEER`
    static let peer: UInt16 = 1

    /// `IFF_UP`
    static let up: UInt32 = 0x1
    /// What of the flags is taken over: `IFF_UP`, `IFF_NOARP`, `IFF_MULTICAST`.
    static let copiedFlags: UInt32 = 0x1 | 0x80 | 0x1000
    /// `IFF_LOWER_UP`: there is a carrier.
    static let carrier: UInt32 = 0x1_0000
    /// The largest packets of a virtual Ethernet cable.
    static let largestMTU: UInt32 = 65535
}

extension LinkClone {
    /// The message that makes an interface that is like this one: one end of a virtual Ethernet cable. It has a carrier as soon as the
    /// other end is switched on.
    /// - Parameters:
    ///   - keepsIndex: Whether it gets the same number.
    ///   - peer: Name and number of the other end.
    public func creation(keepsIndex: Bool = true, peer: (name: String, index: UInt32)) -> EncodedMessage {
        var writer = AttributeWriter(capacity: 256)
        writer.linkHeader(
            index: keepsIndex ? index : 0,
            flags: flags & LinkAttribute.copiedFlags,
            change: LinkAttribute.copiedFlags
        )
        writer.name(LinkAttribute.name, name)
        writer.hostOrder(LinkAttribute.mtu, min(mtu, LinkAttribute.largestMTU))
        if isEthernetAddress { writer.data(LinkAttribute.address, hardwareAddress) }
        let information = writer.open(LinkAttribute.information)
        writer.string(LinkAttribute.kind, "veth")
        let data = writer.open(LinkAttribute.data)
        let other = writer.open(LinkAttribute.peer)
        writer.linkHeader(index: keepsIndex ? peer.index : 0, flags: 0, change: 0)
        writer.name(LinkAttribute.name, peer.name)
        writer.close(other)
        writer.close(data)
        writer.close(information)
        return EncodedMessage(
            type: RoutingMessage.newLink,
            flags: MessageFlag.create | MessageFlag.exclusive,
            payload: writer.takeBytes()
        )
    }

    /// The message that switches an interface that is there on or off, as this one is.
    /// - Parameter index: The number of the interface that is there.
    public func switching(index: UInt32) -> EncodedMessage {
        Self.switching(index, isOn: flags & LinkAttribute.up != 0)
    }

    /// The message that switches the other end of a cable on, where this interface has a carrier, or off.
    /// - Parameter index: The number of the other end.
    public func switching(peer index: UInt32) -> EncodedMessage {
        Self.switching(index, isOn: flags & LinkAttribute.carrier != 0)
    }

    private static func switching(_ index: UInt32, isOn: Bool) -> EncodedMessage {
        var writer = AttributeWriter(capacity: 64)
        writer.linkHeader(index: index, flags: isOn ? LinkAttribute.up : 0, change: LinkAttribute.up)
        return EncodedMessage(type: RoutingMessage.newLink, payload: writer.takeBytes())
    }

    /// Six bytes, neither all zero nor of a group: other ones no Ethernet interface takes.
    private var isEthernetAddress: Bool {
        hardwareAddress.count == 6 && hardwareAddress[0] & 1 == 0 && hardwareAddress.contains { $0 != 0 }
    }
}

extension AddressClone {
    /// The message that gives an interface the address.
    /// - Parameter interfaceIndex: The number of that interface.
    public func creation(interfaceIndex: UInt32) -> EncodedMessage {
        var payload = payload
        withUnsafeBytes(of: interfaceIndex) { bytes in
            for (offset, byte) in bytes.enumerated() { payload[4 + offset] = byte }
        }
        return EncodedMessage(
            type: RoutingMessage.newAddress,
            flags: MessageFlag.create | MessageFlag.exclusive,
            payload: payload
        )
    }
}

extension RoutingDump {
    /// What matters of an interface, from a `RTM_NEWLINK`; nothing for an entry of another kind (a bridge's port).
    public static func linkClone(_ payload: RawSpan) throws(KernelObjectsError) -> LinkClone? {
        guard let link = try link(payload) else { return nil }
        var clone = LinkClone(index: link.index, name: link.name, flags: link.flags, mtu: link.mtu)
        _ = try forEachAttribute(of: payload, headerSize: LinkAttribute.headerSize, "RTM_NEWLINK") { attribute in
            switch attribute.type {
            case LinkAttribute.address: clone.hardwareAddress = Array(attribute.value)
            case LinkAttribute.information:
                var reader = attribute.nested
                while let part = reader.next() {
                    if part.type == LinkAttribute.kind { clone.kind = part.string }
                }
            default: break
            }
        }
        return clone
    }

    /// An address that can be given to another interface, from a `RTM_NEWADDR`; nothing for one of a family that Weir does not know.
    public static func addressClone(_ payload: RawSpan) throws(KernelObjectsError) -> AddressClone? {
        guard let address = try address(payload) else { return nil }
        var writer = AttributeWriter(capacity: 128)
        var flags: UInt32 = 0
        var attributes = AttributeWriter(capacity: 128)
        let header = try forEachAttribute(of: payload, headerSize: 8, "RTM_NEWADDR") { attribute in
            switch attribute.type {
            // IFA_FLAGS
            case 8: flags = attribute.hostOrder32 ?? 0
            // IFA_CACHEINFO: how long it lives; IFA_TARGET_NETNSID: whose it is
            case 6, 10: break
            default: attributes.raw(attribute.whole)
            }
        }
        writer.raw(header)
        // The flags stand in an attribute, since they do not all fit here.
        writer.store(UInt8(0), at: 2)
        writer.raw(attributes.takeBytes())
        // IFA_F_NOPREFIXROUTE, _MCAUTOJOIN as they are, and IFA_F_NODAD: there is nobody to ask whether the address is taken.
        writer.hostOrder(8, flags & 0x600 | 0x2)
        return AddressClone(interfaceIndex: address.interfaceIndex, payload: writer.takeBytes())
    }
}

extension AttributeWriter {
    /// Writes `struct ifinfomsg`.
    fileprivate mutating func linkHeader(index: UInt32, flags: UInt32, change: UInt32) {
        let start = claim(LinkAttribute.headerSize)
        store(UInt32(0), at: start)
        store(index, at: start + 4)
        store(flags, at: start + 8)
        store(change, at: start + 12)
    }
}
