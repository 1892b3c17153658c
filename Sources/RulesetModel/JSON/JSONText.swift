import NetworkTypes

/// A value that JSON has as a string.
protocol JSONText: Sendable {
    /// Reads the value; the error is a sentence for people.
    init(json text: String) throws(JSONTextError)
    /// The string.
    var json: String { get }
}

/// Why a string is not the value that was wanted.
struct JSONTextError: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

/// A value as a JSON string.
struct AsText<Value: JSONText>: Codable, Sendable {
    let value: Value

    init(value: Value) {
        self.value = value
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do throws(JSONTextError) {
            value = try Value(json: text)
        } catch {
            throw decoder.corrupted(error.message)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value.json)
    }
}

extension JSONText where Self: TextWritable {
    var json: String {
        description
    }
}

extension JSONText where Self: NamedValue {
    init(json text: String) throws(JSONTextError) {
        guard let value = Self(named: text) else {
            throw JSONTextError("'\(text)' is none of \(Self.allNames.joined(separator: ", "))")
        }
        self = value
    }

    var json: String {
        name?.description ?? ""
    }
}

extension JSONText where Self: NamedValue & TextWritable {
    var json: String {
        description
    }
}

extension NetfilterHook: JSONText {}
extension ChainType: JSONText {}
extension ChainPolicy: JSONText {}
extension LogLevel: JSONText {}
extension RouteScope: JSONText {}
extension RouterPreference: JSONText {}
extension Limit.Period: JSONText {}
extension NATFlags: JSONText {}
extension TCPFlags: JSONText {}
extension ConntrackStates: JSONText {}
extension ConntrackStatus: JSONText {}

extension AddressFamily: JSONText {
    init(json text: String) throws(JSONTextError) {
        switch text {
        case "ipv4": self = .ipv4
        case "ipv6": self = .ipv6
        default: throw JSONTextError("'\(text)' is neither ipv4 nor ipv6")
        }
    }

    var json: String {
        self == .ipv4 ? "ipv4" : "ipv6"
    }
}

extension IPAddress: JSONText {
    init(json text: String) throws(JSONTextError) {
        guard let address = IPAddress(text) else { throw JSONTextError("'\(text)' is no address") }
        self = address
    }
}

extension IPPrefix: JSONText {
    init(json text: String) throws(JSONTextError) {
        do {
            self = try IPPrefix(text)
        } catch {
            throw JSONTextError(error, text)
        }
    }
}

extension AddressRange: JSONText {
    init(json text: String) throws(JSONTextError) {
        do {
            self = try AddressRange(text)
        } catch {
            throw JSONTextError(error, text)
        }
    }
}

extension TargetAddresses: JSONText {
    init(json text: String) throws(JSONTextError) {
        if text.utf8.contains(UInt8(ascii: "/")) {
            self.init(try IPPrefix(json: text))
        } else {
            self.init(try AddressRange(json: text))
        }
    }
}

extension JSONTextError {
    fileprivate init(_ error: AddressParsingError, _ text: String) {
        switch error {
        case .malformed: self.init("'\(text)' is no address, prefix or range")
        case .lengthTooLarge(let family):
            self.init("a prefix of this family is at most \(family.addressBits) bits long")
        case .hostBitsSet(let prefix): self.init("'\(text)' has bits after its length; the prefix is \(prefix)")
        case .reversed: self.init("the range '\(text)' ends before it starts")
        case .mixedFamilies: self.init("the range '\(text)' has ends of two families")
        }
    }
}

extension InterfaceName: JSONText {
    init(json text: String) throws(JSONTextError) {
        guard let name = InterfaceName(text) else { throw JSONTextError("'\(text)' is no name of an interface") }
        self = name
    }

    var json: String {
        rawValue
    }
}

extension InterfacePattern: JSONText {
    init(json text: String) throws(JSONTextError) {
        guard let pattern = InterfacePattern(text) else { throw JSONTextError("'\(text)' is no name of an interface") }
        self = pattern
    }
}
