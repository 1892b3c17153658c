import Glibc
import Synchronization

/// A TCP connection over which bytes with a pattern go all the while, each of them checked where it arrives.
public final class StreamFlow: Sendable {
    private let client: TestSocket
    private let state: StreamState
    private let sender: BackgroundThread
    private let receiver: BackgroundThread

    /// How a connection has fared.
    public struct Counts: Hashable, Sendable {
        /// How many bytes were sent.
        public var sent = 0
        /// How many have arrived as they were sent.
        public var received = 0
        /// Whether a byte was another one than that which was sent.
        public var isDamaged = false
        /// Whether the connection came to a regular end.
        public var hasEnded = false
        /// What broke it: an error number; 0 for nothing.
        public var error: Int32 = 0
    }

    fileprivate init(_ client: TestSocket, _ server: TestSocket, every pause: UInt32) throws(NetworkFailure) {
        let state = StreamState()
        receiver = try BackgroundThread {
            guard server.wait(for: POLLIN, until: Deadline(after: 0.05)) != 0 else { return true }
            return state.take(server)
        }
        sender = try BackgroundThread {
            guard state.give(client) else { return false }
            usleep(pause)
            return true
        }
        self.client = client
        self.state = state
    }

    /// How it has fared so far.
    public var counts: Counts { state.counts }

    /// Ends the connection after what was sent, and waits until that has arrived.
    public func finish() -> Counts {
        sender.stop()
        shutdown(client.descriptor, Int32(SHUT_WR))
        let deadline = Deadline(after: 20)
        while !counts.hasEnded, counts.error == 0, !deadline.hasPassed { usleep(2000) }
        receiver.stop()
        return counts
    }
}

private final class StreamState: Sendable {
    private let state = Mutex(StreamFlow.Counts())

    var counts: StreamFlow.Counts { state.withLock { $0 } }

    /// The byte at a place: no shift by a few bytes goes unnoticed.
    private static func byte(_ position: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: position &* 31 ^ position >> 8)
    }

    /// Sends what fits; false where the connection is broken.
    func give(_ socket: TestSocket) -> Bool {
        let start = counts.sent
        let bytes = (start..<start + 700).map(Self.byte)
        guard let count = socket.send(bytes) else {
            guard errno != EAGAIN else { return true }
            return fail(errno)
        }
        state.withLock { $0.sent += count }
        return true
    }

    /// Takes and checks what has come; false at the end.
    func take(_ socket: TestSocket) -> Bool {
        guard let (bytes, _) = socket.receive() else { return errno == EAGAIN || fail(errno) }
        return state.withLock { state in
            guard !bytes.isEmpty else {
                state.hasEnded = true
                return false
            }
            for byte in bytes {
                if byte != Self.byte(state.received) { state.isDamaged = true }
                state.received += 1
            }
            return true
        }
    }

    private func fail(_ number: Int32) -> Bool {
        state.withLock { $0.error = number }
        return false
    }
}

extension Host {
    /// Opens a connection to another host and begins to send over it.
    /// - Parameter pause: The time between two segments in microseconds, or a little more.
    public func stream(
        to target: Host,
        _ address: String,
        port: UInt16,
        every pause: UInt32
    ) throws -> StreamFlow {
        let listener = try target.listenTCP(port: port)
        guard let client = try openTCP(to: address, port: port, within: 5),
            let server = listener.accept(within: 5)
        else { throw NetworkFailure("connect to \(address)", errno: ETIMEDOUT) }
        return try StreamFlow(client.socket, server.socket, every: pause)
    }
}
