import Glibc

/// Why bytes are not what they should be.
struct MalformedBytes: Error {
    let reason: String
}

/// Reads what `ByteWriter` wrote, from bytes that may be damaged: every length is checked before anything is made of it.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    /// How many bytes of memory what is read may take still, as far as that is known beforehand.
    private var remainingMemory: Int

    init(_ bytes: UnsafeRawBufferPointer, memory: Int = .max) {
        self.bytes = bytes
        remainingMemory = memory
    }

    /// Few bytes can stand for a value that takes many.
    private mutating func take(memory count: Int) throws(MalformedBytes) {
        guard count <= remainingMemory else { throw MalformedBytes(reason: "it is too large") }
        remainingMemory -= count
    }

    var remaining: Int { bytes.count - offset }

    mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type = Number.self
    ) throws(MalformedBytes) -> Number {
        let size = MemoryLayout<Number>.size
        guard remaining >= size else { throw MalformedBytes(reason: "it ends too soon") }
        defer { offset += size }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    mutating func flag() throws(MalformedBytes) -> Bool {
        switch try number(UInt8.self) {
        case 0: return false
        case 1: return true
        default: throw MalformedBytes(reason: "it has a flag that is neither set nor unset")
        }
    }

    mutating func data() throws(MalformedBytes) -> [UInt8] {
        let count = Int(try number(UInt32.self))
        guard count <= remaining else { throw MalformedBytes(reason: "it ends too soon") }
        // An array has a head before its elements.
        try take(memory: count + 32)
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    /// Whether the next data are these, compared where they stand; nil is never the same.
    mutating func isData(_ other: [UInt8]?) throws(MalformedBytes) -> Bool {
        let count = Int(try number(UInt32.self))
        guard count <= remaining else { throw MalformedBytes(reason: "it ends too soon") }
        defer { offset += count }
        guard let other, count == other.count else { return false }
        guard count > 0 else { return true }
        return other.withUnsafeBytes { other in
            guard let one = bytes.baseAddress, let two = other.baseAddress else { return false }
            return memcmp(one + offset, two, count) == 0
        }
    }

    mutating func text() throws(MalformedBytes) -> String {
        guard let text = String(validating: try data(), as: UTF8.self) else {
            throw MalformedBytes(reason: "it has text that is not UTF-8")
        }
        return text
    }

    mutating func leadingBytes(count: Int) throws(MalformedBytes) -> UInt128 {
        guard count <= remaining, count <= 16 else { throw MalformedBytes(reason: "it ends too soon") }
        defer { offset += count }
        var bits: UInt128 = 0
        for byte in bytes[offset..<offset + count] { bits = bits << 8 | UInt128(byte) }
        return count == 0 ? 0 : bits << UInt128(8 * (16 - count))
    }

    /// Reads a list whose elements take at least some bytes each, so that a damaged count cannot ask for endless memory.
    mutating func list<Element>(
        smallest: Int,
        _ body: (inout ByteReader) throws(MalformedBytes) -> Element
    ) throws(MalformedBytes) -> [Element] {
        let count = Int(try number(UInt32.self))
        guard count <= remaining / max(smallest, 1) else { throw MalformedBytes(reason: "it ends too soon") }
        try take(memory: count * MemoryLayout<Element>.stride)
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try body(&self)) }
        return elements
    }

    mutating func optional<Value>(
        _ body: (inout ByteReader) throws(MalformedBytes) -> Value
    ) throws(MalformedBytes) -> Value? {
        try flag() ? try body(&self) : nil
    }
}
