/// A key of a JSON object, by its name.
struct JSONKey: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    let intValue: Int?

    init(_ name: String) {
        stringValue = name
        intValue = nil
    }

    init(stringLiteral name: String) {
        self.init(name)
    }

    init?(stringValue: String) {
        self.init(stringValue)
    }

    /// A place in a list.
    init(intValue: Int) {
        stringValue = "\(intValue)"
        self.intValue = intValue
    }
}

typealias JSONObject = KeyedDecodingContainer<JSONKey>
typealias JSONObjectWriter = KeyedEncodingContainer<JSONKey>

extension Decoder {
    /// The object with these keys at most: a misspelt key is a mistake, not something to pass over.
    func object(keys: [JSONKey]) throws -> JSONObject {
        let object = try container(keyedBy: JSONKey.self)
        for key in object.allKeys where !keys.contains(where: { $0.stringValue == key.stringValue }) {
            let known = keys.map(\.stringValue).joined(separator: ", ")
            throw object.corrupted(key, "there is no such key here; known are \(known)")
        }
        return object
    }

    /// An error about the value as a whole.
    func corrupted(_ message: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: codingPath, debugDescription: message))
    }
}

extension JSONObject {
    /// An error about the value of a key.
    func corrupted(_ key: JSONKey, _ message: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: codingPath + [key], debugDescription: message))
    }

    /// The number under a key.
    func number<Number: FixedWidthInteger & Decodable & Sendable>(
        _ key: JSONKey,
        _: Number.Type = Number.self
    ) throws -> Number {
        try decode(JSONNumber<Number>.self, forKey: key).value
    }

    /// The number under a key; nothing where the key is missing.
    func numberIfPresent<Number: FixedWidthInteger & Decodable & Sendable>(
        _ key: JSONKey,
        _: Number.Type = Number.self
    ) throws -> Number? {
        try decodeIfPresent(JSONNumber<Number>.self, forKey: key)?.value
    }

    /// The list under a key; an empty one where the key is missing.
    func list<Element: Decodable>(_ key: JSONKey) throws -> [Element] {
        try decodeIfPresent([Element].self, forKey: key) ?? []
    }

    /// Whether the value of a key is true; false where the key is missing.
    func flag(_ key: JSONKey) throws -> Bool {
        try decodeIfPresent(Bool.self, forKey: key) ?? false
    }

    /// The value under a key that has a text form.
    func text<Value: JSONText>(_ key: JSONKey, _: Value.Type = Value.self) throws -> Value {
        try decode(AsText<Value>.self, forKey: key).value
    }

    /// The value under a key that has a text form; nothing where the key is missing.
    func textIfPresent<Value: JSONText>(_ key: JSONKey, _: Value.Type = Value.self) throws -> Value? {
        try decodeIfPresent(AsText<Value>.self, forKey: key)?.value
    }
}

extension JSONObjectWriter {
    /// Writes a flag that is set; one that is not is left out.
    mutating func encode(flag: Bool, forKey key: JSONKey) throws {
        if flag { try encode(true, forKey: key) }
    }

    /// Writes a list that has elements; an empty one is left out.
    mutating func encode(list: [some Encodable], forKey key: JSONKey) throws {
        if !list.isEmpty { try encode(list, forKey: key) }
    }

    /// Writes a value in its text form.
    mutating func encode(text value: some JSONText, forKey key: JSONKey) throws {
        try encode(AsText(value: value), forKey: key)
    }

    /// Writes a value in its text form, where there is one.
    mutating func encode(textIfPresent value: (some JSONText)?, forKey key: JSONKey) throws {
        if let value { try encode(text: value, forKey: key) }
    }
}
