/// An IP packet as the tests think of it: who sends what to whom.
struct Packet: Hashable, Sendable {
    /// Where it comes from; nothing in a case's table means the usual neighbour.
    var source: Address?
    /// Where it goes to; nothing in a case's table means the usual host.
    var destination: Address?
    /// Whether it is an IPv6 packet.
    var isIPv6 = false
    var payload: Payload

    /// What the IP header carries.
    enum Payload: Hashable, Sendable {
        case tcp(source: UInt16, destination: UInt16, flags: TCPFlags)
        case udp(source: UInt16, destination: UInt16)
        case sctp(source: UInt16, destination: UInt16)
        /// ICMP, or ICMPv6 in an IPv6 packet; for an error also the packet it is about.
        case icmp(type: UInt8, code: UInt8)
        /// Another protocol, whose bytes do not matter here.
        case other(UInt8)
    }

    struct TCPFlags: OptionSet, Hashable, Sendable {
        let rawValue: UInt8
        static let fin = TCPFlags(rawValue: 0x01)
        static let syn = TCPFlags(rawValue: 0x02)
        static let rst = TCPFlags(rawValue: 0x04)
        static let psh = TCPFlags(rawValue: 0x08)
        static let ack = TCPFlags(rawValue: 0x10)
        static let urg = TCPFlags(rawValue: 0x20)
    }

    /// What packets are not compared by.
    private(set) var contents = Contents.usual

    /// What is inside a packet.
    enum Contents: Hashable, Sendable {
        case usual
        /// An ICMP error's beginning of another packet.
        case quote(bytes: [UInt8])
        /// A UDP datagram's length.
        case bytes(Int)
    }
}

// How tables write packets.
extension Packet {
    /// The source port where nothing else is said.
    static let usualPort: UInt16 = 40000

    static func tcp(_ port: UInt16, from source: UInt16 = usualPort, flags: TCPFlags = .syn) -> Packet {
        Packet(payload: .tcp(source: source, destination: port, flags: flags))
    }

    static func udp(_ port: UInt16, from source: UInt16 = usualPort) -> Packet {
        Packet(payload: .udp(source: source, destination: port))
    }

    static func sctp(_ port: UInt16, from source: UInt16 = usualPort) -> Packet {
        Packet(payload: .sctp(source: source, destination: port))
    }

    /// An ICMP message, which is IPv4's.
    static func icmp(_ type: UInt8, _ code: UInt8 = 0) -> Packet {
        Packet(payload: .icmp(type: type, code: code))
    }

    /// An ICMPv6 message.
    static func icmpv6(_ type: UInt8, _ code: UInt8 = 0) -> Packet {
        Packet(isIPv6: true, payload: .icmp(type: type, code: code))
    }

    /// The question of ping.
    static let ping = icmp(8)

    /// The question of ping in IPv6.
    static let ping6 = icmpv6(128)

    static func other(_ proto: UInt8) -> Packet {
        Packet(payload: .other(proto))
    }

    /// An ICMP error about a packet, as a router that got it would send.
    static func error(_ type: UInt8, _ code: UInt8, about packet: Packet) -> Packet {
        var error = Packet(isIPv6: packet.isIPv6, payload: .icmp(type: type, code: code))
        error.contents = .quote(bytes: packet.bytes)
        return error
    }

    /// The same packet in IPv6.
    var v6: Packet {
        var copy = self
        copy.isIPv6 = true
        return copy
    }

    /// The datagram with that many bytes in it.
    func padded(to count: Int) -> Packet {
        var copy = self
        copy.contents = .bytes(count)
        return copy
    }

    func from(_ address: Address) -> Packet {
        var copy = self
        copy.source = address
        copy.isIPv6 = address.isIPv6
        return copy
    }

    func to(_ address: Address) -> Packet {
        var copy = self
        copy.destination = address
        copy.isIPv6 = address.isIPv6
        return copy
    }
}

extension Packet {
    var sourcePort: UInt16? {
        get {
            switch payload {
            case .tcp(let port, _, _), .udp(let port, _), .sctp(let port, _): port
            default: nil
            }
        }
        set { setPorts(source: newValue, destination: destinationPort) }
    }

