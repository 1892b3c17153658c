import SystemPackage

/// A message to the kernel that asks for something.
public struct NetlinkRequest: Hashable, Sendable {
    /// Kind of message; for nf_tables `NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_…`.
    public var type: UInt16
    /// Flags besides those that the socket sets itself (`NLM_F_REQUEST`, `NLM_F_ACK`, `NLM_F_DUMP`).
    public var flags: NetlinkFlags
    /// The family's header (`nfgenmsg`, `rtmsg`, ...) and the attributes.
    public var payload: [UInt8]

    /// Creates a request.
    public init(type: UInt16, flags: NetlinkFlags = [], payload: [UInt8]) {
        self.type = type
        self.flags = flags
        self.payload = payload
    }
}

/// How a dump went.
public struct DumpSummary: Hashable, Sendable {
    /// Number of messages that the callback saw.
    public var messageCount = 0
    /// The kernel noticed that objects changed meanwhile (`NLM_F_DUMP_INTR`). nf_tables does not notice it for set elements:
    /// look at `generations` too.
    public var isInterrupted = false
    /// Lowest and highest `res_id` of a netfilter dump: the lower 16 bits of the generation that the objects are from. A
    /// consistent dump has one generation throughout; nil without messages.
    public var generations: ClosedRange<UInt16>?

    /// Whether every object is from the generation with the given number, as far as the kernel tells.
    public func isConsistent(withGeneration generation: UInt32) -> Bool {
        guard !isInterrupted else { return false }
        guard let generations else { return true }
        let expected = UInt16(truncatingIfNeeded: generation)
        return generations.lowerBound == expected && generations.upperBound == expected
    }
}

extension NetlinkSocket {
    /// How long an answer that the kernel owes may take, in milliseconds. Answers are waiting when `send` returns; this only
    /// keeps a kernel bug from hanging the program.
    private static let patience: Int32 = 10_000

    /// Asks for all objects that match a request (`NLM_F_DUMP`) and hands each message to the callback: its header and its
    /// payload, which is valid during the call only.
    ///
    /// An error that the kernel reports at the end of the dump is thrown: what came before is then incomplete. The socket can
    /// be used for the next dump at once, also after the callback has thrown.
    @discardableResult
    public mutating func dump<Failure: NetlinkErrorConvertible>(
        _ request: NetlinkRequest,
        _ body: (NetlinkHeader, RawSpan) throws(Failure) -> Void
    ) throws(Failure) -> DumpSummary {
        try exchange(request, adding: .dump, as: .dump, body)
    }

    /// Asks for all objects that match a request and hands each message to a callback that cannot fail.
    @discardableResult
    public mutating func dump(
        _ request: NetlinkRequest,
        _ body: (NetlinkHeader, RawSpan) -> Void
    ) throws(NetlinkError) -> DumpSummary {
        try exchange(request, adding: .dump, as: .dump) { (header, payload) throws(NetlinkError) in
            body(header, payload)
        }
    }

    /// Sends one message, waits for its acknowledgement and hands the replies before it to the callback: the object asked for,
    /// or with `NLM_F_ECHO` the object as it was stored.
    public mutating func request<Failure: NetlinkErrorConvertible>(
        _ request: NetlinkRequest,
        _ body: (NetlinkHeader, RawSpan) throws(Failure) -> Void
    ) throws(Failure) {
        try exchange(request, adding: .acknowledge, as: .request, body)
    }

    /// Sends one message, waits for its acknowledgement and returns the replies before it.
    @discardableResult
    public mutating func request(_ request: NetlinkRequest) throws(NetlinkError) -> [NetlinkReply] {
        var replies: [NetlinkReply] = []
        try exchange(request, adding: .acknowledge, as: .request) { (header, payload) throws(NetlinkError) in
            let bytes = payload.withUnsafeBytes { Array($0) }
            replies.append(NetlinkReply(header: header, payload: bytes))
        }
        return replies
    }

