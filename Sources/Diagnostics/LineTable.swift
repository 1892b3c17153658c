import Glibc

/// Where the lines of a text start. Only every sixteenth line is noted: a text may be all line ends.
struct LineTable: Sendable {
    /// How many lines there are, at least one.
    let count: Int
    /// Offset of the first byte of each line whose number, from 0, is a multiple of ``step``.
    private let starts: [UInt32]

    private static let step = 16

    init(_ bytes: [UInt8]) {
        var starts: [UInt32] = [0]
        var count = 1
        var offset = 0
        while let next = Self.lineEnd(in: bytes, from: offset) {
            offset = next + 1
            if count.isMultiple(of: Self.step) { starts.append(UInt32(truncatingIfNeeded: offset)) }
            count += 1
        }
        self.starts = starts
        self.count = count
    }

    /// The number, from 1, of the line that holds the byte at an offset.
    func line(at offset: Int, in bytes: [UInt8]) -> Int {
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if Int(starts[middle]) <= offset { low = middle } else { high = middle }
        }
        var line = low * Self.step + 1
        var start = Int(starts[low])
        while let end = Self.lineEnd(in: bytes, from: start), end < offset {
            start = end + 1
            line += 1
        }
        return line
    }

    /// The offset of the first byte of a line, which must be there.
    func start(of line: Int, in bytes: [UInt8]) -> Int {
        let (noted, rest) = (line - 1).quotientAndRemainder(dividingBy: Self.step)
        var start = Int(starts[noted])
        for _ in 0..<rest {
            guard let end = Self.lineEnd(in: bytes, from: start) else { break }
            start = end + 1
        }
        return start
    }

    /// The offset of the first line feed from an offset on.
    private static func lineEnd(in bytes: [UInt8], from offset: Int) -> Int? {
        bytes.withUnsafeBytes { bytes in
            guard offset < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + offset, Int32(UInt8(ascii: "\n")), bytes.count - offset)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }
}
