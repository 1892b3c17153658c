import NetworkTypes

/// A number; one that does not fit its type is told with its place, which the decoder leaves out.
struct JSONNumber<Value: FixedWidthInteger & Decodable & Sendable>: Decodable, Sendable {
    let value: Value

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            value = try container.decode(Value.self)
        } catch let error as DecodingError where !error.isDataCorrupted {
            throw error
        } catch {
            throw decoder.corrupted("expected a whole number from \(Value.min) to \(Value.max)")
        }
    }
}

extension DecodingError {
    fileprivate var isDataCorrupted: Bool {
        if case .dataCorrupted = self { true } else { false }
    }
}

/// A number, or a range of numbers as text: `22`, `"1024-65535"`.
struct JSONInterval<Bound>: Codable, Sendable
where Bound: IntervalBound & FixedWidthInteger & UnsignedInteger & Codable {
    let value: Interval<Bound>

    init(_ value: Interval<Bound>) {
        self.value = value
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let text = try? container.decode(String.self) else {
            value = Interval(try JSONNumber<Bound>(from: decoder).value)
            return
        }
        do throws(IntervalParsingError) {
            value = try Interval(parsing: text.utf8.span)
        } catch {
            switch error {
            case .malformed: throw decoder.corrupted("'\(text)' is neither a number nor a range such as '1024-65535'")
            case .outOfRange: throw decoder.corrupted("'\(text)' goes beyond \(Bound.max)")
            case .reversed: throw decoder.corrupted("the range '\(text)' ends before it starts")
            }
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if value.isSingle {
            try container.encode(value.lower)
        } else {
            try container.encode(value.description)
        }
    }
}

/// A number that may have a name: `"tcp"`, `200`.
struct JSONNamedNumber<Value>: Codable, Sendable
where Value: NamedValue & RawRepresentable, Value.RawValue: FixedWidthInteger & Codable & Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let name = try? container.decode(String.self) {
            guard let value = Value(named: name) else {
                throw decoder.corrupted("'\(name)' is none of \(Value.allNames.joined(separator: ", "))")
            }
            self.value = value
        } else {
            guard let value = Value(rawValue: try JSONNumber(from: decoder).value) else {
                throw decoder.corrupted("there is no such number")
            }
            self.value = value
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let name = value.name {
            try container.encode(name.description)
        } else {
            try container.encode(value.rawValue)
        }
    }
}

extension JSONObject {
    /// The mark under the keys `value` and `mask`.
    func mark() throws -> Mark {
        let value = try number("value", UInt32.self)
        let mask = try numberIfPresent("mask", UInt32.self) ?? .max
        guard let mark = Mark(value: value, mask: mask), mask != 0 else {
            throw corrupted("mask", "the mask must hold every bit of the value, and at least one")
        }
        return mark
    }
}

extension JSONObjectWriter {
    mutating func encode(_ mark: Mark) throws {
        try encode(mark.value, forKey: "value")
        if mark.mask != .max { try encode(mark.mask, forKey: "mask") }
    }
}
