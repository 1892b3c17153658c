import CLinux
import Glibc
import Synchronization

/// A server on a host of the lab: it takes what comes, answers, and records what it saw. It stops when the host ends, or on `stop`.
public final class Server: Sendable {
    /// What the server answers.
    public enum Answer: Hashable, Sendable {
        /// What it receives.
        case echo
        /// A text; over TCP at once, over UDP to each datagram.
        case text(String)
        /// Nothing.
        case nothing
    }

    /// A connection, or for UDP a datagram, as the server saw it.
    public struct Visit: Hashable, Sendable {
        /// Who came.
        public var peer: Endpoint
        /// The server's own address for a connection; for UDP without a concrete address.
        public var local: Endpoint
        /// Where the client wanted to go before this host redirected it (`SO_ORIGINAL_DST`); nil if it was not.
        public var originalDestination: Endpoint?
        /// What the client sent.
        public var received: [UInt8]

        /// What the client sent, as text.
        public var text: String { String(decoding: received, as: UTF8.self) }
    }

    private let loop: ServerLoop
    private let thread: BackgroundThread

    init(_ loop: ServerLoop) throws(NetworkFailure) {
        self.loop = loop
        thread = try BackgroundThread {
            loop.run()
            return false
        }
    }

    deinit {
        stop()
    }

    /// Closes the port.
    public func stop() {
        loop.stop()
        thread.stop()
        loop.close()
    }

    /// All visits so far, in order.
    public var visits: [Visit] { loop.visits.withLock { $0 } }

    /// The visits as soon as there are that many, with everything they sent; fewer if the time is over.
    public func visits(atLeast count: Int, timeout seconds: Double = 3) -> [Visit] {
        let deadline = Deadline(after: seconds)
        while true {
            let visits = visits
            let isComplete = visits.count >= count && loop.openConnections.withLock { $0 } == 0
            if isComplete || deadline.hasPassed { return visits }
            usleep(1000)
        }
    }
}

extension Host {
    /// Starts a TCP server on the host, for both families unless an address is given.
    @discardableResult
    public func serveTCP(
        port: UInt16,
        address: String? = nil,
        answering answer: Server.Answer = .echo
    ) throws -> Server {
        let loop = try ServerLoop(serverSockets(SOCK_STREAM, port, address), isStream: true, answer: answer)
        let server = try Server(loop)
        keep(server)
        return server
    }

    /// Starts a UDP server on the host, for both families unless an address is given.
    @discardableResult
    public func serveUDP(
        port: UInt16,
        address: String? = nil,
        answering answer: Server.Answer = .echo
    ) throws -> Server {
        let loop = try ServerLoop(serverSockets(SOCK_DGRAM, port, address), isStream: false, answer: answer)
        let server = try Server(loop)
        keep(server)
        return server
    }

    private func serverSockets(_ kind: __socket_type, _ port: UInt16, _ address: String?) throws -> [TestSocket] {
        var sockets: [TestSocket] = []
        for address in address.map({ [$0] }) ?? ["0.0.0.0", "::"] {
            let target = try SocketAddress(address, port: port)
            let server = try socket(target.family, kind)
            try server.set(SOL_SOCKET, SO_REUSEADDR)
            if target.family == AF_INET6 { try server.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY) }
            try server.bind(target)
            if kind.rawValue == SOCK_STREAM.rawValue, listen(server.descriptor, 64) != 0 {
                throw NetworkFailure("listen on \(target.endpoint)", errno: errno)
            }
            sockets.append(server)
        }
        return sockets
    }
}

/// What the server's thread does.
final class ServerLoop: Sendable {
    let visits = Mutex<[Server.Visit]>([])
    let openConnections = Mutex(0)
    private let sockets: Mutex<[TestSocket]>
    private let isStream: Bool
    private let answer: Server.Answer
    /// Becomes readable when the server is to stop.
    private let wakeUp: TestSocket

