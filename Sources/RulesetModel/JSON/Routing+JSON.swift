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

extension Route: Codable {
    /// Reads an object with `destination`, `type`, `nexthops`, `table`, `metric`, `src`, `mtu` and `scope`.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.object(
            keys: ["destination", "type", "nexthops", "table", "metric", "src", "mtu", "scope"]
        )
        let destination: IPPrefix = try object.text("destination")
        self.init(
            destination: destination,
            target: try Target(json: object, destination.family),
            table: try object.numberIfPresent("table", UInt32.self) ?? 254,
            metric: try object.numberIfPresent("metric", UInt32.self),
            source: try object.textIfPresent("src"),
            mtu: try object.numberIfPresent("mtu", UInt32.self),
            scope: try object.textIfPresent("scope")
        )
        try check(object)
    }

    private func check(_ object: JSONObject) throws {
        guard table > 0, table != 255 else { throw object.corrupted("table", "there can be no routes in this table") }
        guard metric > 0 || destination.family == .ipv4 else {
            throw object.corrupted("metric", "the metric of an IPv6 route is at least 1")
        }
        guard source.map({ $0.family == destination.family }) ?? true else {
            throw object.corrupted("src", "the source address has another family than the destination")
        }
        guard mtu.map({ (1...65535).contains($0) }) ?? true else {
            throw object.corrupted("mtu", "an MTU is 1 to 65535 bytes")
        }
        guard scope == nil || destination.family == .ipv4 else {
            throw object.corrupted("scope", "only IPv4 routes have a scope")
        }
    }

    /// Writes an object with `destination`, `type`, `nexthops`, `table`, `metric`, `src`, `mtu` and `scope`.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: JSONKey.self)
        try object.encode("\(destination.address)/\(destination.length)", forKey: "destination")
        switch target {
        case .nextHops(let hops):
            try object.encode("unicast", forKey: "type")
            try object.encode(hops, forKey: "nexthops")
        case .blackhole: try object.encode("blackhole", forKey: "type")
        case .unreachable: try object.encode("unreachable", forKey: "type")
        case .prohibit: try object.encode("prohibit", forKey: "type")
        }
        try object.encode(table, forKey: "table")
        try object.encode(metric, forKey: "metric")
        try object.encode(textIfPresent: source, forKey: "src")
        try object.encodeIfPresent(mtu, forKey: "mtu")
        try object.encode(textIfPresent: scope, forKey: "scope")
    }
}

extension Route.Target {
    fileprivate init(json object: JSONObject, _ family: AddressFamily) throws {
        let type = try object.decodeIfPresent(String.self, forKey: "type") ?? "unicast"
        guard type == "unicast" || !object.contains("nexthops") else {
            throw object.corrupted("nexthops", "a route of type '\(type)' has no next hops")
        }
        switch type {
        case "blackhole": self = .blackhole
        case "unreachable": self = .unreachable
        case "prohibit": self = .prohibit
        case "unicast":
            let hops = try object.decode([NextHop].self, forKey: "nexthops")
            guard (1...256).contains(hops.count) else {
                throw object.corrupted("nexthops", "a route has 1 to 256 of them")
            }
            // IPv4 can be sent by way of an IPv6 router (RTA_VIA), not the other way round.
            guard hops.allSatisfy({ family == .ipv4 || $0.gateway?.family != .ipv4 }) else {
                throw object.corrupted("nexthops", "an IPv6 route has no IPv4 gateway")
            }
            self = .nextHops(hops)
        default: throw object.corrupted("type", "'\(type)' is none of unicast, blackhole, unreachable, prohibit")
        }
    }
}

extension NextHop: Codable {
    /// Reads an object with `via`, `dev`, `weight` and `onlink`.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.object(keys: ["via", "dev", "weight", "onlink"])
        self.init(
            gateway: try object.textIfPresent("via"),
            interface: try object.textIfPresent("dev"),
            weight: try object.numberIfPresent("weight", UInt16.self) ?? 1,
            isOnLink: try object.flag("onlink")
        )
        guard gateway != nil || interface != nil else { throw decoder.corrupted("'via' or 'dev' is missing") }
        guard (1...256).contains(weight) else { throw object.corrupted("weight", "a weight is 1 to 256") }
    }

    /// Writes an object with `via`, `dev`, `weight` and `onlink`.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: JSONKey.self)
        try object.encode(textIfPresent: gateway, forKey: "via")
        try object.encode(textIfPresent: interface, forKey: "dev")
        if weight != 1 { try object.encode(weight, forKey: "weight") }
        try object.encode(flag: isOnLink, forKey: "onlink")
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
