import Glibc

/// The text of one file, with its table of lines.
///
/// The bytes are whatever was read: they need not be UTF-8. Every accessor takes any range and clips it.
public struct SourceFile: Sendable {
    /// The largest text that is looked at, 64 MiB; the rest of a longer one is left off.
    public static let maximumSize = 64 << 20

    /// A place in a file as people count: both numbers start at 1.
    public struct Position: Sendable, Hashable {
        /// Number of the line.
        public let line: Int
        /// Number of the character (Unicode scalar) in the line; a tab is one, whatever its width.
        public let column: Int
    }

    /// The name that messages show, usually the path as the user wrote it.
    public let name: String
    /// The text.
    public let bytes: [UInt8]
    /// Whether the text was longer than ``maximumSize`` and what follows was left off.
    public let isTruncated: Bool
    /// Offset of the first byte of each line; never empty.
    private let lineStarts: [UInt32]

    /// Takes a text and finds its lines.
    public init(name: String, bytes: [UInt8]) {
        self.name = name
        isTruncated = bytes.count > Self.maximumSize
        self.bytes = isTruncated ? Array(bytes.prefix(Self.maximumSize)) : bytes
        lineStarts = Self.lineStarts(of: self.bytes)
    }

    /// Takes a text that is in memory as a string.
    public init(name: String, text: String) {
        self.init(name: name, bytes: Array(text.utf8))
    }

    /// Number of lines; a line feed at the very end starts one more, empty line.
    public var lineCount: Int {
        lineStarts.count
    }

    /// The number of the line, from 1, that holds the byte at `offset`.
    public func line(at offset: UInt32) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset {
                low = middle
            } else {
                high = middle
            }
        }
        return low + 1
    }

    /// The line and column of the byte at `offset`.
    public func position(at offset: UInt32) -> Position {
        let line = line(at: offset)
        let start = Int(lineStarts[line - 1])
        let end = min(max(Int(offset), start), bytes.count)
        return Position(line: line, column: UTF8Decoding.characterCount(bytes[start..<end]) + 1)
    }

    /// The offsets of a line's bytes without its line end (`\n` or `\r\n`); empty for a line that is not there.
    public func contents(ofLine line: Int) -> Range<Int> {
        guard line >= 1, line <= lineStarts.count else {
            return 0..<0
        }
        let start = Int(lineStarts[line - 1])
        var end = bytes.count
        if line < lineStarts.count {
            end = Int(lineStarts[line]) - 1
            if end > start, bytes[end - 1] == UInt8(ascii: "\r") {
                end -= 1
            }
        }
        return start..<end
    }

    /// The text of a range; what is not UTF-8 becomes U+FFFD.
    public func text(_ range: SourceRange) -> String {
        text(range.offsets)
    }

    /// The text between two offsets; what is not UTF-8 becomes U+FFFD.
    public func text(_ offsets: Range<Int>) -> String {
        String(decoding: bytes[offsets.clamped(to: 0..<bytes.count)], as: UTF8.self)
    }

    private static func lineStarts(of bytes: [UInt8]) -> [UInt32] {
        var starts: [UInt32] = [0]
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else {
                return
            }
            var offset = 0
            while let found = memchr(base + offset, Int32(UInt8(ascii: "\n")), bytes.count - offset) {
                offset = UnsafeRawPointer(found) - base + 1
                starts.append(UInt32(truncatingIfNeeded: offset))
            }
        }
        return starts
    }
}
