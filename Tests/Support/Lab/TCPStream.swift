import Glibc

/// A TCP connection that a test holds one end of, byte by byte.
public final class TCPStream: Sendable {
    let socket: TestSocket

    init(_ socket: TestSocket) {
        self.socket = socket
    }

    /// Own address and port.
    public var local: Endpoint { socket.local }
    /// Address and port at the other end.
    public var peer: Endpoint { socket.peer }

    /// Sends bytes; false where the socket refuses.
    @discardableResult
    public func send(_ text: String) -> Bool {
        socket.send(Array(text.utf8)) == text.utf8.count
    }

    /// Waits for bytes; nothing if none came in time, or where the connection has ended.
    public func receive(within seconds: Double) -> String? {
        guard socket.wait(for: POLLIN, until: Deadline(after: seconds)) != 0, let (bytes, _) = socket.receive(),
            !bytes.isEmpty
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A listening socket whose connections a test takes itself.
public final class TCPListener: Sendable {
    private let socket: TestSocket

    init(_ socket: TestSocket) {
        self.socket = socket
    }

    /// Takes the next connection; nothing if none came in time.
    public func accept(within seconds: Double) -> TCPStream? {
        guard socket.wait(for: POLLIN, until: Deadline(after: seconds)) != 0 else { return nil }
        let descriptor = Glibc.accept(socket.descriptor, nil, nil)
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        return TCPStream(TestSocket(descriptor: descriptor))
    }
}

extension Host {
    /// Listens on a port of all addresses of both families.
    public func listenTCP(port: UInt16) throws -> TCPListener {
        let listener = try socket(AF_INET6, SOCK_STREAM)
        try listener.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0)
        try listener.set(SOL_SOCKET, SO_REUSEADDR)
        try listener.bind(try SocketAddress("::", port: port))
        guard Glibc.listen(listener.descriptor, 64) == 0 else { throw NetworkFailure("listen", errno: errno) }
        return TCPListener(listener)
    }

    /// Connects to a port; nothing if no connection came about in time.
    /// - Parameter ownPort: The port to connect from, where it matters; 0 for any.
    public func openTCP(
        to address: String,
        port: UInt16,
        from ownPort: UInt16 = 0,
        within seconds: Double
    ) throws -> TCPStream? {
        let target = try SocketAddress(address, port: port)
        let client = try socket(target.family, SOCK_STREAM)
        if ownPort != 0 {
            try client.bind(try SocketAddress(target.family == AF_INET ? "0.0.0.0" : "::", port: ownPort))
        }
        if target.withPointer({ Glibc.connect(client.descriptor, $0, $1) }) != 0 {
            guard errno == EINPROGRESS, client.wait(for: POLLOUT, until: Deadline(after: seconds)) != 0,
                client.takeError() == 0
            else { return nil }
        }
        return TCPStream(client)
    }
}
