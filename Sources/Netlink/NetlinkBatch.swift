import SystemPackage

/// Messages laid end to end in one buffer, ready to be sent at once.
///
/// Messages are numbered from zero in the order in which they were appended; errors name the message by that index. The same
/// batch can be validated and then committed (nf_tables), or sent piecewise (rtnetlink).
public struct NetlinkBatch: Sendable {
    /// Number of messages.
    public private(set) var count = 0
    /// Room for `BATCH_BEGIN`, then the messages, then `BATCH_END` while a transaction is being sent.
    private var bytes: [UInt8]
    /// Where the last message starts.
    private var lastStart = Self.beginRoom

    /// A header, `struct nfgenmsg` and the generation attribute.
    private static let beginRoom = NetlinkHeader.encodedSize + 4 + 8
    /// A header and `struct nfgenmsg`.
    private static let endSize = NetlinkHeader.encodedSize + 4

    /// Creates an empty batch.
    /// - Parameter capacity: Expected size of all messages in bytes; about 400 for each rule.
    public init(capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(Self.beginRoom + max(0, capacity) + Self.endSize)
        bytes.append(contentsOf: repeatElement(0, count: Self.beginRoom))
    }

    /// Creates a batch from whole messages with headers, laid end to end and aligned to four bytes. They are numbered anew.
    ///
    /// An array that nobody else holds and that has room for some more bytes is taken over without a copy.
    public init(encodedMessages messages: consuming [UInt8]) throws(NetlinkError) {
        bytes = consume messages
        bytes.insert(contentsOf: repeatElement(0, count: Self.beginRoom), at: 0)
        var offset = Self.beginRoom
        while offset < bytes.count {
            let remaining = bytes.count - offset
            guard remaining >= NetlinkHeader.encodedSize else { throw Self.malformed }
            let size = messageSize(at: offset)
            guard size >= NetlinkHeader.encodedSize, netlinkAligned(size) <= remaining else { throw Self.malformed }
            bytes.store(hostOrder: sequence(of: count), at: offset + 8)
            lastStart = offset
            count += 1
            offset += netlinkAligned(size)
        }
    }

    private static var malformed: NetlinkError {
        NetlinkError(.send, .invalidArgument, message: "the batch is not a row of whole messages")
    }

    /// Whether there are no messages.
    public var isEmpty: Bool { count == 0 }

    /// Size of the messages in bytes.
    public var byteCount: Int { bytes.count - Self.beginRoom }

    /// Appends a message and returns its index.
    /// - Parameters:
    ///   - type: Kind of message; for nf_tables `NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_…`.
    ///   - flags: Flags besides `NLM_F_REQUEST`. Leave `NLM_F_ACK` away: it is set where it is needed, and an answer to every
    ///     message would overflow the receive queue.
    ///   - payload: The family's header and the attributes.
    @discardableResult
    public mutating func append(type: UInt16, flags: NetlinkFlags = [], payload: [UInt8]) -> Int {
        append(type: type, flags: flags) { $0 += payload }
    }

    /// Appends a message whose payload the closure writes at the end of the buffer, without a copy, and returns its index.
    ///
    /// If the closure throws the batch is as before.
    @discardableResult
    public mutating func append<Failure: Error>(
        type: UInt16,
        flags: NetlinkFlags = [],
        writing body: (inout [UInt8]) throws(Failure) -> Void
    ) throws(Failure) -> Int {
        let start = bytes.count
        NetlinkHeader(type: type, flags: flags.union(.request), sequence: sequence(of: count))
            .encode(payloadSize: 0, into: &bytes)
        do throws(Failure) {
            try body(&bytes)
        } catch {
            bytes.removeSubrange(start...)
            throw error
        }
        let size = bytes.count - start
        bytes.store(hostOrder: UInt32(clamping: size), at: start)
        bytes.append(contentsOf: repeatElement(0, count: netlinkAligned(size) - size))
        lastStart = start
        count += 1
        return count - 1
    }

    /// Number of the message with an index; the socket takes it back to the index.
    private func sequence(of index: Int) -> UInt32 {
        UInt32(clamping: index + 1)
    }

    /// The length in the header at an offset.
    private func messageSize(at offset: Int) -> Int {
        bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    }

    /// Sets or clears `NLM_F_ACK` of the message at an offset.
    private mutating func setAcknowledge(_ isOn: Bool, at offset: Int) {
        let flag = UInt8(NetlinkFlags.acknowledge.rawValue)
        if isOn { bytes[offset + 6] |= flag } else { bytes[offset + 6] &= ~flag }
    }

