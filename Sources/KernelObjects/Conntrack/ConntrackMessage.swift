import NetworkTypes

/// The question for one entry of connection tracking (nfnetlink_conntrack), and the reader of the answer.
public enum ConntrackMessage {
    /// `NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET`
    private static let get: UInt16 = 1 << 8 | 1

    /// `enum ctattr_type`
    private enum Attribute {
        static let original: UInt16 = 1
        static let reply: UInt16 = 2
        static let status: UInt16 = 3
        static let protocolState: UInt16 = 4
        static let mark: UInt16 = 8
    }

    /// `enum ctattr_protoinfo`, `enum ctattr_protoinfo_tcp`, `enum tcp_conntrack`
    private enum StateAttribute {
        static let tcp: UInt16 = 1
        static let state: UInt16 = 1
        static let originalFlags: UInt16 = 4
        static let replyFlags: UInt16 = 5

        static let established: UInt8 = 3
        static let liberal: UInt8 = 8
    }

    /// `enum ctattr_tuple`, `enum ctattr_ip`, `enum ctattr_l4proto`
    private enum TupleAttribute {
        static let addresses: UInt16 = 1
        static let transport: UInt16 = 2

        static let source4: UInt16 = 1
        static let destination4: UInt16 = 2
        static let source6: UInt16 = 3
        static let destination6: UInt16 = 4

        static let number: UInt16 = 1
        static let sourcePort: UInt16 = 2
        static let destinationPort: UInt16 = 3
    }

    /// Asks for the entry of the TCP connection that has such packets, in whichever of its directions. The kernel answers with one
    /// message, or `ENOENT`.
    public static func lookUp(_ tuple: ConntrackEntry.Tuple) -> EncodedMessage {
        var writer = AttributeWriter(capacity: 128)
        let isIPv4 = tuple.source.address.family == .ipv4
        writer.raw([tuple.source.address.family.rawValue, 0, 0, 0])
        let outer = writer.open(Attribute.original)
        let addresses = writer.open(TupleAttribute.addresses)
        writer.address(isIPv4 ? TupleAttribute.source4 : TupleAttribute.source6, tuple.source.address)
        writer.address(isIPv4 ? TupleAttribute.destination4 : TupleAttribute.destination6, tuple.destination.address)
        writer.close(addresses)
        let transport = writer.open(TupleAttribute.transport)
        writer.byte(TupleAttribute.number, 6)
        writer.networkOrder(TupleAttribute.sourcePort, tuple.source.port)
        writer.networkOrder(TupleAttribute.destinationPort, tuple.destination.port)
        writer.close(transport)
        writer.close(outer)
        return EncodedMessage(type: get, payload: writer.takeBytes())
    }

    /// The entry, from a `IPCTNL_MSG_CT_NEW`.
    public static func entry(_ payload: RawSpan) throws(KernelObjectsError) -> ConntrackEntry {
        let kind = "IPCTNL_MSG_CT_NEW"
        var original: ConntrackEntry.Tuple?
        var reply: ConntrackEntry.Tuple?
        var status: UInt32?
        var mark: UInt32 = 0
        var state = TCPState()
        try FirewallDump.forEachAttribute(of: payload, kind) { attribute in
            switch attribute.type {
            case Attribute.original: original = tuple(attribute)
            case Attribute.reply: reply = tuple(attribute)
            case Attribute.status: status = attribute.networkOrder32
            case Attribute.mark: mark = attribute.networkOrder32 ?? 0
            case Attribute.protocolState: state = TCPState(attribute)
            default: break
            }
        }
        guard let original, let reply, let status else { throw .malformed(message: kind) }
        return ConntrackEntry(
            original: original,
            reply: reply,
            status: status,
            mark: mark,
            isEstablished: state.isEstablished,
            isLiberal: state.isLiberal == [true, true]
        )
    }

    /// What `CTA_PROTOINFO` says of a TCP connection.
    private struct TCPState {
        var isEstablished = false
        /// In the one direction and in the other one.
        var isLiberal = [false, false]

        init() {}

        init(_ attribute: AttributeReader.Attribute) {
            var protocols = attribute.nested
            while let part = protocols.next() {
                guard part.type == StateAttribute.tcp else { continue }
                var fields = part.nested
                while let field = fields.next() {
                    switch field.type {
                    case StateAttribute.state: isEstablished = field.byte == StateAttribute.established
                    // `struct nf_ct_tcp_flags`: the flags, and which of them are meant.
                    case StateAttribute.originalFlags: isLiberal[0] = isLiberal(field)
                    case StateAttribute.replyFlags: isLiberal[1] = isLiberal(field)
                    default: break
                    }
                }
            }
        }

        private func isLiberal(_ field: AttributeReader.Attribute) -> Bool {
            field.value.count == 2 && field.value[0] & StateAttribute.liberal != 0
        }
    }

    private static func tuple(_ attribute: AttributeReader.Attribute) -> ConntrackEntry.Tuple? {
        var source: IPAddress?
        var destination: IPAddress?
        var sourcePort: UInt16?
        var destinationPort: UInt16?
        var parts = attribute.nested
        while let part = parts.next() {
            var fields = part.nested
            while let field = fields.next() {
                switch (part.type, field.type) {
                case (TupleAttribute.addresses, TupleAttribute.source4): source = field.address(.ipv4)
                case (TupleAttribute.addresses, TupleAttribute.destination4): destination = field.address(.ipv4)
                case (TupleAttribute.addresses, TupleAttribute.source6): source = field.address(.ipv6)
                case (TupleAttribute.addresses, TupleAttribute.destination6): destination = field.address(.ipv6)
                case (TupleAttribute.transport, TupleAttribute.sourcePort): sourcePort = field.networkOrder16
                case (TupleAttribute.transport, TupleAttribute.destinationPort): destinationPort = field.networkOrder16
                default: break
                }
            }
            if fields.isMalformed { return nil }
        }
        guard let source, let destination, let sourcePort, let destinationPort, !parts.isMalformed else { return nil }
        return ConntrackEntry.Tuple(
            source: TCPEndpoint(address: source, port: sourcePort),
            destination: TCPEndpoint(address: destination, port: destinationPort)
        )
    }
}
