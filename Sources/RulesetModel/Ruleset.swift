public import NetworkTypes

/// What a host should do: the typed meaning of a rule file.
///
/// Two rulesets that mean the same are equal: sets, chains, routes and the like are kept sorted by their keys; only the
/// order of rules is meaning. Where each part was written is kept beside the model, never in it.
public struct Ruleset: Sendable, Hashable {
    /// Settings that hold for the whole ruleset.
    public var options = RulesetOptions()
    /// What happens to packets of a direction that no rule decided on; a direction without an entry has no policy.
    public var policies: [Direction: ChainPolicy] = [:]
    /// The named sets, by ascending name.
    public var sets: [NamedSet] = []
    /// The declared chains, by ascending name.
    public var chains: [Chain] = []
    /// The rules outside declared chains, in the order in which they are tried.
    public var rules: [Rule] = []
    /// Names of routing tables, by ascending name.
    public var routingTables: [RoutingTable] = []
    /// The routes, by ascending key.
    public var routes: [Route] = []
    /// The policy routing rules, by ascending priority and family.
    public var routingRules: [RoutingRule] = []
    /// Kernel settings, by ascending name.
    public var sysctls: [Sysctl] = []

    /// Creates a ruleset that says nothing.
    public init() {}
}

/// Settings that hold for a whole ruleset (`option`).
public struct RulesetOptions: Sendable, Hashable {
    /// Whether every rule counts packets and bytes.
    public var counters = true

    /// Creates the settings that hold where a rule file says nothing.
    public init() {}
}

/// The way of a packet that a rule is about.
public enum Direction: String, Sendable, Hashable, CaseIterable, Codable {
    /// Packets for this host.
    case input = "in"
    /// Packets that this host sends.
    case output = "out"
    /// Packets that pass through.
    case forward
}
