import Glibc

/// Receives what rules log to a group (`nfnetlink_log`), in the namespace that it is opened in.
final class LogListener {
    private let descriptor: Int32

    /// A packet that was logged, with the prefix of the rule.
    struct Entry: Hashable {
        var prefix: String
        var packet: Packet?
    }

    init(group: UInt16) throws {
        descriptor = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), 12)
        guard descriptor >= 0 else { throw SocketFailure("open a netlink socket") }
        // NFULA_CFG_CMD with NFULNL_CFG_CMD_BIND; whole packets; each entry at once.
        try configure(group, type: 1, [1, 0, 0, 0])
        try configure(group, type: 2, [0, 0, 0xff, 0xff, 2, 0, 0, 0])
        try configure(group, type: 5, [0, 0, 0, 1])
    }

    deinit {
        close(descriptor)
    }

    private func configure(_ group: UInt16, type: UInt8, _ value: [UInt8]) throws {
        let length = type == 1 ? 5 : type == 2 ? 10 : 8
        // NFULNL_MSG_CONFIG with NLM_F_REQUEST | NLM_F_ACK, struct nfgenmsg, one attribute.
        let message: [UInt8] =
            [UInt8(20 + 4 + value.count), 0, 0, 0, 1, 4, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0]
            + [0, 0] + Array(bigEndian: group) + [UInt8(length), 0, type, 0] + value
        guard send(descriptor, message, message.count, 0) == message.count else { throw SocketFailure("ask for a log") }
        guard let answer = descriptor.receive(), answer.count >= 20, answer[16..<20].allSatisfy({ $0 == 0 }) else {
            throw SocketFailure("listen to log group \(group)")
        }
    }

    /// The entries that have come since the last call.
    func entries() -> [Entry] {
        var entries: [Entry] = []
        while let datagram = descriptor.receive() {
            var rest = datagram[...]
            while rest.count >= 20 {
                let bytes = Array(rest)
                let length = Int(bytes[0]) | Int(bytes[1]) << 8
                guard length >= 20, length <= bytes.count else { break }
                // NFULNL_MSG_PACKET.
                if bytes[4] == 0, bytes[5] == 4 { entries.append(Entry(attributes: Array(bytes[20..<length]))) }
                rest = rest.dropFirst((length + 3) & ~3)
            }
        }
        return entries
    }
}

extension LogListener.Entry {
    fileprivate init(attributes: [UInt8]) {
        self.init(prefix: "", packet: nil)
        var offset = 0
        while offset + 4 <= attributes.count {
            let length = Int(attributes[offset]) | Int(attributes[offset + 1]) << 8
            guard length >= 4, offset + length <= attributes.count else { return }
            let value = Array(attributes[offset + 4..<offset + length])
            switch attributes[offset + 2] {
            // NFULA_PREFIX and NFULA_PAYLOAD.
            case 10: prefix = String(decoding: value.prefix { $0 != 0 }, as: UTF8.self)
            case 9: packet = Packet(value)
            default: break
            }
            offset += (length + 3) & ~3
        }
    }
}