    init(_ sockets: [TestSocket], isStream: Bool, answer: Server.Answer) throws(NetworkFailure) {
        self.sockets = Mutex(sockets)
        self.isStream = isStream
        self.answer = answer
        let descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw NetworkFailure("eventfd", errno: errno) }
        wakeUp = TestSocket(descriptor: descriptor)
    }

    func stop() {
        var one: UInt64 = 1
        _ = write(wakeUp.descriptor, &one, 8)
    }

    /// Closes the sockets, after the thread has ended.
    ///
    /// A program that is just being started elsewhere holds copies for a moment; they do not listen any more either.
    func close() {
        sockets.withLock { sockets in
            for socket in sockets { shutdown(socket.descriptor, Int32(SHUT_RDWR)) }
            sockets = []
        }
    }

    func run() {
        let sockets = sockets.withLock { $0 }
        var connections: [(socket: TestSocket, visit: Int)] = []
        while true {
            var entries = ([wakeUp] + sockets + connections.map(\.socket)).map {
                pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
            }
            guard poll(&entries, nfds_t(entries.count), -1) > 0 else { continue }
            if entries[0].revents != 0 { return }
            for index in connections.indices.reversed() where entries[1 + sockets.count + index].revents != 0 {
                guard !serve(connections[index].socket, connections[index].visit) else { continue }
                connections.remove(at: index)
                openConnections.withLock { $0 -= 1 }
            }
            for (index, socket) in sockets.enumerated() where entries[1 + index].revents != 0 {
                if isStream {
                    if let connection = accept(on: socket) { connections.append(connection) }
                } else {
                    takeDatagram(from: socket)
                }
            }
        }
    }

    private func accept(on server: TestSocket) -> (TestSocket, Int)? {
        let descriptor = Glibc.accept(server.descriptor, nil, nil)
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let connection = TestSocket(descriptor: descriptor)
        let visit = Server.Visit(
            peer: connection.peer,
            local: connection.local,
            originalDestination: connection.originalDestination,
            received: []
        )
        if case .text(let text) = answer {
            connection.sendAll(Array(text.utf8), until: Deadline(after: 2))
        }
        openConnections.withLock { $0 += 1 }
        return (connection, record(visit))
    }

    private func record(_ visit: Server.Visit) -> Int {
        visits.withLock {
            $0.append(visit)
            return $0.count - 1
        }
    }

    /// Takes what a client sent; false at the end of the connection.
    private func serve(_ connection: TestSocket, _ visit: Int) -> Bool {
        guard let (bytes, _) = connection.receive() else { return errno == EAGAIN }
        guard !bytes.isEmpty else { return false }
        visits.withLock { $0[visit].received += bytes }
        if answer == .echo { connection.sendAll(bytes, until: Deadline(after: 2)) }
        return true
    }

    private func takeDatagram(from socket: TestSocket) {
        guard let (bytes, sender) = socket.receive() else { return }
        _ = record(Server.Visit(peer: sender, local: socket.local, originalDestination: nil, received: bytes))
        let reply: [UInt8]
        switch answer {
        case .echo: reply = bytes
        case .text(let text): reply = Array(text.utf8)
        case .nothing: return
        }
        if let target = try? SocketAddress(sender.address, port: sender.port) { _ = socket.send(reply, to: target) }
    }
}

extension TestSocket {
    /// `SO_ORIGINAL_DST` and `IP6T_SO_ORIGINAL_DST`, both 80: the destination before NAT on this host, if it was another.
    fileprivate var originalDestination: Endpoint? {
        let own = local
        let isIPv6 = own.address.utf8.contains(UInt8(ascii: ":"))
        var address = SocketAddress()
        let level = Int32(isIPv6 ? IPPROTO_IPV6 : IPPROTO_IP)
        guard address.withMutablePointer({ getsockopt(descriptor, level, 80, $0, $1) }) == 0 else { return nil }
        return address.endpoint == own ? nil : address.endpoint
    }
}
