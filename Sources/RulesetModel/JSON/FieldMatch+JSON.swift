import NetworkTypes
import Vocabulary

extension FieldMatch {
    /// The `type` of the condition in JSON: the field's words with hyphens.
    var typeName: String {
        field.jsonName
    }

    /// Reads `values`, or `value` and `mask`, and `not`.
    init(json decoder: any Decoder, _ field: Field.ID) throws {
        let type = field.field.type
        let object = try decoder.object(
            keys: field.field.hasMasks ? ["type", "values", "value", "mask", "not"] : ["type", "values", "not"]
        )
        let isNegated = try object.flag("not")
        let values: Values
        if field.field.hasMasks, object.contains("mask") {
            guard !object.contains("values") else { throw decoder.corrupted("'values' and 'mask' exclude each other") }
            let value = FieldValue(try object.number("value", UInt64.self))
            let mask = FieldValue(try object.number("mask", UInt64.self))
            guard mask != type.greatest else { throw object.corrupted("mask", "all bits are looked at without a mask") }
            values = .masked(value, mask: mask)
        } else {
            guard !object.contains("value") else { throw decoder.corrupted("'value' needs a 'mask'") }
            let elements = try object.decode([JSONFieldValue].self, forKey: "values")
            guard !elements.isEmpty else { throw object.corrupted("values", "the list is empty") }
            values = .among(IntervalSet(try elements.map { try $0.interval(type, decoder) }))
        }
        guard let match = FieldMatch(field, values, isNegated: isNegated) else {
            throw decoder.corrupted("these are no values that '\(field.field.words)' can have")
        }
        self = match
    }

    /// Writes `values`, or `value` and `mask`, and `not`.
    func encode(to object: inout JSONObjectWriter) throws {
        switch values {
        case .among(let values):
            try object.encode(values.intervals.map { JSONFieldValue($0, field.field.type) }, forKey: "values")
        case .masked(let value, let mask):
            try object.encode(value.number64, forKey: "value")
            try object.encode(mask.number64, forKey: "mask")
        }
        try object.encode(flag: isNegated, forKey: "not")
    }
}

extension Field.ID {
    /// The field of a JSON type.
    init?(jsonName name: String) {
        guard let field = Self.byJSONName[name] else { return nil }
        self = field
    }

    var jsonName: String {
        String(field.words.map { $0 == " " ? "-" : $0 })
    }

    private static let byJSONName = Dictionary(uniqueKeysWithValues: Self.all.map { ($0.jsonName, $0) })
}

/// A number as a number, anything else as its text in the rule language: `22`, `"1024-65535"`, `"ef"`.
private enum JSONFieldValue: Codable, Sendable {
    case number(UInt64)
    case text(String)

    init(_ interval: Interval<FieldValue>, _ type: ValueType) {
        if interval.isSingle, case .number = type {
            self = .number(interval.lower.number64)
            return
        }
        var text = TextBuffer()
        if interval.isSingle { type.writeBare(interval.lower, to: &text) } else { type.write(interval, to: &text) }
        self = .text(text.text)
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            self = .number(try JSONNumber<UInt64>(from: decoder).value)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        }
    }

    func interval(_ type: ValueType, _ decoder: any Decoder) throws -> Interval<FieldValue> {
        switch self {
        case .number(let number):
            guard case .number = type else { throw decoder.corrupted("\(type.noun) is text here") }
            return Interval(FieldValue(number))
        case .text(let text):
            do throws(FieldValueError) {
                return try type.interval(parsing: text.utf8.span)
            } catch {
                throw decoder.corrupted("'\(text)' is not \(type.noun)")
            }
        }
    }
}
