import NetworkTypes

extension Chain: Codable {
    /// Reads an object with `name` and `rules`; with `type`, `hook`, `priority` and `policy` for a base chain.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.object(keys: ["name", "type", "hook", "priority", "policy", "rules"])
        self.init(name: try object.name(), rules: try object.list("rules"))
        if object.contains("hook") {
            kind = .base(
                type: try object.textIfPresent("type") ?? .filter,
                hook: try object.text("hook"),
                priority: try object.number("priority", Int32.self),
                policy: try object.textIfPresent("policy") ?? .accept
            )
        } else if let key = ["type", "priority", "policy"].first(where: { object.contains(JSONKey($0)) }) {
            throw object.corrupted(JSONKey(key), "only a chain with a 'hook' has this")
        }
    }

    /// Writes an object with `name` and `rules`; with `type`, `hook`, `priority` and `policy` for a base chain.
    public func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: JSONKey.self)
        try object.encode(name, forKey: "name")
        if case .base(let type, let hook, let priority, let policy) = kind {
            try object.encode(text: type, forKey: "type")
            try object.encode(text: hook, forKey: "hook")
            try object.encode(priority, forKey: "priority")
            try object.encode(text: policy, forKey: "policy")
        }
        try object.encode(rules, forKey: "rules")
    }
}
