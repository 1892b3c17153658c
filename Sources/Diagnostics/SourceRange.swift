/// Names one file of a ``SourceMap``.
public struct SourceID: RawRepresentable, Sendable, Hashable {
    /// Position of the file in its map.
    public let rawValue: UInt32

    /// Names the file at a position of its map.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }
}

/// A stretch of bytes in one source file: 12 bytes, so that every syntax node can carry one.
public struct SourceRange: Sendable, Hashable {
    /// The file that holds the bytes.
    public let file: SourceID
    /// Offset of the first byte.
    public let start: UInt32
    /// Offset just after the last byte; never less than `start`.
    public let end: UInt32

    /// Makes a range; an end before the start gives the empty range at the start.
    public init(file: SourceID, start: UInt32, end: UInt32) {
        self.file = file
        self.start = start
        self.end = max(start, end)
    }

    /// The byte offsets as indices.
    public var offsets: Range<Int> {
        Int(start)..<Int(end)
    }

    /// Whether the range holds no byte: a place between two bytes.
    public var isEmpty: Bool {
        start == end
    }

    /// The range from the start of this one to the end of `other`, which lies in the same file.
    public func through(_ other: SourceRange) -> SourceRange {
        SourceRange(file: file, start: min(start, other.start), end: max(end, other.end))
    }
}
