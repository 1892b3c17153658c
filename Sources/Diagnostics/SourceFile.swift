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
    /// Whether messages may show something of the text: not to somebody who may not read the file.
    public let isShown: Bool
    private let lines: LineTable

    /// Takes a text and finds its lines.
    /// - Parameter isShown: Whether messages may show something of it.
    public init(name: String, bytes: [UInt8], isShown: Bool = true) {
        self.name = name
        self.isShown = isShown
        isTruncated = bytes.count > Self.maximumSize
        self.bytes = isTruncated ? Array(bytes.prefix(Self.maximumSize)) : bytes
        lines = LineTable(self.bytes)
    }

    /// Takes a text that is in memory as a string.
    public init(name: String, text: String) {
        self.init(name: name, bytes: Array(text.utf8))
    }

    /// Number of lines; a line feed at the very end starts one more, empty line.
    public var lineCount: Int {
        lines.count
    }

    /// The number of the line, from 1, that holds the byte at `offset`.
    public func line(at offset: UInt32) -> Int {
        lines.line(at: Int(offset), in: bytes)
    }

    /// The line and column of the byte at `offset`.
    public func position(at offset: UInt32) -> Position {
        let line = line(at: offset)
        let start = lines.start(of: line, in: bytes)
        let end = min(max(Int(offset), start), bytes.count)
        return Position(line: line, column: UTF8Decoding.characterCount(bytes[start..<end]) + 1)
    }

    /// The offsets of a line's bytes without its line end (`\n` or `\r\n`); empty for a line that is not there.
    public func contents(ofLine line: Int) -> Range<Int> {
        guard line >= 1, line <= lines.count else {
            return 0..<0
        }
        let start = lines.start(of: line, in: bytes)
        var end = bytes.count
        if line < lines.count {
            end = lines.start(of: line + 1, in: bytes) - 1
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
}