    // MARK: Pieces

    /// Where the messages are in `bytes`.
    var messageRange: Range<Int> { Self.beginRoom..<bytes.count }

    /// Consecutive messages that are sent together.
    struct Piece {
        /// Where they are in `bytes`.
        var range: Range<Int>
        /// Where the last one starts.
        var lastStart: Int
        /// Index of the last one.
        var lastIndex: Int
        /// Number of the last one.
        var lastSequence: UInt32
    }

    /// As many messages from the start of a range as fit in the limit, at least one.
    func piece(of rest: Range<Int>, limit: Int) -> Piece {
        var end = rest.lowerBound
        var last = end
        while end < rest.upperBound {
            let next = end + netlinkAligned(messageSize(at: end))
            guard end == rest.lowerBound || next - rest.lowerBound <= limit else { break }
            last = end
            end = next
        }
        let number = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: last + 8, as: UInt32.self) }
        return Piece(range: rest.lowerBound..<end, lastStart: last, lastIndex: Int(number) - 1, lastSequence: number)
    }

    /// Hands out the whole buffer while the message at an offset asks for an acknowledgement.
    mutating func withAcknowledgement(
        at offset: Int,
        _ body: (UnsafeRawBufferPointer) throws(NetlinkError) -> Void
    ) throws(NetlinkError) {
        setAcknowledge(true, at: offset)
        defer { setAcknowledge(false, at: offset) }
        try bytes.span.withUnsafeBytes(body)
    }

    // MARK: nf_tables transactions

    /// `NFNL_MSG_BATCH_BEGIN`, `NFNL_MSG_BATCH_END` and `NFNL_SUBSYS_NFTABLES` of <linux/netfilter/nfnetlink.h>.
    private enum Transaction {
        static let begin: UInt16 = 0x10
        static let end: UInt16 = 0x11
        static let subsystem: UInt16 = 10
        /// `NFNL_BATCH_GENID`.
        static let generation: UInt16 = 1
    }

    /// Number of `BATCH_BEGIN`, which stands for the transaction as a whole.
    static let beginSequence: UInt32 = 0

    /// Number of `BATCH_END`.
    var endSequence: UInt32 { sequence(of: count) }
    /// Number of the last message.
    var lastSequence: UInt32 { UInt32(clamping: count) }

    /// Completes the buffer in place for the time of one `send`, and takes the end away again.
    ///
    /// The last message and `BATCH_END` ask for an acknowledgement: Linux before 6.10 does not acknowledge `BATCH_END`.
    mutating func withTransaction<Value>(
        generation: UInt32?,
        isCommit: Bool,
        _ body: (UnsafeRawBufferPointer) throws(NetlinkError) -> Value
    ) throws(NetlinkError) -> Value {
        let start = storeBegin(generation: generation)
        if count > 0 { setAcknowledge(true, at: lastStart) }
        let end = bytes.count
        if isCommit {
            NetlinkHeader(type: Transaction.end, flags: [.request, .acknowledge], sequence: endSequence)
                .encode(payloadSize: 4, into: &bytes)
            bytes.append(contentsOf: [0, 0])
            bytes.append(networkOrder: Transaction.subsystem)
        }
        defer {
            bytes.removeSubrange(end...)
            if count > 0 { setAcknowledge(false, at: lastStart) }
        }
        return try bytes.span.withUnsafeBytes { (buffer) throws(NetlinkError) in
            try body(UnsafeRawBufferPointer(rebasing: buffer[start...]))
        }
    }

    /// Writes `BATCH_BEGIN` right before the first message and returns where it starts.
    private mutating func storeBegin(generation: UInt32?) -> Int {
        var begin: [UInt8] = []
        NetlinkHeader(type: Transaction.begin, flags: .request, sequence: Self.beginSequence)
            .encode(payloadSize: generation == nil ? 4 : 12, into: &begin)
        begin.append(contentsOf: [0, 0])
        begin.append(networkOrder: Transaction.subsystem)
        if let generation {
            begin.append(hostOrder: UInt16(8))
            begin.append(hostOrder: Transaction.generation)
            begin.append(networkOrder: generation)
        }
        let start = Self.beginRoom - begin.count
        for (index, byte) in begin.enumerated() { bytes[start + index] = byte }
        return start
    }
}
