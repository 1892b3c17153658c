/// Bytes in a frame that shows damage: head, version, content, number of bytes so far, CRC-32C of all of them, tail.
enum SealedBytes {
    /// What is in a frame.
    struct Kind {
        /// The first eight bytes.
        let head: [UInt8]
        /// The last eight bytes.
        let tail: [UInt8]
        /// The version of the format.
        let version: UInt32
        /// What people call it.
        let name: String

        /// A snapshot, or the content of Weir's table.
        static let snapshot = Kind(
            head: Array("WEIRSNAP".utf8),
            tail: Array("SNAPEND\n".utf8),
            version: 1,
            name: "snapshot"
        )
        /// A plan that waits to be applied.
        static let plan = Kind(
            head: Array("WEIRPLAN".utf8),
            tail: Array("PLANEND\n".utf8),
            version: 1,
            name: "plan"
        )
        /// What is to be rehearsed, or what became of it; no file, it passes between two processes.
        static let rehearsal = Kind(
            head: Array("WEIRPLAY".utf8),
            tail: Array("PLAYEND\n".utf8),
            version: 1,
            name: "rehearsal"
        )
    }

    private static let headSize = 8 + 4
    private static let trailerSize = 8 + 4 + 8

    /// Puts what the closure writes into a frame.
    static func make(_ kind: Kind = .snapshot, capacity: Int, _ body: (inout ByteWriter) -> Void) -> [UInt8] {
        var writer = ByteWriter(capacity: capacity + headSize + trailerSize)
        writer.raw(kind.head)
        writer.number(kind.version)
        body(&writer)
        writer.number(UInt64(writer.bytes.count))
        writer.number(CRC32C.checksum(of: writer.bytes))
        writer.raw(kind.tail)
        return writer.bytes
    }

    /// Reads the content of a frame. Whatever is damaged, cut short or longer than it says is refused as a whole.
    static func read<Value>(
        _ bytes: [UInt8],
        as kind: Kind = .snapshot,
        memory: Int = .max,
        _ body: (inout ByteReader) throws(MalformedBytes) -> Value
    ) throws(MalformedBytes) -> Value {
        try bytes.span.withUnsafeBytes { (bytes) throws(MalformedBytes) in
            var reader = ByteReader(try content(of: bytes, kind), memory: memory)
            let value = try body(&reader)
            guard reader.remaining == 0 else { throw MalformedBytes(reason: "it has more than it says") }
            return value
        }
    }

    /// Whether the frame of a snapshot shows no damage.
    static func isWhole(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { (try? content(of: $0, .snapshot)) != nil }
    }

    private static func content(
        of bytes: UnsafeRawBufferPointer,
        _ kind: Kind
    ) throws(MalformedBytes) -> UnsafeRawBufferPointer {
        let end = bytes.count - trailerSize
        guard end >= headSize, bytes.starts(with: kind.head),
            bytes.suffix(kind.tail.count).elementsEqual(kind.tail)
        else {
            throw MalformedBytes(reason: "it is not a whole \(kind.name)")
        }
        guard UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: end, as: UInt64.self)) == UInt64(end) else {
            throw MalformedBytes(reason: "it is not as long as it says")
        }
        let checked = UnsafeRawBufferPointer(rebasing: bytes[..<(end + 8)])
        let checksum = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: end + 8, as: UInt32.self))
        guard CRC32C.checksum(checked) == checksum else { throw MalformedBytes(reason: "its checksum is wrong") }
        guard
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: kind.head.count, as: UInt32.self)) == kind.version
        else {
            throw MalformedBytes(reason: "it has another format version")
        }
        return UnsafeRawBufferPointer(rebasing: bytes[headSize..<end])
    }
}
