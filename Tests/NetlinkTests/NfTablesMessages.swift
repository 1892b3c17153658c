import Netlink
import Testing

/// The handful of nf_tables messages that these tests send, byte by byte.
enum NfTables {
    static func type(_ message: UInt16) -> UInt16 { 10 << 8 | message }

    static let newTable = type(0)
    static let getTable = type(1)
    static let deleteTable = type(2)
    static let newChain = type(3)
    static let getChain = type(4)
    static let newRule = type(6)
    static let getRule = type(7)
    static let newSet = type(9)
    static let newSetElement = type(12)
    static let getSetElement = type(13)
    static let newGeneration = type(15)
    static let getGeneration = type(16)

    static let inet: UInt8 = 1

    /// `struct nfgenmsg` and attributes.
    static func payload(_ family: UInt8 = inet, _ attributes: [UInt8]...) -> [UInt8] {
        [family, 0, 0, 0] + attributes.flatMap { $0 }
    }

    static func attribute(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
        let size = UInt16(value.count + 4)
        let bytes = [
            UInt8(truncatingIfNeeded: size), UInt8(size >> 8), UInt8(truncatingIfNeeded: type), UInt8(type >> 8),
        ]
        return bytes + value + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
    }

    static func nested(_ type: UInt16, _ children: [UInt8]...) -> [UInt8] {
        attribute(type | 0x8000, children.flatMap { $0 })
    }

    static func string(_ type: UInt16, _ text: String) -> [UInt8] {
        attribute(type, Array(text.utf8) + [0])
    }

    static func number(_ type: UInt16, _ value: UInt32) -> [UInt8] {
        attribute(type, (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) })
    }

    /// The first attribute of a type, in a payload that starts with `struct nfgenmsg`.
    static func find(_ type: UInt16, in payload: [UInt8]) -> [UInt8]? {
        var offset = 4
        while offset + 4 <= payload.count {
            let size = Int(payload[offset]) | Int(payload[offset + 1]) << 8
            guard size >= 4, offset + size <= payload.count else { return nil }
            if UInt16(payload[offset + 2]) | UInt16(payload[offset + 3] & 0x3f) << 8 == type {
                return Array(payload[offset + 4..<offset + size])
            }
            offset += (size + 3) & ~3
        }
        return nil
    }

    static func text(_ type: UInt16, in payload: [UInt8]) -> String? {
        find(type, in: payload).map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

extension NetlinkSocket {
    /// The generation of the ruleset (`NFT_MSG_GETGEN`).
    mutating func generation() throws -> UInt32 {
        let replies = try request(NetlinkRequest(type: NfTables.getGeneration, payload: NfTables.payload(0)))
        let value = try #require(replies.first.flatMap { NfTables.find(1, in: $0.payload) })
        return value.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The names of all objects of a kind, whose name is the attribute with the given type.
    mutating func names(_ type: UInt16, attribute: UInt16, _ filter: [UInt8] = []) throws -> [String] {
        var names: [String] = []
        try dump(NetlinkRequest(type: type, payload: NfTables.payload(0, filter))) { _, payload in
            let bytes = payload.withUnsafeBytes { Array($0) }
            if let name = NfTables.text(attribute, in: bytes) { names.append(name) }
        }
        return names
    }
}
