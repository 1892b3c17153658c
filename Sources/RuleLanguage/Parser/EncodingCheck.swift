import Diagnostics

/// Finds what makes a file no UTF-8 text.
enum EncodingCheck {
    /// How many bad places of a file are reported.
    private static let maximumReports = 20

    /// Reports NUL bytes and bytes that are not UTF-8: of bad bytes in a row, the first.
    static func check(
        _ bytes: UnsafeBufferPointer<UInt8>,
        of source: SourceID,
        diagnostics: inout DiagnosticBag
    ) {
        var reports = 0
        var index = plainPrefix(bytes, from: 0)
        var lastBad = -2
        while index < bytes.count, reports < maximumReports {
            let (scalar, length) = UTF8Decoding.decode(bytes, at: index)
            let isBad = scalar == nil || scalar == "\0"
            if isBad {
                if index != lastBad + 1 {
                    let range = SourceRange(file: source, start: UInt32(index), end: UInt32(index + 1))
                    diagnostics.report(scalar == nil ? .invalidUTF8(bytes[index], at: range) : .nulByte(at: range))
                    reports += 1
                }
                lastBad = index
            }
            index = plainPrefix(bytes, from: index + length)
        }
    }

    /// Passes over ASCII without NUL, eight bytes at a time.
    private static func plainPrefix(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let raw = UnsafeRawBufferPointer(bytes)
        var index = start
        while index + 8 <= bytes.count {
            let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            // A byte's high bit is set in the first term where the byte is NUL (or after one that is), in the second
            // where it is not ASCII.
            let suspicious = (word &- 0x0101_0101_0101_0101 | word) & 0x8080_8080_8080_8080
            guard suspicious == 0 else {
                break
            }
            index += 8
        }
        while index < bytes.count, bytes[index] != 0, bytes[index] < 0x80 {
            index += 1
        }
        return index
    }
}
