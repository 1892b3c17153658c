import NetworkTypes

/// Writes netlink attributes (`struct nlattr`: length, type, value, padding to four bytes) one after the other.
///
/// Headers are in the machine's byte order, as netlink wants them; the numbers of nf_tables are in network byte order, those of
/// rtnetlink in the machine's. The buffer is kept when the writer starts anew, so that many small objects cost no allocation.
struct AttributeWriter: Sendable {
    /// The header of an attribute (`NLA_HDRLEN`).
    static let headerSize = 4
    /// The largest length that a header can hold.
    static let longest = Int(UInt16.max)

    /// Bytes after `count` are room, and their content is of no meaning.
    private var storage: [UInt8]
    /// How many bytes were written.
    private(set) var count = 0
    /// Whether an attribute became longer than its header can say: what was written is then useless.
    private(set) var isOverlong = false

    /// Creates a writer with room for some bytes.
    init(capacity: Int = 1024) {
        storage = [UInt8](repeating: 0, count: max(capacity, 64))
    }

    /// The bytes written so far.
    var bytes: [UInt8] {
        Array(storage.prefix(count))
    }

    /// Forgets what was written.
    mutating func removeAll() {
        count = 0
        isOverlong = false
    }

    /// Forgets what was written after a position.
    mutating func removeAll(behind position: Int) {
        count = min(count, position)
        isOverlong = false
    }