    @discardableResult
    private mutating func exchange<Failure: NetlinkErrorConvertible>(
        _ request: NetlinkRequest,
        adding flags: NetlinkFlags,
        as operation: NetlinkError.Operation,
        _ body: (NetlinkHeader, RawSpan) throws(Failure) -> Void
    ) throws(Failure) -> DumpSummary {
        let sequence: UInt32
        do throws(NetlinkError) {
            sequence = try post(request, flags: request.flags.union(flags).union(.request))
        } catch {
            throw Failure(error)
        }
        var summary = DumpSummary()
        var failure: Failure?
        while true {
            let isComplete: Bool
            do throws(NetlinkError) {
                let bytes = try answer(operation)
                isComplete = try walk(bytes, sequence, operation, &summary) { header, payload in
                    // After a failure the rest is only taken off the socket.
                    guard failure == nil else { return }
                    do throws(Failure) {
                        try body(header, payload.bytes)
                    } catch {
                        failure = error
                    }
                }
            } catch {
                throw failure ?? Failure(error)
            }
            if isComplete { break }
        }
        if let failure { throw failure }
        return summary
    }

    /// Encodes and sends a request; returns its number.
    private mutating func post(_ request: NetlinkRequest, flags: NetlinkFlags) throws(NetlinkError) -> UInt32 {
        let sequence = nextSequence()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(NetlinkHeader.encodedSize + request.payload.count)
        NetlinkHeader(type: request.type, flags: flags, sequence: sequence)
            .encode(payloadSize: request.payload.count, into: &bytes)
        bytes += request.payload
        try send(bytes)
        return sequence
    }

    /// Waits for the next answer; losing one is an error.
    private mutating func answer(_ operation: NetlinkError.Operation) throws(NetlinkError) -> UnsafeRawBufferPointer {
        while true {
            switch try receive() {
            case .bytes(let bytes): return bytes
            case .overrun: throw NetlinkError(operation, .noBufferSpace, message: "answers were lost")
            case .nothing:
                guard try wait(milliseconds: Self.patience) else {
                    throw NetlinkError(operation, .timedOut, message: "the kernel does not answer")
                }
            }
        }
    }

    /// Hands the messages of one `recv` on; true when the last message of the answer was among them.
    private func walk(
        _ bytes: UnsafeRawBufferPointer,
        _ sequence: UInt32,
        _ operation: NetlinkError.Operation,
        _ summary: inout DumpSummary,
        _ body: (NetlinkHeader, UnsafeRawBufferPointer) -> Void
    ) throws(NetlinkError) -> Bool {
        var walk = MessageWalk(bytes)
        while let message = try walk.next() {
            let header = message.header
            // Answers to an earlier request that was given up, and announcements, are not for us.
            guard header.sequence == sequence, header.portID == portID else { continue }
            if header.flags.contains(.dumpInterrupted), header.type != NetlinkHeader.ControlType.error {
                summary.isInterrupted = true
            }
            switch header.type {
            case NetlinkHeader.ControlType.noOperation:
                continue
            case NetlinkHeader.ControlType.error:
                let result = try Acknowledgement(errorMessage: message.payload, flags: header.flags)
                if let error = result.error(operation, sequence: sequence) { throw error }
                return true
            case NetlinkHeader.ControlType.done:
                let result = Acknowledgement(doneMessage: message.payload, flags: header.flags)
                if let error = result.error(operation, sequence: sequence) { throw error }
                return true
            case NetlinkHeader.ControlType.overrun:
                throw NetlinkError(operation, .noBufferSpace, message: "answers were lost")
            default:
                summary.count(message.payload, family: family)
                body(header, message.payload)
            }
        }
        return false
    }

    /// Sends bytes that this module made itself.
    mutating func send(_ bytes: [UInt8]) throws(NetlinkError) {
        try bytes.span.withUnsafeBytes { (buffer) throws(NetlinkError) in try send(buffer) }
    }
}

extension DumpSummary {
    /// Takes note of one message; `res_id` is the third and fourth byte of `struct nfgenmsg`, in network byte order.
    fileprivate mutating func count(_ payload: UnsafeRawBufferPointer, family: NetlinkSocket.Family) {
        messageCount += 1
        guard family == .netfilter, payload.count >= 4 else { return }
        let generation = UInt16(bigEndian: payload.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
        guard let seen = generations else {
            generations = generation...generation
            return
        }
        generations = min(seen.lowerBound, generation)...max(seen.upperBound, generation)
    }
}
