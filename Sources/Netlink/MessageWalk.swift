import SystemPackage

/// Steps through the messages that one `recv` brought.
struct MessageWalk {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// One received message; the payload is valid until the next `recv`.
    struct Message {
        let header: NetlinkHeader
        let payload: UnsafeRawBufferPointer
    }

    /// The next message, or nil after the last one. A length that does not fit is an error: what follows cannot be read.
    mutating func next() throws(NetlinkError) -> Message? {
        let remaining = bytes.count - offset
        guard remaining >= NetlinkHeader.encodedSize else {
            guard remaining <= 0 else { throw NetlinkError(.receive, .badMessage, message: "a message is cut off") }
            return nil
        }
        let start = offset
        let size = Int(bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self))
        guard size >= NetlinkHeader.encodedSize, size <= remaining else {
            throw NetlinkError(.receive, .badMessage, message: "a message is longer than what was received")
        }
        offset += netlinkAligned(size)
        let header = NetlinkHeader(
            type: bytes.loadUnaligned(fromByteOffset: start + 4, as: UInt16.self),
            flags: NetlinkFlags(rawValue: bytes.loadUnaligned(fromByteOffset: start + 6, as: UInt16.self)),
            sequence: bytes.loadUnaligned(fromByteOffset: start + 8, as: UInt32.self),
            portID: bytes.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self)
        )
        let payload = UnsafeRawBufferPointer(rebasing: bytes[start + NetlinkHeader.encodedSize..<start + size])
        return Message(header: header, payload: payload)
    }
}
