/// Messages that change Weir's table, `inet weir`, laid end to end: the content of one nf_tables transaction.
///
/// Every method returns the index of the message that it wrote, so that an error of the kernel can be followed back to what was
/// asked for. A method that throws has written nothing.
public struct FirewallBatch: Sendable {
    private var writer: AttributeWriter
    /// Where each message starts.
    private var starts: [Int] = []
    /// `NFTA_SET_ID` of the last set: sets are referred to by these numbers before the kernel has named them.
    private var lastSetID: UInt32 = 0

    /// Creates an empty batch.
    /// - Parameter capacity: Expected size of all messages in bytes; about 400 for each rule.
    public init(capacity: Int = 4096) {
        writer = AttributeWriter(capacity: capacity)
    }

    /// How many messages there are.
    public var count: Int {
        starts.count
    }

    /// Whether there are no messages.
    public var isEmpty: Bool {
        starts.isEmpty
    }

    /// The messages with their `struct nlmsghdr`, each aligned to four bytes; sequence numbers are left to the sender.
    public var encodedMessages: [UInt8] {
        writer.bytes
    }

    /// The same without a copy; the batch is empty then.
    public mutating func takeEncodedMessages() -> [UInt8] {
        starts = []
        return writer.takeBytes()
    }

    // MARK: Tables

    /// Makes the table; one that exists stays as it is, but is woken up if it was dormant.
    @discardableResult
    public mutating func addTable() throws(KernelObjectsError) -> Int {
        try append(FirewallMessage.newTable, flags: MessageFlag.create, "the table") { writer in
            writer.string(TableAttribute.name, FirewallState.tableName)
            writer.networkOrder(TableAttribute.flags, UInt32(0))
        }
    }

    /// Deletes the table with all that is in it.
    @discardableResult
    public mutating func deleteTable() throws(KernelObjectsError) -> Int {
        try append(FirewallMessage.deleteTable, flags: 0, "the table") { writer in
            writer.string(TableAttribute.name, FirewallState.tableName)
        }
    }

    // MARK: Messages

    /// `struct nlmsghdr`
    private static let headerSize = 16

    /// Writes a message; the closure writes its attributes. `object` says in errors what the message is about.
    mutating func append(
        _ type: UInt16,
        flags: UInt16,
        _ object: @autoclosure () -> String,
        _ body: (inout AttributeWriter) -> Void
    ) throws(KernelObjectsError) -> Int {
        let start = writer.claim(Self.headerSize + FirewallHeader.size)
        writer.store(type, at: start + 4)
        writer.store(flags | MessageFlag.request, at: start + 6)
        // Sequence number and port.
        writer.store(UInt64(0), at: start + 8)
        writer.store(UInt32(bigEndian: UInt32(FirewallHeader.inet) << 24), at: start + Self.headerSize)
        body(&writer)
        guard !writer.isOverlong else {
            writer.removeAll(behind: start)
            throw .tooLarge(object: object())
        }
        writer.store(UInt32(clamping: writer.count - start), at: start)
        starts.append(start)
        return starts.count - 1
    }

    /// Takes messages back.
    mutating func removeMessages(from index: Int) {
        guard starts.indices.contains(index) else { return }
        writer.removeAll(behind: starts[index])
        starts.removeSubrange(index...)
    }

    /// A number for a set that later messages of this batch refer to.
    mutating func nextSetID() -> UInt32 {
        lastSetID += 1
        return lastSetID
    }

    /// Which expression of a rule the kernel refused.
    /// - Parameters:
    ///   - message: Index of the message.
    ///   - offset: Byte offset of the refused attribute, from the start of the message (`NLMSGERR_ATTR_OFFS`).
    /// - Returns: The expression's place in the rule; nothing where the attribute is not an expression.
    public func expressionIndex(inMessage message: Int, atOffset offset: Int) -> Int? {
        guard starts.indices.contains(message) else { return nil }
        let end = message + 1 < starts.count ? starts[message + 1] : writer.count
        return writer.withBytes(starts[message]..<end) { bytes in
            guard bytes.count > Self.headerSize + FirewallHeader.size,
                bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self) == FirewallMessage.newRule
            else { return nil }
            let attributesStart = Self.headerSize + FirewallHeader.size
            var reader = AttributeReader(UnsafeRawBufferPointer(rebasing: bytes[attributesStart...]))
            var position = attributesStart
            while let attribute = reader.next() {
                if attribute.type == RuleAttribute.expressions {
                    return expression(in: attribute, at: position, containing: offset)
                }
                position += attribute.whole.count
            }
            return nil
        }
    }

    private func expression(
        in list: AttributeReader.Attribute,
        at position: Int,
        containing offset: Int
    ) -> Int? {
        var reader = list.nested
        var position = position + AttributeWriter.headerSize
        var index = 0
        while let element = reader.next() {
            if (position..<position + element.whole.count).contains(offset) { return index }
            position += element.whole.count
            index += 1
        }
        return nil
    }
}
