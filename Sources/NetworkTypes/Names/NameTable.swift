/// Names of values, in nft's order; where a value has several names, its own comes first.
public struct NameTable<Value: Hashable & Sendable>: Sendable {
    /// The pairs.
    public let entries: [(name: StaticString, value: Value)]

    /// Creates a table.
    public init(_ entries: [(name: StaticString, value: Value)]) {
        self.entries = entries
    }

    /// The value with this name.
    public func value(named name: Span<UInt8>) -> Value? {
        for entry in entries where name.equals(entry.name) {
            return entry.value
        }
        return nil
    }

    /// The name of a value.
    public func name(of value: Value) -> StaticString? {
        for entry in entries where entry.value == value {
            return entry.name
        }
        return nil
    }
}

/// A type whose values have names in nft's and Weir's languages.
public protocol NamedValue: Hashable, Sendable {
    /// The names.
    static var nameTable: NameTable<Self> { get }
}

extension NamedValue {
    /// The value with this name.
    public init?(named name: Span<UInt8>) {
        guard let value = Self.nameTable.value(named: name) else { return nil }
        self = value
    }

    /// The value with this name.
    public init?(named name: String) {
        self.init(named: name.utf8.span)
    }

    /// The value's name; nothing where only its number can be said.
    public var name: StaticString? {
        Self.nameTable.name(of: self)
    }

    /// All names, for those who look for the one that was meant.
    public static var allNames: [String] {
        nameTable.entries.map { $0.name.description }
    }
}

extension NamedValue where Self: RawRepresentable, RawValue: FixedWidthInteger & UnsignedInteger {
    /// Appends the name, or the number where there is none.
    public func write(to text: inout TextBuffer) {
        if let name {
            text.write(name)
        } else {
            text.write(decimal: rawValue)
        }
    }
}

extension NamedValue where Self: OptionSet, RawValue: FixedWidthInteger & UnsignedInteger, Element == Self {
    /// Appends the names of the bits in the table's order, with commas; bits without a name are left out.
    public func writeNames(to text: inout TextBuffer) {
        let named = Self.nameTable.entries.filter { contains($0.value) }
        text.write(named, separator: ",") { $1.write($0.name) }
    }

    /// All bits that have names.
    public static var allNamed: Self {
        nameTable.entries.reduce(into: []) { $0.formUnion($1.value) }
    }
}

extension Span<UInt8> {
    /// Whether the bytes are those of a literal.
    public func equals(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        let start = literal.utf8Start
        for index in indices where self[index] != start[index] {
            return false
        }
        return true
    }
}
