import Faults
import SystemPackage

extension NetlinkSocket {
    /// Commits an nf_tables transaction: all of it or, if anything is refused, nothing.
    /// - Parameters:
    ///   - batch: The messages between `BATCH_BEGIN` and `BATCH_END`; unchanged afterwards.
    ///   - generation: The generation that the batch was made for (`NFNL_BATCH_GENID`). If nf_tables has changed since, the
    ///     batch is refused and the outcome is stale.
    /// - Throws: If the batch could not be sent. What the kernel refuses is in the outcome.
    public mutating func commit(
        _ batch: inout NetlinkBatch,
        ifGeneration generation: UInt32? = nil
    ) throws(NetlinkError) -> BatchOutcome {
        try transact(&batch, generation: generation, isCommit: true)
    }

    /// Lets the kernel check an nf_tables transaction without committing it: the batch is sent without its end.
    ///
    /// The check is blind to loops, jump depth and hook legality inside a table that is made in the same batch.
    public mutating func validate(
        _ batch: inout NetlinkBatch,
        ifGeneration generation: UInt32? = nil
    ) throws(NetlinkError) -> BatchOutcome {
        try transact(&batch, generation: generation, isCommit: false)
    }

    /// Commits an nf_tables transaction without messages, which waits for one that is under way. The kernel changes nothing, and makes no
    /// new generation (`nf_tables_commit`).
    public mutating func commitNothing(ifGeneration generation: UInt32) throws(NetlinkError) -> BatchOutcome {
        var batch = NetlinkBatch()
        return try transact(&batch, generation: generation, isCommit: true, hasFaultPoints: false)
    }

    private mutating func transact(
        _ batch: inout NetlinkBatch,
        generation: UInt32?,
        isCommit: Bool,
        hasFaultPoints: Bool = true
    ) throws(NetlinkError) -> BatchOutcome {
        try discardPending()
        if isCommit, hasFaultPoints { FaultPoint.pass("before the batch") }
        try batch.withTransaction(generation: generation, isCommit: isCommit) { (bytes) throws(NetlinkError) in
            try send(bytes)
        }
        if isCommit, hasFaultPoints { FaultPoint.pass("behind the batch") }
        var outcome = BatchOutcome()
        try collectAnswers(batch.count, lastSequences: [batch.lastSequence, batch.endSequence], into: &outcome)
        outcome.handledCount = outcome.isSuccess ? batch.count : 0
        return outcome
    }

    /// Sends independent messages (rtnetlink), at most 64 KiB at a time: what comes after a refused one still happens.
    /// - Parameters:
    ///   - batch: The messages; unchanged afterwards.
    ///   - stopsAtError: Do not send further pieces after one with a refused message. `handledCount` then tells how many
    ///     messages the kernel has seen.
    /// - Throws: If something could not be sent, or if the kernel did not come to the end of what it was sent.
    public mutating func sendEach(
        _ batch: inout NetlinkBatch,
        stopsAtError: Bool = false
    ) throws(NetlinkError) -> BatchOutcome {
        try discardPending()
        var outcome = BatchOutcome()
        var rest = batch.messageRange
        while !rest.isEmpty {
            let piece = batch.piece(of: rest, limit: FaultPoint.sendsSingly ? 1 : Self.pieceLimit)
            try sendPiece(&batch, piece)
            var answers = BatchOutcome()
            try collectAnswers(batch.count, lastSequences: [piece.lastSequence], into: &answers)
            // If the last message was refused its error stands for the acknowledgement.
            let isComplete = answers.isAcknowledged || answers.errors.contains { $0.index == piece.lastIndex }
            guard isComplete else {
                throw NetlinkError(.send, .badMessage, message: "the kernel stopped before the end of the batch")
            }
            outcome.errors += answers.errors
            outcome.hasLostErrors = outcome.hasLostErrors || answers.hasLostErrors
            outcome.handledCount = piece.lastIndex + 1
            rest = piece.range.upperBound..<rest.upperBound
            if stopsAtError, !outcome.errors.isEmpty { break }
        }
        outcome.isAcknowledged = rest.isEmpty
        return outcome
    }

    /// Small enough that the errors of all its messages fit in the receive queue.
    private static let pieceLimit = 64 * 1024

    private mutating func sendPiece(_ batch: inout NetlinkBatch, _ piece: NetlinkBatch.Piece) throws(NetlinkError) {
        FaultPoint.pass("before message \(piece.lastIndex)")
        try batch.withAcknowledgement(at: piece.lastStart) { (bytes) throws(NetlinkError) in
            try send(UnsafeRawBufferPointer(rebasing: bytes[piece.range]))
        }
        FaultPoint.pass("behind message \(piece.lastIndex)")
    }

    /// Reads the answers to what was just sent. They are all waiting: the kernel has done its work when `send` returns.
    private mutating func collectAnswers(
        _ count: Int,
        lastSequences: [UInt32],
        into outcome: inout BatchOutcome
    ) throws(NetlinkError) {
        while true {
            switch try receive() {
            case .nothing:
                return
            case .overrun:
                // Comes before the messages that were kept.
                outcome.hasLostErrors = true
            case .bytes(let bytes):
                var walk = MessageWalk(bytes)
                while let message = try walk.next() {
                    guard message.header.type == NetlinkHeader.ControlType.error else { continue }
                    let sequence = message.header.sequence
                    let answer = try Acknowledgement(errorMessage: message.payload, flags: message.header.flags)
                    if let errno = answer.errno {
                        let index = Int(sequence) - 1
                        outcome.errors.append(
                            BatchError(
                                index: (0..<count).contains(index) ? index : nil,
                                errno: errno,
                                message: answer.message,
                                attributeOffset: answer.attributeOffset
                            )
                        )
                    } else if lastSequences.contains(sequence) {
                        outcome.isAcknowledged = true
                    }
                }
            }
        }
    }
}
