/// Where in a ruleset a kernel object comes from; indices into the ruleset's own lists.
public enum RuleOrigin: Sendable, Hashable {
    /// A rule outside declared chains.
    case rule(Int)
    /// A rule that `and accept` of a rule outside declared chains adds.
    case derivedAccept(rule: Int)
    /// A rule of a declared chain, or the rule that its `and accept` adds.
    case chainRule(chain: Int, rule: Int)
    /// A declared chain.
    case chain(Int)
    /// A named set.
    case set(Int)
    /// A route.
    case route(Int)
    /// A policy routing rule.
    case routingRule(Int)
    /// A kernel setting.
    case sysctl(Int)
}
