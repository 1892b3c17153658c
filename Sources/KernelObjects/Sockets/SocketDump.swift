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

    /// `INET_DIAG_REQ_BYTECODE`
    private static let filter: UInt16 = 1
    /// `INET_DIAG_INFO`, `INET_DIAG_MARK`
    private static let information: UInt16 = 2
    private static let mark: UInt16 = 15
    /// `INET_DIAG_BC_S_GE`, `INET_DIAG_BC_S_LE`: local ports that are at least, or at most
    private static let portAtLeast: UInt8 = 2
    private static let portAtMost: UInt8 = 3
    /// Where `tcpi_bytes_acked` and `tcpi_bytes_received` stand in `struct tcp_info`.
    private static let acknowledged = 120
    private static let received = 128

    /// Asks for the TCP sockets of a family that listen or are established.
    /// - Parameters:
    ///   - localPort: The port of this host that they have to have; nil for all.
    ///   - states: The states that they may have.
    ///   - countsBytes: Whether it is of interest how many bytes they have carried.
    public static func tcp(
        _ family: AddressFamily,
        localPort: UInt16? = nil,
        states: [TCPSocketObject.State] = [.established, .listening],
        countsBytes: Bool = false
    ) -> EncodedMessage {
        var writer = AttributeWriter(capacity: requestSize)
        let start = writer.claim(requestSize)
        for offset in 0..<requestSize { writer.store(UInt8(0), at: start + offset) }
        writer.store(family.rawValue, at: start)
        writer.store(tcp, at: start + 1)
        // `idiag_ext` has a bit for each attribute.
        if countsBytes { writer.store(UInt8(1 << (information - 1)), at: start + 2) }
        writer.store(states.reduce(UInt32(0)) { $0 | 1 << UInt32($1.rawValue) }, at: start + 4)
        if let localPort {
            // Steps of `struct inet_diag_bc_op`, each with the port in the next one; who jumps over the end is not meant.
            writer.data(
                filter,
                [portAtLeast, 8] + bytes(20) + [0, 0] + bytes(localPort) + [portAtMost, 8] + bytes(12) + [0, 0]
                    + bytes(localPort)
            )
        }
        return EncodedMessage(type: byFamily, payload: writer.takeBytes())
    }

    private static func bytes(_ number: UInt16) -> [UInt8] {
        withUnsafeBytes(of: number) { Array($0) }
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
            var mark: UInt32?
            var carried: UInt64?
            var reader = AttributeReader(UnsafeRawBufferPointer(rebasing: bytes[messageSize...]))
            while let attribute = reader.next() {
                switch attribute.type {
                case Self.mark: mark = attribute.hostOrder32
                case information where attribute.value.count >= received + 8:
                    carried = [acknowledged, received].reduce(0) {
                        $0 &+ attribute.value.loadUnaligned(fromByteOffset: $1, as: UInt64.self)
                    }
                default: break
                }
            }
            guard !reader.isMalformed else { return nil }
            return TCPSocketObject(
                state: state,
                local: TCPEndpoint(address: local, port: port(4)),
                peer: TCPEndpoint(address: peer, port: port(6)),
                inode: number(68),
                boundInterface: number(40),
                user: number(64),
                mark: mark,
                bytesCarried: carried
            )
        }
        guard let socket else { throw .malformed(message: "SOCK_DIAG_BY_FAMILY") }
        return socket
    }
}
