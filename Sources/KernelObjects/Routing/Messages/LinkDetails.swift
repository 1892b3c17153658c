import NetworkTypes

/// What `IFLA_LINKINFO` says of an interface.
struct LinkDetails {
    private(set) var kind: String?
    private var data: [UInt16: [UInt8]] = [:]

    mutating func read(_ attributes: AttributeReader) {
        var reader = attributes
        while let attribute = reader.next() {
            switch attribute.type {
            // IFLA_INFO_KIND
            case 1: kind = attribute.name
            // IFLA_INFO_DATA
            case 2:
                var fields = attribute.nested
                while let field = fields.next() { data[field.type] = Array(field.value) }
            default: break
            }
        }
    }

    /// The ends of the packets that carry others; nil if the kind has none, or if one end is not known.
    var tunnel: LinkObject.Tunnel? {
        switch kind {
        // IFLA_VXLAN_LOCAL, _GROUP, _LOCAL6, _GROUP6, _PORT
        case "vxlan": tunnel(local: [4, 17], remote: [2, 16], ipProtocol: 17, port: port(15))
        // IFLA_IPTUN_LOCAL, _REMOTE
        case "ipip": tunnel(local: [2], remote: [3], ipProtocol: 4)
        case "sit": tunnel(local: [2], remote: [3], ipProtocol: 41)
        // IFLA_GRE_LOCAL, _REMOTE
        case "gre", "gretap", "ip6gre", "ip6gretap", "erspan", "ip6erspan":
            tunnel(local: [6], remote: [7], ipProtocol: 47)
        default: nil
        }
    }

    private func tunnel(
        local: [UInt16],
        remote: [UInt16],
        ipProtocol: UInt8,
        port: UInt16? = nil
    ) -> LinkObject.Tunnel? {
        guard let local = local.lazy.compactMap(address).first, let remote = remote.lazy.compactMap(address).first
        else { return nil }
        return LinkObject.Tunnel(local: local, remote: remote, ipProtocol: ipProtocol, port: port)
    }

    /// An address that is one; the unspecified one says that there is none.
    private func address(_ type: UInt16) -> IPAddress? {
        guard let bytes = data[type], bytes.contains(where: { $0 != 0 }) else { return nil }
        return bytes.withUnsafeBytes { IPAddress($0, family: bytes.count == 4 ? .ipv4 : .ipv6) }
    }

    private func port(_ type: UInt16) -> UInt16? {
        guard let bytes = data[type], bytes.count == 2 else { return nil }
        return UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    }
}
