import NetworkTypes

extension Ruleset: Codable {
    /// The version of the JSON form.
    public static let jsonVersion = 1

    private static let keys: [JSONKey] = [
        "version", "options", "policies", "sets", "chains", "rules", "tables", "routes", "routingRules", "sysctls",
    ]

    /// Reads the JSON form; whatever it holds, the result is a ruleset in canonical form.
    ///
    /// An error is a `DecodingError`, of which ``JSONProblem`` makes a path and a sentence.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.object(keys: Self.keys)
        let version = try object.number("version", Int.self)
        guard version == Self.jsonVersion else {
            throw object.corrupted("version", "this is version \(version); expected \(Self.jsonVersion)")
        }
        var ruleset = Ruleset()
        ruleset.options = try object.decodeIfPresent(RulesetOptions.self, forKey: "options") ?? RulesetOptions()
        ruleset.policies = try Self.policies(object)
        ruleset.sets = try object.list("sets")
        ruleset.chains = try object.list("chains")
        ruleset.rules = try object.list("rules")
        ruleset.routingTables = try object.list("tables")
        ruleset.routes = try object.list("routes")
        ruleset.routingRules = try object.list("routingRules")
        ruleset.sysctls = try object.list("sysctls")
        if let problem = ruleset.referenceProblem {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath + problem.path,
                    debugDescription: problem.message
                )
            )
        }
        self = ruleset.normalized()
    }

    /// Writes the JSON form; parts that say nothing are left out.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: JSONKey.self)
        try object.encode(Self.jsonVersion, forKey: "version")
        if options != RulesetOptions() { try object.encode(options, forKey: "options") }
        if !policies.isEmpty {
            var writer = object.nestedContainer(keyedBy: JSONKey.self, forKey: "policies")
            for direction in Direction.allCases {
                try writer.encode(textIfPresent: policies[direction], forKey: JSONKey(direction.rawValue))
            }
        }
        try object.encode(list: sets, forKey: "sets")
        try object.encode(list: chains, forKey: "chains")
        try object.encode(list: rules, forKey: "rules")
        try object.encode(list: routingTables, forKey: "tables")
        try object.encode(list: routes, forKey: "routes")
        try object.encode(list: routingRules, forKey: "routingRules")
        try object.encode(list: sysctls, forKey: "sysctls")
    }

    private static func policies(_ object: JSONObject) throws -> [Direction: ChainPolicy] {
        guard object.contains("policies") else { return [:] }
        let decoder = try object.superDecoder(forKey: "policies")
        let reader = try decoder.object(keys: Direction.allCases.map { JSONKey($0.rawValue) })
        var policies: [Direction: ChainPolicy] = [:]
        for direction in Direction.allCases {
            policies[direction] = try reader.textIfPresent(JSONKey(direction.rawValue))
        }
        return policies
    }
}

extension RulesetOptions: Codable {
    /// Reads an object with `counters`.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.object(keys: ["counters"])
        self.init()
        counters = try object.decodeIfPresent(Bool.self, forKey: "counters") ?? counters
    }

    /// Writes an object with `counters`.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: JSONKey.self)
        try object.encode(counters, forKey: "counters")
    }
}
