/// One interface by name, or all whose names start alike (`wl*`).
public struct InterfacePattern: Sendable, Hashable, Comparable {
    /// The whole name, or what the names start with.
    public let name: InterfaceName
    /// Whether any ending is meant.
    public let isPrefix: Bool

    /// Creates a pattern.
    public init(_ name: InterfaceName, isPrefix: Bool = false) {
        self.name = name
        self.isPrefix = isPrefix
    }

    /// Whether the pattern means this interface.
    public func matches(_ interface: InterfaceName) -> Bool {
        isPrefix ? interface.rawValue.utf8.starts(with: name.rawValue.utf8) : interface == name
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.name, left.isPrefix ? 1 : 0) < (right.name, right.isPrefix ? 1 : 0)
    }
}

extension InterfacePattern: TextWritable {
    /// Reads a name, or the start of names with `*` after it; a backslash takes the meaning from the byte after it.
    public init?(parsing text: Span<UInt8>) {
        let (asterisk, backslash) = (UInt8(ascii: "*"), UInt8(ascii: "\\"))
        var isPrefix = false
        var hasEscapes = false
        for index in text.indices where text[index] == asterisk || text[index] == backslash {
            isPrefix = index == text.count - 1 && text[index] == asterisk
            hasEscapes = hasEscapes || text[index] == backslash
        }
        guard hasEscapes else {
            guard let name = InterfaceName(parsing: text.extracting(0..<text.count - (isPrefix ? 1 : 0))) else {
                return nil
            }
            self.init(name, isPrefix: isPrefix)
            return
        }
        var name: [UInt8] = []
        var isEscaped = false
        for index in text.indices {
            isPrefix = text[index] == asterisk && !isEscaped && index == text.count - 1
            isEscaped = text[index] == backslash && !isEscaped
            if !isEscaped && !isPrefix { name.append(text[index]) }
        }
        guard !isEscaped, let name = InterfaceName(parsing: name.span) else { return nil }
        self.init(name, isPrefix: isPrefix)
    }

    /// Reads a name, or the start of names with `*` after it.
    public init?(_ text: String) {
        self.init(parsing: text.utf8.span)
    }

    /// Appends the form that `init(parsing:)` reads, without quotes.
    public func write(to text: inout TextBuffer) {
        let bytes = name.rawValue.utf8
        for (index, byte) in bytes.enumerated() {
            let endsInAsterisk = !isPrefix && byte == UInt8(ascii: "*") && index == bytes.count - 1
            if byte == UInt8(ascii: "\\") || endsInAsterisk { text.write(UInt8(ascii: "\\")) }
            text.write(byte)
        }
        if isPrefix { text.write(UInt8(ascii: "*")) }
    }
}
