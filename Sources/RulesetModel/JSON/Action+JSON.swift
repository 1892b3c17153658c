import NetworkTypes

extension Action: Codable {
    /// Reads an object with the key `type`, the verb, and those that belong to the verb.
    public init(from decoder: any Decoder) throws {
        let type = try decoder.container(keyedBy: JSONKey.self).decode(String.self, forKey: "type")
        switch type {
        case "accept": self = try decoder.verb(.accept)
        case "drop": self = try decoder.verb(.drop)
        case "reject":
            let object = try decoder.object(keys: ["type", "with"])
            self = .reject(try object.textIfPresent("with") ?? .icmpx(.portUnreachable))
        case "redirect": self = .redirect(try Redirect(json: decoder))
        case "dnat": self = .destinationNAT(try AddressTranslation(json: decoder, canBeAccepted: true))
        case "snat": self = .sourceNAT(try AddressTranslation(json: decoder, canBeAccepted: false))
        case "masquerade":
            let object = try decoder.object(keys: ["type", "port", "flags"])
            self = .masquerade(Masquerade(ports: try object.ports(), flags: try object.natFlags()))
        case "log": self = .log(try LogStatement(json: try decoder.object(keys: ["type"] + LogStatement.keys)))
        case "count": self = try decoder.verb(.count)
        case "notrack": self = try decoder.verb(.notrack)
        case "set-mark": self = .setMark(try decoder.object(keys: ["type", "value", "mask"]).mark())
        case "set-ct-mark": self = .setConnectionMark(try decoder.object(keys: ["type", "value", "mask"]).mark())
        case "jump": self = .jump(try decoder.object(keys: ["type", "chain"]).decode(String.self, forKey: "chain"))
        case "goto": self = .goto(try decoder.object(keys: ["type", "chain"]).decode(String.self, forKey: "chain"))
        case "return": self = try decoder.verb(.return)
        default: throw decoder.corrupted("there is no verb '\(type)'")
        }
    }

    /// Writes an object with the key `type`, the verb, and those that belong to the verb.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: JSONKey.self)
        try object.encode(typeName, forKey: "type")
        switch self {
        case .reject(let reason):
            try object.encode(text: reason, forKey: "with")
        case .redirect(let redirect):
            try object.encode(ports: redirect.ports, redirect.flags)
            try object.encode(flag: redirect.isAccepted, forKey: "accept")
        case .destinationNAT(let translation), .sourceNAT(let translation):
            try object.encode(textIfPresent: translation.addresses, forKey: "address")
            try object.encode(ports: translation.ports, translation.flags)
            try object.encode(flag: translation.isAccepted, forKey: "accept")
        case .masquerade(let masquerade):
            try object.encode(ports: masquerade.ports, masquerade.flags)
        case .log(let statement):
            try statement.encode(to: &object)
        case .setMark(let mark), .setConnectionMark(let mark):
            try object.encode(mark)
        case .jump(let chain), .goto(let chain):
            try object.encode(chain, forKey: "chain")
        case .accept, .drop, .count, .notrack, .return:
            break
        }
    }

    private var typeName: String {
        switch self {
        case .accept: "accept"
        case .drop: "drop"
        case .reject: "reject"
        case .redirect: "redirect"
        case .destinationNAT: "dnat"
        case .sourceNAT: "snat"
        case .masquerade: "masquerade"
        case .log: "log"
        case .count: "count"
        case .notrack: "notrack"
        case .setMark: "set-mark"
        case .setConnectionMark: "set-ct-mark"
        case .jump: "jump"
        case .goto: "goto"
        case .return: "return"
        }
    }
}

extension Decoder {
    /// A verb that takes no arguments.
    fileprivate func verb(_ action: Action) throws -> Action {
        _ = try object(keys: ["type"])
        return action
    }
}

