/// A form in which a ruleset can be handed to other tools.
public enum EmissionFormat: String, Sendable, Hashable, CaseIterable {
    /// A script for `nft -f`: Weir's whole table.
    case nft
    /// Shell commands of iptables(8), ip6tables(8) and ipset(8).
    case iptables
    /// The input of iptables-restore(8) and ip6tables-restore(8).
    case iptablesRestore = "iptables-restore"
    /// The input of ipset-restore: the sets that the rules of `iptablesRestore` look into.
    case ipset
    /// Shell commands of ip(8) and sysctl(8): routes, policy routing rules, kernel settings.
    case ip
    /// The model as JSON.
    case json
}
