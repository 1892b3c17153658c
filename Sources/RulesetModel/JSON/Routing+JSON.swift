import NetworkTypes

extension RoutingTable: Codable {
    /// Reads an object with `name` and `number`.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.object(keys: ["name", "number"])
        self.init(name: try object.name(), number: try object.number("number", UInt32.self))
        guard !["main", "default", "local", "unspec"].contains(name) else {
            throw object.corrupted("name", "the kernel has a table of this name")
        }
        guard number > 0, !(253...255).contains(number) else {
            throw object.corrupted("number", "0, 253, 254 and 255 are the kernel's own")
        }
    }

    /// Writes an object with `name` and `number`.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: JSONKey.self)
        try object.encode(name, forKey: "name")
        try object.encode(number, forKey: "number")
    }
}

extension Sysctl: Codable {
    /// Reads an object with `name` and `value`.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.object(keys: ["name", "value"])
        self.init(
            name: try object.decode(String.self, forKey: "name"),
            value: try object.decode(String.self, forKey: "value")
        )
        guard Self.isWellFormed(name) else {
            throw object.corrupted("name", "expected a dotted name below 'net.'")
        }
        guard !value.isEmpty, value.utf8.count <= 1024, value.isPlainText, !value.hasLooseBlanks else {
            throw object.corrupted("value", "expected words with single blanks between them")
        }
    }

    /// Writes an object with `name` and `value`.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: JSONKey.self)
        try object.encode(name, forKey: "name")
        try object.encode(value, forKey: "value")
    }

    /// Whether the name is one of a setting below `net.`: parts of letters, digits, `_`, `-` and `/`, with dots between them.
    static func isWellFormed(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1, parts[0] == "net", name.utf8.count <= 255 else { return false }
        return parts.allSatisfy { part in
            !part.isEmpty && !part.hasPrefix("/")
                && part.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "/"):
                        true
                    default: false
                    }
                }
        }
    }
}

extension String {
    /// Whether there are blanks at an end or two in a row.
    fileprivate var hasLooseBlanks: Bool {
        split(separator: " ", omittingEmptySubsequences: false).contains { $0.isEmpty }
    }
}
