import NetworkTypes

/// Walks through netlink attributes that may be malformed: every length is checked, nothing is ever read outside the bytes.
///
/// The reader does not own the bytes; it lives inside the closure that lends them.
struct AttributeReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    /// Whether a length did not fit: what follows cannot be read.
    private(set) var isMalformed = false

    /// `NLA_TYPE_MASK`: the two upper bits of a type are flags (nested, network byte order).
    private static let typeMask: UInt16 = 0x3fff

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// One attribute.
    struct Attribute {
        /// The type without its flags.
        let type: UInt16
        /// The value, without padding.
        let value: UnsafeRawBufferPointer
        /// The whole attribute with header and padding, as far as there is padding.
        let whole: UnsafeRawBufferPointer
    }

    /// The next attribute; nil after the last one, or if the rest is malformed.
    @inline(__always)
    mutating func next() -> Attribute? {
        let remaining = bytes.count - offset
        guard remaining > 0 else { return nil }
        guard remaining >= AttributeWriter.headerSize else {
            isMalformed = true
            return nil
        }
        let length = Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
        guard length >= AttributeWriter.headerSize, length <= remaining else {
            isMalformed = true
            return nil
        }
        let type = bytes.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self) & Self.typeMask
        let end = offset + min(padded(length), remaining)
        defer { offset = end }
        return Attribute(
            type: type,
            value: UnsafeRawBufferPointer(rebasing: bytes[offset + AttributeWriter.headerSize..<offset + length]),
            whole: UnsafeRawBufferPointer(rebasing: bytes[offset..<end])
        )
    }
}

extension AttributeReader.Attribute {
    /// The value as attributes.
    var nested: AttributeReader {
        AttributeReader(value)
    }

    /// The value as a byte; nil if it has another length.
    var byte: UInt8? {
        value.count == 1 ? value[0] : nil
    }

    /// The value as 16 bits in network byte order; nil if it has another length.
    var networkOrder16: UInt16? {
        value.count == 2 ? UInt16(bigEndian: value.loadUnaligned(as: UInt16.self)) : nil
    }

    /// The value as 32 bits in network byte order; nil if it has another length.
    var networkOrder32: UInt32? {
        value.count == 4 ? UInt32(bigEndian: value.loadUnaligned(as: UInt32.self)) : nil
    }

    /// The value as 64 bits in network byte order; nil if it has another length.
    var networkOrder64: UInt64? {
        value.count == 8 ? UInt64(bigEndian: value.loadUnaligned(as: UInt64.self)) : nil
    }

    /// The value as 32 bits in the machine's byte order; nil if it has another length.
    var hostOrder32: UInt32? {
        value.count == 4 ? value.loadUnaligned(as: UInt32.self) : nil
    }

    /// The value as 16 bits in the machine's byte order; nil if it has another length.
    var hostOrder16: UInt16? {
        value.count == 2 ? value.loadUnaligned(as: UInt16.self) : nil
    }

    /// The value as two ends in the machine's byte order, the first not after the last; nil if it is anything else.
    func interval<Bound: FixedWidthInteger & BitwiseCopyable>(_: Bound.Type) -> Interval<Bound>? {
        let size = MemoryLayout<Bound>.size
        guard value.count == 2 * size else { return nil }
        return Interval(
            value.loadUnaligned(as: Bound.self),
            value.loadUnaligned(fromByteOffset: size, as: Bound.self)
        )
    }

    /// The value as text: up to its first NUL, or whole. Nothing where it is not UTF-8.
    var string: String? {
        String(validating: value.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The value as the name of something of nf_tables, up to its first NUL; the kernel takes almost any bytes in it.
    var name: String {
        KernelName.text(value.prefix { $0 != 0 })
    }

    /// The value as the name of an interface, up to its first NUL.
    var interfaceName: String {
        KernelName.interface(value.prefix { $0 != 0 })
    }

    /// A value of up to 16 bytes as a number that has the first byte as its most significant one; nothing where it is longer.
    var leadingBits: UInt128? {
        guard value.count <= 16 else { return nil }
        var bits: UInt128 = 0
        for byte in value { bits = bits << 8 | UInt128(byte) }
        return value.isEmpty ? 0 : bits << UInt128(8 * (16 - value.count))
    }
}
