/// The name of a network interface: 1 to 15 bytes (`IFNAMSIZ` less its NUL), no `/` or `:`, no white space, not `.` or `..`.
public struct InterfaceName: Sendable, Hashable, Comparable {
    /// The name.
    public let rawValue: String

    /// The interface by which a host talks to itself.
    public static let loopback = InterfaceName(valid: "lo")

    private init(valid text: String) {
        rawValue = text
    }

    /// Creates a name, or nothing where the kernel (`dev_valid_name`) would refuse it.
    public init?(_ text: String) {
        guard Self.isValid(text.utf8.span), Self.isText(text) else { return nil }
        rawValue = text
    }

    /// Creates a name from its bytes, or nothing where the kernel would refuse it or it is not UTF-8.
    public init?(parsing text: Span<UInt8>) {
        guard Self.isValid(text) else { return nil }
        let name = text.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
        guard let name, Self.isText(name) else { return nil }
        rawValue = name
    }

    /// The kernel compares bytes, where Swift takes strings for equal that are written with different characters.
    public static func == (left: Self, right: Self) -> Bool {
        left.rawValue.utf8.elementsEqual(right.rawValue.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        for byte in rawValue.utf8 { hasher.combine(byte) }
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }

    /// Whether no character stands for a byte that is no text (``KernelName``): what is written with it would be another name.
    private static func isText(_ name: String) -> Bool {
        name.unicodeScalars.allSatisfy { KernelName.byte($0) == nil }
    }

    private static func isValid(_ text: Span<UInt8>) -> Bool {
        let dot = UInt8(ascii: ".")
        guard (1...15).contains(text.count) else { return false }
        var isDots = text.count <= 2
        for index in text.indices {
            let byte = text[index]
            isDots = isDots && byte == dot
            // The kernel's isspace() takes 0xa0 for a space, as in Latin-1.
            guard byte > 0x20, byte != 0x7f, byte != 0xa0, byte != UInt8(ascii: "/"), byte != UInt8(ascii: ":") else {
                return false
            }
        }
        return !isDots
    }
}
