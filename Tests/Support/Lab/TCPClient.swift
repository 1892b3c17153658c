import Glibc

/// What a host that tried to connect saw.
public enum TCPOutcome: Hashable, Sendable {
    /// The connection came about.
    case connected(TCPConversation)
    /// A segment with RST refused it.
    case reset
    /// An ICMP message refused it.
    case icmp(ICMPError)
    /// Nobody answered.
    case timedOut
    /// The host itself refused, with an error number such as `ENETUNREACH` or `EHOSTUNREACH`.
    case failed(errno: Int32)

    /// An ICMP message with the given type and code refused it.
    public static func icmp(type: UInt8, code: UInt8) -> TCPOutcome {
        .icmp(ICMPError(type: type, code: code))
    }

    /// The conversation, nil if no connection came about.
    public var conversation: TCPConversation? {
        if case .connected(let conversation) = self { conversation } else { nil }
    }

    /// Whether the connection came about.
    public var isConnected: Bool { conversation != nil }
}

/// A connection that came about.
public struct TCPConversation: Hashable, Sendable {
    /// The client's own address and port.
    public var local: Endpoint
    /// Whom the client thinks it talks to.
    public var peer: Endpoint
    /// What the server sent until it closed the connection or the time was over.
    public var received: [UInt8]

    /// What the server sent, as text.
    public var text: String { String(decoding: received, as: UTF8.self) }
}

extension Host {
    /// Connects to a port, sends a text, says that nothing more comes, and listens until the server closes the connection.
    /// - Parameters:
    ///   - source: Own address and port to connect from, where it matters; port 0 for any.
    ///   - mark: The packets' firewall mark (`SO_MARK`).
    ///   - seconds: How long the whole may take.
    public func connect(
        to address: String,
        port: UInt16,
        from source: Endpoint? = nil,
        sending text: String = "",
        mark: UInt32? = nil,
        timeout seconds: Double = 2
    ) throws -> TCPOutcome {
        let target = try SocketAddress(address, port: port)
        let client = try socket(target.family, SOCK_STREAM)
        try client.prepare(family: target.family, source: source, mark: mark)
        let deadline = Deadline(after: seconds)

        if target.withPointer({ Glibc.connect(client.descriptor, $0, $1) }) != 0 {
            let error = errno
            guard error == EINPROGRESS else { return client.refusal(error) }
            guard client.wait(for: POLLOUT, until: deadline) != 0 else { return .timedOut }
            let late = client.takeError()
            guard late == 0 else { return client.refusal(late) }
        }
        var conversation = TCPConversation(local: client.local, peer: client.peer, received: [])
        client.sendAll(Array(text.utf8), until: deadline)
        shutdown(client.descriptor, Int32(SHUT_WR))
        while client.wait(for: POLLIN, until: deadline) != 0, let (bytes, _) = client.receive(), !bytes.isEmpty {
            conversation.received += bytes
        }
        return .connected(conversation)
    }
}

extension TestSocket {
    /// What test clients have in common.
    fileprivate func refusal(_ error: Int32) -> TCPOutcome {
        switch takeQueuedError() {
        case .icmp(let message): .icmp(message)
        case .local(let errno): .failed(errno: errno)
        case nil: error == ECONNREFUSED ? .reset : .failed(errno: error)
        }
    }

    /// Keeps ICMP errors, binds and marks.
    func prepare(family: Int32, source: Endpoint?, mark: UInt32?) throws(NetworkFailure) {
        try keepErrors(family)
        if let mark { try set(SOL_SOCKET, SO_MARK, Int32(bitPattern: mark)) }
        guard let source else { return }
        try set(SOL_SOCKET, SO_REUSEADDR)
        try bind(try SocketAddress(source.address, port: source.port))
    }

    /// Sends everything, waiting where the other side is slow.
    func sendAll(_ bytes: [UInt8], until deadline: Deadline) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let count = send(rest) else {
                guard errno == EAGAIN, wait(for: POLLOUT, until: deadline) != 0 else { return }
                continue
            }
            rest = rest.dropFirst(count)
        }
    }
}
