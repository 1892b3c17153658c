public import NetworkTypes

/// Requests for the kernel's list of sockets (`NETLINK_SOCK_DIAG`, sock_diag(7)), and the reader of its messages.
public enum SocketDump {
    /// `SOCK_DIAG_BY_FAMILY`
    private static let byFamily: UInt16 = 20
    /// `IPPROTO_TCP`
    private static let tcp: UInt8 = 6
    /// `sizeof(struct inet_diag_req_v2)`
    private static let requestSize = 56
    /// `sizeof(struct inet_diag_msg)`
    private static let messageSize = 72

    /// Asks for the TCP sockets of a family that listen or are established.
    public static func tcp(_ family: AddressFamily) -> EncodedMessage {
        var writer = AttributeWriter(capacity: requestSize)
        let start = writer.claim(requestSize)
        for offset in 0..<requestSize { writer.store(UInt8(0), at: start + offset) }
        writer.store(family.rawValue, at: start)
        writer.store(tcp, at: start + 1)
        let states = [TCPSocketObject.State.established, .listening].reduce(UInt32(0)) { $0 | 1 << UInt32($1.rawValue) }
        writer.store(states, at: start + 4)
        return EncodedMessage(type: byFamily, payload: writer.takeBytes())
    }

    /// A socket, from an answer; nothing for one in another state.
    public static func socket(_ payload: RawSpan) throws(KernelObjectsError) -> TCPSocketObject? {
        let socket: TCPSocketObject?? = payload.withUnsafeBytes { bytes in
            guard bytes.count >= messageSize, let family = AddressFamily(rawValue: bytes[0]) else { return nil }
            guard let state = TCPSocketObject.State(rawValue: bytes[1]) else { return .some(nil) }
            let length = family.addressBits / 8
            func port(_ offset: Int) -> UInt16 {
                UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            }
            func number(_ offset: Int) -> UInt32 { bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
            func address(_ offset: Int) -> IPAddress? {
                IPAddress(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]), family: family)
            }
            guard let local = address(8), let peer = address(24) else { return nil }
            return TCPSocketObject(
                state: state,
                local: TCPEndpoint(address: local, port: port(4)),
                peer: TCPEndpoint(address: peer, port: port(6)),
                inode: number(68),
                boundInterface: number(40)
            )
        }
        guard let socket else { throw .malformed(message: "SOCK_DIAG_BY_FAMILY") }
        return socket
    }
}
