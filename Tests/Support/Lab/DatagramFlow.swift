import Glibc
import Synchronization

/// Datagrams with numbers that one host sends to another one all the while, and those that have arrived. Nobody answers them.
public final class DatagramFlow: Sendable {
    private let tally: Tally
    private let sender: BackgroundThread
    private let receiver: BackgroundThread

    /// What became of the datagrams.
    public struct Counts: Hashable, Sendable {
        /// How many were sent.
        public var sent = 0
        /// How many the sender's own kernel refused to send.
        public var refused = 0
        /// How many have arrived, each counted once.
        public var received = 0
        /// How many came once more.
        public var duplicates = 0
    }

    fileprivate init(
        _ client: TestSocket,
        _ server: TestSocket,
        to target: SocketAddress,
        every pause: UInt32
    ) throws(NetworkFailure) {
        let tally = Tally()
        receiver = try BackgroundThread {
            guard server.wait(for: POLLIN, until: Deadline(after: 0.05)) != 0 else { return true }
            while let (bytes, _) = server.receive() { tally.note(bytes) }
            return true
        }
        sender = try BackgroundThread {
            tally.send { client.send($0, to: target) != nil }
            usleep(pause)
            return true
        }
        self.tally = tally
    }

    /// The counts so far.
    public var counts: Counts { tally.counts }

    /// Stops sending, and waits for what is still on its way: until all has arrived, or nothing more has for some time.
    public func stop() -> Counts {
        sender.stop()
        var last = counts
        var deadline = Deadline(after: 3)
        while last.received < last.sent, !deadline.hasPassed {
            usleep(2000)
            let now = counts
            if now.received != last.received { deadline = Deadline(after: 3) }
            last = now
        }
        receiver.stop()
        return counts
    }
}

/// The numbers that were sent and seen.
private final class Tally: Sendable {
    private struct State {
        var counts = DatagramFlow.Counts()
        var seen: [Bool] = []
    }

    private let state = Mutex(State())

    var counts: DatagramFlow.Counts { state.withLock { $0.counts } }

    /// Sends the next number; it is counted before it can arrive.
    func send(_ send: ([UInt8]) -> Bool) {
        let number = state.withLock { state in
            state.counts.sent += 1
            state.seen.append(false)
            return state.counts.sent - 1
        }
        let bytes = withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) }
        guard !send(bytes) else { return }
        state.withLock { state in
            state.counts.sent -= 1
            state.counts.refused += 1
            state.seen.removeLast()
        }
    }

    func note(_ bytes: [UInt8]) {
        guard bytes.count == 8 else { return }
        let number = bytes.reduce(0) { $0 << 8 | UInt64($1) }
        state.withLock { state in
            guard let index = Int(exactly: number), state.seen.indices.contains(index) else { return }
            if state.seen[index] { state.counts.duplicates += 1 } else { state.counts.received += 1 }
            state.seen[index] = true
        }
    }
}

extension Host {
    /// Begins to send datagrams to another host, where they are counted.
    /// - Parameters:
    ///   - target: The host.
    ///   - address: One of its addresses.
    ///   - port: The port.
    ///   - pause: The time between two datagrams in microseconds, or a little more.
    public func flow(
        to target: Host,
        _ address: String,
        port: UInt16,
        every pause: UInt32
    ) throws -> DatagramFlow {
        let destination = try SocketAddress(address, port: port)
        let server = try target.socket(destination.family, SOCK_DGRAM)
        try server.bind(destination)
        // What has arrived must not be lost because this machine has no time to look at it.
        try server.set(SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
        let client = try socket(destination.family, SOCK_DGRAM)
        return try DatagramFlow(client, server, to: destination, every: pause)
    }
}
