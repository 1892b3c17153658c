extension Packet {
    /// The packet as it goes over the wire, from the IP header on, with valid checksums; it knows both of its ends.
    var bytes: [UInt8] {
        guard let source, let destination else { preconditionFailure("a packet without an end: \(self)") }
        var body = self.body
        if let offset = checksumOffset {
            let pseudo: [UInt8] =
                payload.isICMPv4(isIPv6)
                ? []
                : source.bytes + destination.bytes + Array(bigEndian: UInt32(body.count))
                    + Array(bigEndian: UInt32(protocolNumber))
            body.replaceSubrange(offset..<offset + 2, with: Array(bigEndian: internetChecksum(pseudo + body)))
        }
        if isIPv6 {
            return [0x60, 0, 0, 0] + Array(bigEndian: UInt16(body.count)) + [protocolNumber, 64] + source.bytes
                + destination.bytes + body
        }
        var header: [UInt8] =
            [0x45, 0] + Array(bigEndian: UInt16(20 + body.count)) + [0, 1, 0x40, 0, 64, protocolNumber, 0, 0]
            + source.bytes + destination.bytes
        header.replaceSubrange(10..<12, with: Array(bigEndian: internetChecksum(header)))
        return header + body
    }

    /// The transport header, and what is in it, with a zero for an Internet checksum.
    private var body: [UInt8] {
        switch payload {
        case .tcp(let source, let destination, let flags):
            let acknowledged: UInt32 = flags.contains(.ack) ? 1001 : 0
            let sequence: UInt32 = flags.isDisjoint(with: [.syn, .rst]) ? 1001 : 1000
            return Array(bigEndian: source) + Array(bigEndian: destination) + Array(bigEndian: sequence)
                + Array(bigEndian: acknowledged) + [0x50, flags.rawValue, 0xff, 0xff, 0, 0, 0, 0]
        case .udp(let source, let destination):
            return Array(bigEndian: source) + Array(bigEndian: destination) + Array(bigEndian: UInt16(8 + data.count))
                + [0, 0] + data
        case .sctp(let source, let destination):
            // An INIT chunk (RFC 9260 3.3.2).
            let ports: [UInt8] = Array(bigEndian: source) + Array(bigEndian: destination)
            let chunk: [UInt8] = [1, 0, 0, 20, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1]
            return ports + [0, 0, 0, 0] + sctpChecksum(ports + [0, 0, 0, 0, 0, 0, 0, 0] + chunk) + chunk
        case .icmp(let type, let code):
            return [type, code, 0, 0, 0, 7, 0, 1] + data
        case .other:
            return [UInt8](repeating: 0, count: 16)
        }
    }

    private var data: [UInt8] {
        switch contents {
        case .usual: Array("weir".utf8)
        case .quote(let bytes): bytes
        case .bytes(let count): [UInt8](repeating: 0, count: count)
        }
    }

    private var checksumOffset: Int? {
        switch payload {
        case .tcp: 16
        case .udp: 6
        case .icmp: 2
        case .sctp, .other: nil
        }
    }

    /// Reads a packet that starts with its IP header; nothing if it is none, or of no interest.
    init?(_ bytes: [UInt8]) {
        switch bytes.first.map({ $0 >> 4 }) {
        case 4 where bytes.count >= 20:
            let length = Int(bytes[0] & 15) * 4
            guard bytes.count >= length else { return nil }
            self.init(
                protocolNumber: bytes[9],
                source: Address(bytes: Array(bytes[12..<16])),
                destination: Address(bytes: Array(bytes[16..<20])),
                body: Array(bytes[length...])
            )
        case 6 where bytes.count >= 40:
            self.init(
                protocolNumber: bytes[6],
                source: Address(bytes: Array(bytes[8..<24])),
                destination: Address(bytes: Array(bytes[24..<40])),
                body: Array(bytes[40...])
            )
        default:
            return nil
        }
    }

    /// Reads what an IP packet carries.
    init?(protocolNumber: UInt8, source: Address, destination: Address, body: [UInt8]) {
        guard body.count >= 8 else { return nil }
        let sourcePort = body.bigEndian16(at: 0)
        let destinationPort = body.bigEndian16(at: 2)
        let payload: Payload
        switch protocolNumber {
        case 6 where body.count >= 20:
            let flags = TCPFlags(rawValue: body[13])
            payload = .tcp(source: sourcePort, destination: destinationPort, flags: flags)
        case 17: payload = .udp(source: sourcePort, destination: destinationPort)
        case 132: payload = .sctp(source: sourcePort, destination: destinationPort)
        case 1 where !source.isIPv6, 58 where source.isIPv6: payload = .icmp(type: body[0], code: body[1])
        default: payload = .other(protocolNumber)
        }
        self.init(source: source, destination: destination, isIPv6: source.isIPv6, payload: payload)
    }

    /// Whether it belongs to the upkeep of a link: neighbour discovery, router discovery, multicast listeners.
    var isLinkUpkeep: Bool {
        switch payload {
        case .icmp(let type, _): isIPv6 && (133...137).contains(type)
        // Reports of multicast listeners come with a hop-by-hop options header.
        case .other(0): isIPv6
        default: false
        }
    }
}

extension Packet.Payload {
    fileprivate func isICMPv4(_ isIPv6: Bool) -> Bool {
        guard case .icmp = self else { return false }
        return !isIPv6
    }
}

/// RFC 1071.
private func internetChecksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
        sum += UInt32(bytes[index]) << 8 + (index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
    }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return ~UInt16(sum)
}

/// CRC32c as SCTP writes it (RFC 9260 appendix A).
private func sctpChecksum(_ bytes: [UInt8]) -> [UInt8] {
    var crc: UInt32 = 0xffff_ffff
    for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
    }
    crc = ~crc
    return [UInt8(crc & 0xff), UInt8(crc >> 8 & 0xff), UInt8(crc >> 16 & 0xff), UInt8(crc >> 24)]
}
