import Diagnostics
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
        return JSONEscapes.escaped(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
