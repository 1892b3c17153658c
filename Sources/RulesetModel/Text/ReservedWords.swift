import NetworkTypes

/// The words that the rule language reserves; a name spelt like one of them is written in quotes.
///
/// The list is that of `Keyword` in RuleLanguage, which this target does not know; a test compares the two.
enum ReservedWords {
    static func contains(_ word: String) -> Bool {
        words.contains(word)
    }

    static let words: Set<String> = [
        "accept", "add", "and", "blackhole", "burst", "chain", "code", "count", "ct", "daddr", "dccp",
        "def", "dev", "dnat", "dport", "drop", "dup", "expect", "flags", "forward",
        "from", "fully-random", "fwmark", "goto", "group", "hook", "icmp", "icmpv6",
        "iif",
        "in", "include", "ip", "ip6", "jump", "let", "level", "limit", "log", "lookup", "map",
        "mark",
        "masquerade", "metric", "mtu", "notrack", "oif", "on", "onlink", "option", "out", "persistent",
        "policy", "priority", "prohibit", "proto", "queue", "quota", "random", "redirect", "reject", "return", "route",
        "rule", "saddr", "scope", "sctp", "set", "size", "skgid", "skuid", "snat", "sport", "src", "state", "status",
        "synproxy", "sysctl", "table", "tcp", "time", "timeout", "to", "tproxy", "type", "udp", "udplite",
        "unreachable", "update", "via", "weight", "with",
    ]
}