    var destinationPort: UInt16? {
        get {
            switch payload {
            case .tcp(_, let port, _), .udp(_, let port), .sctp(_, let port): port
            default: nil
            }
        }
        set { setPorts(source: sourcePort, destination: newValue) }
    }

    private mutating func setPorts(source: UInt16?, destination: UInt16?) {
        guard let source, let destination else { return }
        switch payload {
        case .tcp(_, _, let flags): payload = .tcp(source: source, destination: destination, flags: flags)
        case .udp: payload = .udp(source: source, destination: destination)
        case .sctp: payload = .sctp(source: source, destination: destination)
        default: break
        }
    }

    /// The number in the IP header.
    var protocolNumber: UInt8 {
        switch payload {
        case .tcp: 6
        case .udp: 17
        case .sctp: 132
        case .icmp: isIPv6 ? 58 : 1
        case .other(let number): number
        }
    }

    /// The packet with the two ends exchanged.
    var reversed: Packet {
        var copy = self
        copy.contents = .usual
        (copy.source, copy.destination) = (destination, source)
        copy.setPorts(source: destinationPort, destination: sourcePort)
        return copy
    }

    /// What a host sends back for a packet for which nobody listens.
    var answerOfHost: Packet? {
        var answer = reversed
        switch payload {
        case .tcp(_, _, let flags):
            guard !flags.contains(.rst) else { return nil }
            answer.flags = flags.contains(.ack) ? .rst : [.rst, .ack]
        case .udp:
            answer.payload = isIPv6 ? .icmp(type: 1, code: 4) : .icmp(type: 3, code: 3)
        case .icmp(type: isIPv6 ? 128 : 8, let code):
            answer.payload = .icmp(type: isIPv6 ? 129 : 0, code: code)
        default:
            return nil
        }
        return answer
    }

    /// What the other end sends to go on, and no host answers if it does not know of it.
    var answerOfPeer: Packet? {
        var answer = reversed
        switch payload {
        case .tcp: answer.flags = [.rst, .ack]
        case .udp, .sctp: break
        case .icmp(let type, let code): answer.payload = .icmp(type: type == 128 ? 129 : 0, code: code)
        case .other: return nil
        }
        return answer
    }

    var flags: TCPFlags {
        get {
            guard case .tcp(_, _, let flags) = payload else { return [] }
            return flags
        }
        set {
            guard case .tcp(let source, let destination, _) = payload else { return }
            payload = .tcp(source: source, destination: destination, flags: newValue)
        }
    }
}

extension Packet {
    static func == (left: Packet, right: Packet) -> Bool {
        left.source == right.source && left.destination == right.destination && left.isIPv6 == right.isIPv6
            && left.payload == right.payload
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(source)
        hasher.combine(destination)
        hasher.combine(payload)
    }
}

extension Packet: CustomStringConvertible {
    var description: String {
        let from = source.map(\.description) ?? "*"
        let to = destination.map(\.description) ?? "*"
        func end(_ address: String, _ port: UInt16) -> String {
            address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
        }
        switch payload {
        case .tcp(let source, let destination, let flags):
            return "tcp \(end(from, source)) > \(end(to, destination)) \(flags)"
        case .udp(let source, let destination):
            return "udp \(end(from, source)) > \(end(to, destination))"
        case .sctp(let source, let destination):
            return "sctp \(end(from, source)) > \(end(to, destination))"
        case .icmp(let type, let code):
            return "\(isIPv6 ? "icmpv6" : "icmp") type \(type) code \(code) \(from) > \(to)"
        case .other(let number):
            return "protocol \(number) \(from) > \(to)"
        }
    }
}

extension Packet.TCPFlags: CustomStringConvertible {
    var description: String {
        let names: [(Self, String)] = [
            (.fin, "fin"), (.syn, "syn"), (.rst, "rst"), (.psh, "psh"), (.ack, "ack"), (.urg, "urg"),
        ]
        return names.filter { contains($0.0) }.map(\.1).joined(separator: ",")
    }
}
