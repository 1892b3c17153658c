/// The name of a network interface: 1 to 15 bytes (`IFNAMSIZ` less its NUL), no `/`, no white space, not `.` or `..`.
public struct InterfaceName: Sendable, Hashable, Comparable {
    /// The name.
    public let rawValue: String

    /// Creates a name, or nothing where the kernel (`dev_valid_name`) would refuse it.
    public init?(_ text: String) {
        let bytes = text.utf8
        guard (1...15).contains(bytes.count), text != ".", text != ".." else { return nil }
        let isValid = bytes.allSatisfy { $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
        guard isValid else { return nil }
        rawValue = text
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }
}

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

    public static func < (left: Self, right: Self) -> Bool {
        (left.name, left.isPrefix ? 1 : 0) < (right.name, right.isPrefix ? 1 : 0)
    }
}
