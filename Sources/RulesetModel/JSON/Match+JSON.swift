import NetworkTypes
import Vocabulary

extension Match: Codable {
    /// Reads an object with the key `type` and those that belong to the type.
    public init(from decoder: any Decoder) throws {
        let type = try decoder.container(keyedBy: JSONKey.self).decode(String.self, forKey: "type")
        switch type {
        case "iifname": self = .inputInterface(try decoder.membership(interfaces))
        case "oifname": self = .outputInterface(try decoder.membership(interfaces))
        case "family": self = .family(try decoder.object(keys: ["type", "value"]).text("value"))
        case "saddr": self = .sourceAddress(try decoder.membership(addresses))
        case "daddr": self = .destinationAddress(try decoder.membership(addresses))
        case "proto": self = .transportProtocol(try decoder.membership(protocols))
        case "sport": self = .sourcePort(try decoder.membership(intervals))
        case "dport": self = .destinationPort(try decoder.membership(intervals))
        case "tcp-flags": self = .tcpFlags(try TCPFlagsMatch(json: decoder))
        case "icmp": self = .icmp(try ICMPMatch(json: decoder, family: .ipv4, ICMPType.self))
        case "icmpv6": self = .icmp(try ICMPMatch(json: decoder, family: .ipv6, ICMPv6Type.self))
        case "ct-state":
            let (states, isNegated) = try decoder.bits(ConntrackStates.self)
            self = .connectionState(states, isNegated: isNegated)
        case "ct-status":
            let (status, isNegated) = try decoder.bits(ConntrackStatus.self)
            self = .connectionStatus(status, isNegated: isNegated)
        case "ct-mark": self = .connectionMark(try decoder.markMembership())
        case "ct-original-daddr": self = .originalDestinationAddress(try decoder.membership(addresses))
        case "ct-original-dport": self = .originalDestinationPort(try decoder.membership(intervals))
        case "mark": self = .mark(try decoder.markMembership())
        case "skuid": self = .socketUser(try decoder.membership(intervals))
        case "skgid": self = .socketGroup(try decoder.membership(intervals))
        case "limit": self = .limit(try Limit(json: decoder))
        default:
            guard let field = Field.ID(jsonName: type) else {
                throw decoder.corrupted("there is no match of type '\(type)'")
            }
            self = .field(try FieldMatch(json: decoder, field))
        }
    }

    /// Writes an object with the key `type` and those that belong to the type.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: JSONKey.self)
        try object.encode(typeName, forKey: "type")
        switch self {
        case .inputInterface(let names), .outputInterface(let names):
            try object.encode(names) { $0.map(AsText.init) }
        case .family(let family):
            try object.encode(text: family, forKey: "value")
        case .sourceAddress(let addresses), .destinationAddress(let addresses),
            .originalDestinationAddress(let addresses):
            try object.encode(addresses) { $0.ranges.map(AsText.init) }
        case .transportProtocol(let protocols):
            try object.encode(protocols) { $0.map(JSONNamedNumber.init) }
        case .sourcePort(let ports), .destinationPort(let ports), .originalDestinationPort(let ports):
            try object.encode(ports) { $0.intervals.map(JSONInterval.init) }
        case .tcpFlags(let match):
            try object.encode(match.flags.named.map(AsText.init), forKey: "flags")
            try object.encode(match.mask.named.map(AsText.init), forKey: "mask")
            try object.encode(flag: match.isNegated, forKey: "not")
        case .icmp(let match):
            try match.encode(to: &object)
        case .connectionState(let states, let isNegated):
            try object.encode(states.named.map(AsText.init), forKey: "values")
            try object.encode(flag: isNegated, forKey: "not")
        case .connectionStatus(let status, let isNegated):
            try object.encode(status.named.map(AsText.init), forKey: "values")
            try object.encode(flag: isNegated, forKey: "not")
        case .connectionMark(let match), .mark(let match):
            switch match.operand {
            case .values(let mark): try object.encode(mark)
            case .namedSet(let name): try object.encode(name, forKey: "set")
            }
            try object.encode(flag: match.isNegated, forKey: "not")
        case .socketUser(let numbers), .socketGroup(let numbers):
            try object.encode(numbers) { $0.intervals.map(JSONInterval.init) }
        case .field(let match):
            try match.encode(to: &object)
        case .limit(let limit):
            try limit.encode(to: &object)
        }
    }

    private var typeName: String {
        switch self {
        case .inputInterface: "iifname"
        case .outputInterface: "oifname"
        case .family: "family"
        case .sourceAddress: "saddr"
        case .destinationAddress: "daddr"
        case .transportProtocol: "proto"
        case .sourcePort: "sport"
        case .destinationPort: "dport"
        case .tcpFlags: "tcp-flags"
        case .icmp(let match): match.family == .ipv4 ? "icmp" : "icmpv6"
        case .connectionState: "ct-state"
        case .connectionStatus: "ct-status"
        case .connectionMark: "ct-mark"
        case .originalDestinationAddress: "ct-original-daddr"
        case .originalDestinationPort: "ct-original-dport"
        case .mark: "mark"
        case .socketUser: "skuid"
        case .socketGroup: "skgid"
        case .field(let match): match.typeName
        case .limit: "limit"
        }
    }
}