extension RejectReason: JSONText {
    init(json text: String) throws(JSONTextError) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 2 else { throw JSONTextError(Self.expectation) }
        switch words[0] {
        case "icmp": self = .icmp(try ICMPUnreachableCode(json: words[1]))
        case "icmpv6": self = .icmpv6(try ICMPv6UnreachableCode(json: words[1]))
        case "icmpx": self = .icmpx(try ICMPXCode(json: words[1]))
        case "tcp" where words[1] == "reset": self = .tcpReset
        default: throw JSONTextError(Self.expectation)
        }
    }

    var json: String {
        switch self {
        case .icmp(let code): "icmp \(code)"
        case .icmpv6(let code): "icmpv6 \(code)"
        case .icmpx(let code): "icmpx \(code)"
        case .tcpReset: "tcp reset"
        }
    }

    private static let expectation = "expected 'icmp', 'icmpv6' or 'icmpx' and a code, or 'tcp reset'"
}

extension ICMPUnreachableCode: JSONText {}
extension ICMPv6UnreachableCode: JSONText {}
extension ICMPXCode: JSONText {}

extension Redirect {
    fileprivate init(json decoder: any Decoder) throws {
        let object = try decoder.object(keys: ["type", "port", "flags", "accept"])
        self.init(ports: try object.ports(), flags: try object.natFlags(), isAccepted: try object.flag("accept"))
    }
}

extension AddressTranslation {
    fileprivate init(json decoder: any Decoder, canBeAccepted: Bool) throws {
        let object = try decoder.object(keys: ["type", "address", "port", "flags"] + (canBeAccepted ? ["accept"] : []))
        self.init(
            addresses: try object.textIfPresent("address"),
            ports: try object.ports(),
            flags: try object.natFlags(),
            isAccepted: try object.flag("accept")
        )
        guard addresses != nil || ports != nil else { throw decoder.corrupted("'address' or 'port' is missing") }
    }
}

extension JSONObject {
    fileprivate func ports() throws -> Interval<UInt16>? {
        guard let ports = try decodeIfPresent(JSONInterval<UInt16>.self, forKey: "port")?.value else { return nil }
        guard ports.lower > 0 else { throw corrupted("port", "port 0 cannot be a new port") }
        return ports
    }

    fileprivate func natFlags() throws -> NATFlags {
        let flags: [AsText<NATFlags>] = try list("flags")
        return NATFlags(flags.map(\.value))
    }
}

extension JSONObjectWriter {
    fileprivate mutating func encode(ports: Interval<UInt16>?, _ flags: NATFlags) throws {
        try encodeIfPresent(ports.map(JSONInterval.init), forKey: "port")
        try encode(list: flags.named.map(AsText.init), forKey: "flags")
    }
}

extension LogStatement: Codable {
    static let keys: [JSONKey] = ["prefix", "level", "group"]

    /// Reads an object with `prefix`, and `level` or `group`.
    public init(from decoder: any Decoder) throws {
        try self.init(json: try decoder.object(keys: Self.keys))
    }

    /// Writes an object with `prefix`, and `level` or `group`.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: JSONKey.self)
        try encode(to: &object)
    }

    fileprivate init(json object: JSONObject) throws {
        let prefix = try object.decodeIfPresent(String.self, forKey: "prefix") ?? ""
        guard prefix.utf8.count <= 127, prefix.isPlainText else {
            throw object.corrupted("prefix", "a prefix is at most 127 bytes long and has no control characters")
        }
        let group = try object.numberIfPresent("group", UInt16.self)
        let level: LogLevel? = try object.textIfPresent("level")
        guard group == nil || level == nil else {
            throw object.corrupted("group", "'level' and 'group' exclude each other")
        }
        self.init(prefix: prefix, target: group.map { .group($0) } ?? .kernel(level ?? .warn))
    }

    fileprivate func encode(to object: inout JSONObjectWriter) throws {
        if !prefix.isEmpty { try object.encode(prefix, forKey: "prefix") }
        switch target {
        case .kernel(let level): try object.encode(text: level, forKey: "level")
        case .group(let group): try object.encode(group, forKey: "group")
        }
    }
}

extension String {
    /// Whether the text has no control characters.
    var isPlainText: Bool {
        utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }
}