    /// Lends some of what was written.
    func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        storage.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range.clamped(to: 0..<count)])) }
    }

    /// Returns all bytes and gives the buffer away with them: nothing is copied.
    mutating func takeBytes() -> [UInt8] {
        var bytes: [UInt8] = []
        swap(&bytes, &storage)
        bytes.removeLast(bytes.count - count)
        removeAll()
        return bytes
    }

    // MARK: Attributes

    /// Starts an attribute that holds attributes; returns its place for `close`.
    @inline(__always)
    mutating func open(_ type: UInt16) -> Int {
        let start = claim(Self.headerSize)
        store(type, at: start + 2)
        return start
    }

    /// Ends an attribute that `open` started.
    @inline(__always)
    mutating func close(_ start: Int) {
        setLength(count - start, at: start)
    }

    /// Writes an attribute without a value (a flag, or an empty list).
    mutating func empty(_ type: UInt16) {
        header(type, Self.headerSize, at: claim(Self.headerSize))
    }

    /// Writes one byte.
    @inline(__always)
    mutating func byte(_ type: UInt16, _ value: UInt8) {
        store(type, length: 5, UInt32(bigEndian: UInt32(value) << 24))
    }

    /// Writes 16 bits in network byte order.
    @inline(__always)
    mutating func networkOrder(_ type: UInt16, _ value: UInt16) {
        store(type, length: 6, UInt32(bigEndian: UInt32(value) << 16))
    }

    /// Writes 32 bits in network byte order.
    @inline(__always)
    mutating func networkOrder(_ type: UInt16, _ value: UInt32) {
        hostOrder(type, value.bigEndian)
    }

    /// Writes 64 bits in network byte order.
    @inline(__always)
    mutating func networkOrder(_ type: UInt16, _ value: UInt64) {
        store(type, length: 12, value.bigEndian)
    }

    /// Writes 32 bits in the machine's byte order.
    @inline(__always)
    mutating func hostOrder(_ type: UInt16, _ value: UInt32) {
        store(type, length: 8, value)
    }

    /// Writes text and a NUL after it.
    mutating func string(_ type: UInt16, _ text: String) {
        var text = text
        text.withUTF8 { value(type, UnsafeRawBufferPointer($0), addingZeroBytes: 1) }
    }

    /// Writes a name, which need not be text, and a NUL after it.
    mutating func name(_ type: UInt16, _ name: String) {
        guard !name.utf8.allSatisfy({ $0 < 0x80 }) else { return string(type, name) }
        KernelName.bytes(name).withUnsafeBytes { value(type, $0, addingZeroBytes: 1) }
    }

    /// Writes bytes as they are.
    mutating func data(_ type: UInt16, _ bytes: [UInt8]) {
        bytes.withUnsafeBytes { value(type, $0, addingZeroBytes: 0) }
    }

    /// Writes the first bytes of a number that has its first byte as the most significant one.
    @inline(__always)
    mutating func leadingBytes(_ type: UInt16, _ bits: UInt128, count length: Int) {
        let length = min(max(length, 0), 16)
        // Bits after the length would stand in the padding; a shift by the whole width gives zero.
        let value = bits & ~(UInt128.max >> UInt128(8 * length))
        let start = count
        store(type, length: Self.headerSize + length, value.bigEndian)
        count = start + Self.headerSize + padded(length)
    }

    // MARK: What is not an attribute

    /// Writes whole attributes, or the fixed header of a message, as they are.
    mutating func raw(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { raw($0) }
    }

    /// Writes whole attributes, or the fixed header of a message, as they are.
    mutating func raw(_ bytes: UnsafeRawBufferPointer) {
        let start = claim(padded(bytes.count))
        storage.withUnsafeMutableBytes { copy(bytes, into: $0, at: start, paddedSize: padded(bytes.count)) }
    }

    /// Makes room for some bytes, which the caller fills with `store`, and returns where they start.
    @inline(__always)
    mutating func claim(_ size: Int) -> Int {
        let start = count
        let end = start + size
        if end > storage.count { grow(to: end) }
        count = end
        return start
    }

    /// Writes a number in the machine's byte order into bytes that were claimed.
    @inline(__always)
    mutating func store<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number, at offset: Int) {
        storage.withUnsafeMutableBytes {
            $0.storeBytes(of: number, toByteOffset: offset, as: Number.self)
        }
    }

    // MARK: Details

    /// Writes a header and a number after it, in the machine's byte order.
    @inline(__always)
    private mutating func store<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: UInt16,
        length: Int,
        _ value: Number
    ) {
        let start = claim(Self.headerSize + MemoryLayout<Number>.size)
        storage.withUnsafeMutableBytes {
            $0.storeBytes(of: UInt16(truncatingIfNeeded: length), toByteOffset: start, as: UInt16.self)
            $0.storeBytes(of: type, toByteOffset: start + 2, as: UInt16.self)
            $0.storeBytes(of: value, toByteOffset: start + Self.headerSize, as: Number.self)
        }
    }

    @inline(__always)
    private mutating func header(_ type: UInt16, _ length: Int, at start: Int) {
        store(UInt16(truncatingIfNeeded: length), at: start)
        store(type, at: start + 2)
    }

    @inline(__always)
    private mutating func setLength(_ length: Int, at start: Int) {
        if length > Self.longest { isOverlong = true }
        store(UInt16(truncatingIfNeeded: length), at: start)
    }

    private mutating func value(_ type: UInt16, _ bytes: UnsafeRawBufferPointer, addingZeroBytes zeroes: Int) {
        let length = Self.headerSize + bytes.count + zeroes
        let start = claim(padded(length))
        header(type, length, at: start)
        if length > Self.longest { isOverlong = true }
        let size = padded(length) - Self.headerSize
        storage.withUnsafeMutableBytes { copy(bytes, into: $0, at: start + Self.headerSize, paddedSize: size) }
    }

    @inline(never)
    private mutating func grow(to size: Int) {
        let room = max(size, storage.count * 2)
        storage.append(contentsOf: repeatElement(0, count: room - storage.count))
    }
}

/// Rounds up to netlink's alignment of four bytes (`NLA_ALIGN`).
@inline(__always)
func padded(_ size: Int) -> Int {
    (size + 3) & ~3
}

/// Copies bytes and zeroes the rest of their place.
private func copy(
    _ bytes: UnsafeRawBufferPointer,
    into target: UnsafeMutableRawBufferPointer,
    at offset: Int,
    paddedSize: Int
) {
    let place = UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + paddedSize])
    place.copyMemory(from: bytes)
    for position in bytes.count..<paddedSize { place[position] = 0 }
}
