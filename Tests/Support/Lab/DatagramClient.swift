import Glibc

/// What a host that sent a packet got for it.
public enum PacketOutcome: Hashable, Sendable {
    /// An answer, and who sent it.
    case reply([UInt8], from: Endpoint)
    /// An ICMP message refused it.
    case icmp(ICMPError)
    /// Nothing came.
    case silence
    /// The host itself refused to send it, with an error number such as `EPERM` (dropped by a rule in output).
    case failed(errno: Int32)

    /// An ICMP message with the given type and code refused it.
    public static func icmp(type: UInt8, code: UInt8) -> PacketOutcome {
        .icmp(ICMPError(type: type, code: code))
    }

    /// The answer as text; nil if there was none.
    public var text: String? {
        if case .reply(let bytes, _) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }
}

extension Host {
    /// Sends a UDP datagram and waits for an answer. The parameters are those of `connect`.
    public func sendUDP(
        to address: String,
        port: UInt16,
        from source: Endpoint? = nil,
        _ text: String = "hello",
        mark: UInt32? = nil,
        timeout seconds: Double = 1
    ) throws -> PacketOutcome {
        let target = try SocketAddress(address, port: port)
        let client = try socket(target.family, SOCK_DGRAM)
        try client.prepare(family: target.family, source: source, mark: mark)
        return client.exchange(Array(text.utf8), with: target, until: Deadline(after: seconds)) { bytes, _ in bytes }
    }

    /// Sends an ICMP or ICMPv6 echo request, or another message of the given type, and waits for an echo reply.
    /// - Returns: The reply's text without its header.
    public func ping(
        _ address: String,
        type: UInt8? = nil,
        code: UInt8 = 0,
        from source: String? = nil,
        mark: UInt32? = nil,
        timeout seconds: Double = 1
    ) throws -> PacketOutcome {
        let target = try SocketAddress(address, port: 0)
        let isIPv6 = target.family == AF_INET6
        let client = try socket(target.family, SOCK_RAW, Int32(isIPv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
        try client.prepare(family: target.family, source: source.map { Endpoint($0, 0) }, mark: mark)
        let identifier = UInt16.random(in: 1...UInt16.max)
        let message = icmpMessage(type: type ?? (isIPv6 ? 128 : 8), code: code, identifier: identifier, text: "ping")
        return client.exchange(message, with: target, until: Deadline(after: seconds)) { bytes, _ in
            // A raw IPv4 socket also hands out the header.
            let start = isIPv6 ? 0 : Int(bytes.first ?? 0) % 16 * 4
            guard bytes.count >= start + 8, bytes[start] == (isIPv6 ? 129 : 0) else { return nil }
            guard bytes[start + 4] == UInt8(identifier >> 8), bytes[start + 5] == UInt8(identifier & 0xff) else {
                return nil
            }
            return Array(bytes[(start + 8)...])
        }
    }

    /// Sends an IP packet with any protocol and payload, and waits for an ICMP error.
    ///
    /// The kernel makes the IP header. Whether the packet arrived is to be seen at the other end with `capture`.
    public func sendIP(
        to address: String,
        protocol number: UInt8,
        payload: [UInt8],
        from source: String? = nil,
        mark: UInt32? = nil,
        timeout seconds: Double = 0.2
    ) throws -> PacketOutcome {
        let target = try SocketAddress(address, port: 0)
        let client = try socket(target.family, SOCK_RAW, Int32(number))
        try client.prepare(family: target.family, source: source.map { Endpoint($0, 0) }, mark: mark)
        return client.exchange(payload, with: target, until: Deadline(after: seconds)) { _, _ in nil }
    }
}

/// A TCP segment without payload, for `sendIP` with protocol 6: any combination of flags (FIN 1, SYN 2, RST 4, PSH 8, ACK 16,
/// URG 32), with a right checksum.
public func tcpSegment(from source: Endpoint, to destination: Endpoint, flags: UInt8) throws -> [UInt8] {
    var segment: [UInt8] = []
    segment += bigEndian(source.port) + bigEndian(destination.port)
    segment += [0, 0, 0, 1, 0, 0, 0, 0, 5 << 4, flags, 4, 0, 0, 0, 0, 0]
    let pseudoHeader = try addressBytes(source.address) + addressBytes(destination.address)
    let sum = internetChecksum(pseudoHeader + bigEndian(6) + bigEndian(UInt16(segment.count)) + segment)
    segment.replaceSubrange(16..<18, with: bigEndian(sum))
    return segment
}

/// An ICMP message; the kernel computes the checksum of an ICMPv6 message itself.
private func icmpMessage(type: UInt8, code: UInt8, identifier: UInt16, text: String) -> [UInt8] {
    var message = [type, code, 0, 0] + bigEndian(identifier) + [0, 1] + Array(text.utf8)
    message.replaceSubrange(2..<4, with: bigEndian(internetChecksum(message)))
    return message
}

private func bigEndian(_ value: UInt16) -> [UInt8] {
    [UInt8(value >> 8), UInt8(value & 0xff)]
}

/// The checksum of RFC 1071.
private func internetChecksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
        sum += UInt32(bytes[index]) << 8 | (index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
    }
    while sum > 0xffff { sum = (sum & 0xffff) + (sum >> 16) }
    return ~UInt16(sum)
}

extension TestSocket {
    /// Sends a packet and waits for an ICMP error or for a packet in which the closure finds an answer.
    fileprivate func exchange(
        _ bytes: [UInt8],
        with target: SocketAddress,
        until deadline: Deadline,
        _ answer: ([UInt8], Endpoint) -> [UInt8]?
    ) -> PacketOutcome {
        guard send(bytes, to: target) != nil else { return outcome(errno) }
        while true {
            let events = wait(for: POLLIN, until: deadline)
            guard events != 0 else { return .silence }
            if events & POLLERR != 0 {
                let error = takeError()
                if let queued = queuedOutcome() { return queued }
                if error != 0 { return .failed(errno: error) }
            }
            guard let (reply, sender) = receive() else {
                if errno == EAGAIN { continue }
                return outcome(errno)
            }
            if let text = answer(reply, sender) { return .reply(text, from: sender) }
        }
    }

    private func outcome(_ error: Int32) -> PacketOutcome {
        queuedOutcome() ?? .failed(errno: error)
    }

    private func queuedOutcome() -> PacketOutcome? {
        switch takeQueuedError() {
        case .icmp(let message): .icmp(message)
        case .local(let errno): .failed(errno: errno)
        case nil: nil
        }
    }
}
