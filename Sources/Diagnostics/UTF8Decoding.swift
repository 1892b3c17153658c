/// Decodes UTF-8 scalar by scalar from bytes that may hold anything.
public enum UTF8Decoding {
    /// Decodes what starts at `index`, which must be inside the bytes.
    ///
    /// Overlong forms, surrogates and values above U+10FFFF are refused (RFC 3629, section 3): then the scalar is nil
    /// and the length 1.
    public static func decode(_ bytes: [UInt8], at index: Int) -> (scalar: Unicode.Scalar?, length: Int) {
        bytes.withUnsafeBufferPointer { decode($0, at: index) }
    }

    /// Decodes what starts at `index`, which must be inside the buffer.
    public static func decode(
        _ bytes: UnsafeBufferPointer<UInt8>,
        at index: Int
    ) -> (scalar: Unicode.Scalar?, length: Int) {
        let first = bytes[index]
        if first < 0x80 {
            return (Unicode.Scalar(first), 1)
        }
        let length: Int
        var value: UInt32
        let least: UInt32
        switch first {
        case 0xC2...0xDF:
            (length, value, least) = (2, UInt32(first & 0x1F), 0x80)
        case 0xE0...0xEF:
            (length, value, least) = (3, UInt32(first & 0x0F), 0x800)
        case 0xF0...0xF4:
            (length, value, least) = (4, UInt32(first & 0x07), 0x10000)
        default:
            return (nil, 1)
        }
        guard index + length <= bytes.count else {
            return (nil, 1)
        }
        for offset in 1..<length {
            let next = bytes[index + offset]
            guard next & 0xC0 == 0x80 else {
                return (nil, 1)
            }
            value = value << 6 | UInt32(next & 0x3F)
        }
        guard value >= least, let scalar = Unicode.Scalar(value) else {
            return (nil, 1)
        }
        return (scalar, length)
    }

    /// The number of characters in a text: of bytes that continue none.
    static func characterCount(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.withUnsafeBytes { bytes in
            var continuations = 0
            var index = 0
            while index + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                continuations += (word & ~(word << 1) & 0x8080_8080_8080_8080).nonzeroBitCount
                index += 8
            }
            while index < bytes.count {
                continuations += bytes[index] & 0xC0 == 0x80 ? 1 : 0
                index += 1
            }
            return bytes.count - continuations
        }
    }
}
