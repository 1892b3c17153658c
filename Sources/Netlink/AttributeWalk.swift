/// Steps through attributes (`struct nlattr`: length, type, value) laid end to end.
struct AttributeWalk {
    private let bytes: UnsafeRawBufferPointer
    private var offset: Int

    init(_ bytes: UnsafeRawBufferPointer, from start: Int = 0) {
        self.bytes = bytes
        offset = start
    }

    struct Attribute {
        /// Without the two upper bits, which are flags (`NLA_F_NESTED`, `NLA_F_NET_BYTEORDER`).
        let type: UInt16
        let value: UnsafeRawBufferPointer
    }

    /// Whether the bytes ended with an attribute; known when `next` has returned nil.
    var isComplete: Bool { offset >= bytes.count }

    /// The next attribute, or nil at the end and where a length does not fit.
    mutating func next() -> Attribute? {
        guard bytes.count - offset >= 4 else { return nil }
        let size = Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
        let type = bytes.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self) & 0x3fff
        guard size >= 4, size <= bytes.count - offset else { return nil }
        let value = UnsafeRawBufferPointer(rebasing: bytes[offset + 4..<offset + size])
        offset += netlinkAligned(size)
        return Attribute(type: type, value: value)
    }
}
