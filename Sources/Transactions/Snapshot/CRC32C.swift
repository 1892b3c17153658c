/// The checksum of RFC 3720 (Castagnoli's polynomial), eight bytes at a time.
enum CRC32C {
    static func checksum(of bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { checksum($0) }
    }

    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        tables.withUnsafeBufferPointer { tables in
            var crc = UInt32.max
            var offset = 0
            while bytes.count - offset >= 8 {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                let mixed = word ^ UInt64(crc)
                crc = 0
                for lane in 0..<8 {
                    crc ^= tables[(7 - lane) << 8 | Int(truncatingIfNeeded: mixed >> UInt64(8 * lane)) & 0xff]
                }
                offset += 8
            }
            for byte in bytes[offset...] {
                crc = crc >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: crc) ^ byte)]
            }
            return ~crc
        }
    }

    /// The remainder of each byte, alone and followed by one to seven zero bytes.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 << 8)
        for byte in 0..<256 {
            var remainder = UInt32(byte)
            for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0x82f6_3b78 : 0) }
            tables[byte] = remainder
        }
        for lane in 1..<8 {
            for byte in 0..<256 {
                let before = tables[(lane - 1) << 8 | byte]
                tables[lane << 8 | byte] = before >> 8 ^ tables[Int(before & 0xff)]
            }
        }
        return tables
    }()
}
