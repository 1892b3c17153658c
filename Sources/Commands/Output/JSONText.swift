import FoundationEssentials

/// Values as JSON text, members in a fixed order.
enum JSONText {
    /// The JSON of a value.
    static func of(_ value: some Encodable) throws -> String {
        try text(of: value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    }

    /// The JSON of a value in one line.
    static func line(of value: some Encodable) throws -> String {
        try text(of: value, [.sortedKeys, .withoutEscapingSlashes])
    }

    private static func text(
        of value: some Encodable,
        _ formatting: JSONEncoder.OutputFormatting
    ) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        return escaped(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// The encoder leaves these control characters as they are, but a terminal may obey them; they can stand in strings only.
    private static func escaped(_ json: String) -> String {
        let controls: ClosedRange<Unicode.Scalar> = "\u{7F}"..."\u{9F}"
        guard json.unicodeScalars.contains(where: controls.contains) else { return json }
        return json.unicodeScalars.map { scalar in
            controls.contains(scalar) ? "\\u00" + String(scalar.value, radix: 16) : String(Character(scalar))
        }.joined()
    }
}