private func interfaces(_ elements: [AsText<InterfacePattern>]) -> [InterfacePattern] {
    Set(elements.map(\.value)).sorted()
}

private func addresses(_ elements: [AsText<AddressRange>]) -> AddressSet {
    AddressSet(elements.map(\.value))
}

private func protocols(_ elements: [JSONNamedNumber<IPProtocol>]) -> [IPProtocol] {
    Set(elements.map(\.value)).sorted()
}

private func intervals<Bound>(_ elements: [JSONInterval<Bound>]) -> IntervalSet<Bound> {
    IntervalSet(elements.map(\.value))
}

extension Decoder {
    /// Reads `values` or `set`, and `not`.
    fileprivate func membership<Element: Decodable, Values>(
        _ values: ([Element]) -> Values
    ) throws -> Membership<Values> {
        let object = try object(keys: ["type", "values", "set", "not"])
        let isNegated = try object.flag("not")
        if let name = try object.decodeIfPresent(String.self, forKey: "set") {
            guard !object.contains("values") else { throw corrupted("'values' and 'set' exclude each other") }
            return Membership(.namedSet(name), isNegated: isNegated)
        }
        let elements = try object.decode([Element].self, forKey: "values")
        guard !elements.isEmpty else { throw object.corrupted("values", "the list is empty") }
        return Membership(values(elements), isNegated: isNegated)
    }

    /// Reads `value` and `mask`, or `set`, and `not`.
    fileprivate func markMembership() throws -> Membership<Mark> {
        let object = try object(keys: ["type", "value", "mask", "set", "not"])
        let isNegated = try object.flag("not")
        guard let name = try object.decodeIfPresent(String.self, forKey: "set") else {
            return Membership(try object.mark(), isNegated: isNegated)
        }
        guard !object.contains("value"), !object.contains("mask") else {
            throw corrupted("'value' and 'set' exclude each other")
        }
        return Membership(.namedSet(name), isNegated: isNegated)
    }

    /// Reads the names of bits, and `not`.
    fileprivate func bits<Bits: JSONText & OptionSet>(_: Bits.Type) throws -> (Bits, isNegated: Bool)
    where Bits.Element == Bits {
        let object = try object(keys: ["type", "values", "not"])
        let values = try object.decode([AsText<Bits>].self, forKey: "values")
        guard !values.isEmpty else { throw object.corrupted("values", "the list is empty") }
        return (Bits(values.map(\.value)), try object.flag("not"))
    }
}

extension JSONObjectWriter {
    fileprivate mutating func encode<Values>(
        _ membership: Membership<Values>,
        _ elements: (Values) -> [some Encodable]
    ) throws {
        switch membership.operand {
        case .values(let values): try encode(elements(values), forKey: "values")
        case .namedSet(let name): try encode(name, forKey: "set")
        }
        try encode(flag: membership.isNegated, forKey: "not")
    }
}
