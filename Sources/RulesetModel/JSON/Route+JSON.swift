import NetworkTypes

extension Route: Codable {
    private static let keys: [JSONKey] =
        [
            "destination", "type", "nexthops", "table", "metric", "src", "tos", "lock", "features", "congctl",
            "pref", "scope",
        ] + metricKeys.map(\.key)
    fileprivate static let metricKeys = RouteMetric.allCases.map { (metric: $0, key: JSONKey($0.word)) }

    /// Reads an object with `destination`, `type`, `nexthops`, `table`, `metric`, `src`, what it says of connections, and `scope`.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.object(keys: Self.keys)
        let destination: IPPrefix = try object.text("destination")
        self.init(
            destination: destination,
            target: try Target(json: object, destination.family),
            table: try object.numberIfPresent("table", UInt32.self) ?? 254,
            metric: try object.numberIfPresent("metric", UInt32.self),
            source: try object.textIfPresent("src"),
            typeOfService: try object.numberIfPresent("tos", UInt8.self) ?? 0,
            metrics: try object.metrics(),
            lockedMetrics: try object.lockedMetrics(),
            usesECN: try object.usesECN(),
            congestionControl: try object.decodeIfPresent(String.self, forKey: "congctl"),
            preference: try object.textIfPresent("pref") ?? .medium,
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
        let mask = PacketSelector.typeOfServiceMask(.ipv4)
        guard typeOfService & ~mask == 0, typeOfService == 0 || destination.family == .ipv4 else {
            throw object.corrupted("tos", "only IPv4 routes have a type of service, and only the bits \(mask) of it")
        }
        for metric in lockedMetrics where metrics[metric] == nil {
            throw object.corrupted("lock", "there is no '\(metric.word)' to lock")
        }
        guard congestionControl.map(Self.isCongestionControl) ?? true else {
            throw object.corrupted("congctl", "there is no such algorithm")
        }
        guard preference == .medium || destination.family == .ipv6 else {
            throw object.corrupted("pref", "only IPv6 routes have a preference")
        }
        guard scope == nil || destination.family == .ipv4 else {
            throw object.corrupted("scope", "only IPv4 routes have a scope")
        }
    }

    /// Writes an object with `destination`, `type`, `nexthops`, `table`, `metric`, `src`, what it says of connections, and `scope`.
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
        case .nextRule: try object.encode("throw", forKey: "type")
        case .local(let interface):
            try object.encode("local", forKey: "type")
            try object.encode([NextHop(gateway: nil, interface: interface)], forKey: "nexthops")
        }
        try object.encode(table, forKey: "table")
        try object.encode(metric, forKey: "metric")
        try object.encode(textIfPresent: source, forKey: "src")
        if typeOfService != 0 { try object.encode(typeOfService, forKey: "tos") }
        for (metric, value) in metrics { try object.encode(value, forKey: JSONKey(metric.word)) }
        try object.encode(list: lockedMetrics.sorted().map(\.word), forKey: "lock")
        if usesECN { try object.encode(["ecn"], forKey: "features") }
        try object.encodeIfPresent(congestionControl, forKey: "congctl")
        if preference != .medium { try object.encode(text: preference, forKey: "pref") }
        try object.encode(textIfPresent: scope, forKey: "scope")
    }
}

extension JSONObject {
    fileprivate func metrics() throws -> [RouteMetric: UInt32] {
        var metrics: [RouteMetric: UInt32] = [:]
        for (metric, key) in Route.metricKeys {
            guard let value = try numberIfPresent(key, UInt32.self) else { continue }
            let possible = metric.values
            guard possible.contains(value) else {
                throw corrupted(key, "the kernel keeps \(possible.lowerBound) to \(possible.upperBound)")
            }
            metrics[metric] = value
        }
        return metrics
    }

    fileprivate func lockedMetrics() throws -> Set<RouteMetric> {
        let words: [String] = try list("lock")
        return Set(
            try words.map { word in
                guard let metric = RouteMetric(word: word), metric.canBeLocked else {
                    throw corrupted("lock", "'\(word)' cannot be locked")
                }
                return metric
            }
        )
    }

    fileprivate func usesECN() throws -> Bool {
        let features = try decodeIfPresent([String].self, forKey: "features") ?? []
        guard Set(features).isSubset(of: ["ecn"]) else { throw corrupted("features", "there is no feature but 'ecn'") }
        return !features.isEmpty
    }
}

extension Route.Target {
    fileprivate init(json object: JSONObject, _ family: AddressFamily) throws {
        let type = try object.decodeIfPresent(String.self, forKey: "type") ?? "unicast"
        guard ["unicast", "local"].contains(type) || !object.contains("nexthops") else {
            throw object.corrupted("nexthops", "a route of type '\(type)' has no next hops")
        }
        switch type {
        case "blackhole": self = .blackhole
        case "unreachable": self = .unreachable
        case "prohibit": self = .prohibit
        case "throw": self = .nextRule
        case "local":
            let hops = try object.decode([NextHop].self, forKey: "nexthops")
            guard hops.count == 1, let interface = hops[0].interface,
                hops[0] == NextHop(gateway: nil, interface: interface)
            else {
                throw object.corrupted("nexthops", "a route of type 'local' has one, with nothing but 'dev'")
            }
            self = .local(interface)
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
        default:
            throw object.corrupted(
                "type",
                "'\(type)' is none of unicast, local, blackhole, unreachable, prohibit, throw"
            )
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
