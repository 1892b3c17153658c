/// Bytes in a frame that shows damage: head, version, content, number of bytes so far, CRC-32C of all of them, tail.
enum SealedBytes {
    private static let head = Array("WEIRSNAP".utf8)
    private static let tail = Array("SNAPEND\n".utf8)
    /// The version of the format.
    private static let version: UInt32 = 1
    private static let headSize = 8 + 4
    private static let trailerSize = 8 + 4 + 8

    /// Puts what the closure writes into a frame.
    static func make(capacity: Int, _ body: (inout ByteWriter) -> Void) -> [UInt8] {
        var writer = ByteWriter(capacity: capacity + headSize + trailerSize)
        writer.raw(head)
        writer.number(version)
        body(&writer)
        writer.number(UInt64(writer.bytes.count))
        writer.number(CRC32C.checksum(of: writer.bytes))
        writer.raw(tail)
        return writer.bytes
    }

    /// Reads the content of a frame. Whatever is damaged, cut short or longer than it says is refused as a whole.
    static func read<Value>(
        _ bytes: [UInt8],
        _ body: (inout ByteReader) throws(MalformedBytes) -> Value
    ) throws(MalformedBytes) -> Value {
        try bytes.span.withUnsafeBytes { (bytes) throws(MalformedBytes) in
            var reader = ByteReader(try content(of: bytes))
            let value = try body(&reader)
            guard reader.remaining == 0 else { throw MalformedBytes(reason: "it has more than it says") }
            return value
        }
    }

    /// Whether a frame shows no damage.
    static func isWhole(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { (try? content(of: $0)) != nil }
    }

    private static func content(of bytes: UnsafeRawBufferPointer) throws(MalformedBytes) -> UnsafeRawBufferPointer {
        let end = bytes.count - trailerSize
        guard end >= headSize, bytes.starts(with: head), bytes.suffix(tail.count).elementsEqual(tail) else {
            throw MalformedBytes(reason: "it is not a whole snapshot")
        }
        guard UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: end, as: UInt64.self)) == UInt64(end) else {
            throw MalformedBytes(reason: "it is not as long as it says")
        }
        let checked = UnsafeRawBufferPointer(rebasing: bytes[..<(end + 8)])
        let checksum = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: end + 8, as: UInt32.self))
        guard CRC32C.checksum(checked) == checksum else { throw MalformedBytes(reason: "its checksum is wrong") }
        guard UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: head.count, as: UInt32.self)) == version else {
            throw MalformedBytes(reason: "it has another format version")
        }
        return UnsafeRawBufferPointer(rebasing: bytes[headSize..<end])
    }
}
