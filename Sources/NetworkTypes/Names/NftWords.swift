/// The words that nft(8) cannot read as the name of a chain or set, so that it cannot read its own listing of such a table.
///
/// These are the words that src/scanner.l of nftables returns as tokens whatever stands before them, from 1.0.6 to 1.1.6. Its other
/// words are tokens only after others, and names everywhere else.
public enum NftWords {
    /// Whether some version of nft cannot read a chain of this name.
    public static func reservesChain(_ name: String) -> Bool {
        all.contains(name) || later.contains(name)
    }

    /// Whether some version of nft cannot read a set of this name.
    public static func reservesSet(_ name: String) -> Bool {
        reservesChain(name) || headers.contains(name)
    }

    /// The words of all these versions.
    public static let all: Set<String> = [
        "accept", "add", "ah", "all", "and", "arp", "auto-merge", "bridge", "cgroup", "chain", "comment", "comp",
        "constant", "continue", "counter", "cpu", "create", "ct", "day", "dccp", "define", "delete", "describe",
        "device", "devices", "dnat", "drop", "dst", "dup", "dynamic", "ecn", "element", "elements", "eq", "esp",
        "ether", "exists", "expires", "export", "exthdr", "fib", "flags", "flow", "flowtable", "flush", "frag",
        "fwd", "gc-interval", "ge", "get", "goto", "gt", "handle", "hbh", "hook", "hour", "ibriport", "ibrname",
        "icmp", "icmpv6", "igmp", "iif", "iifgroup", "iifname", "iiftype", "import", "include", "index", "inet",
        "insert", "interval", "ip", "ip6", "ipsec", "jhash", "jump", "le", "limit", "list", "log", "lshift", "lt",
        "map", "mark", "masquerade", "meta", "meter", "mh", "missing", "monitor", "ne", "netdev", "nftrace", "not",
        "notrack", "numgen", "obriport", "obrname", "offload", "oif", "oifgroup", "oifname", "oiftype", "or", "osf",
        "pkttype", "policy", "position", "priority", "queue", "quota", "random", "redefine", "redirect", "reject",
        "rename", "replace", "reset", "return", "rshift", "rt", "rt0", "rt2", "rtclassid", "rule", "ruleset",
        "sctp", "secmark", "set", "size", "skgid", "skuid", "snat", "socket", "srh", "symhash", "synproxy", "table",
        "tcp", "th", "time", "timeout", "tproxy", "type", "typeof", "udp", "udplite", "undefine", "update", "vlan",
        "vmap", "xor", "xt",
    ]

    /// The words of later versions than 1.0.6: `tunnel` of 1.1.6, the others of 1.0.7.
    public static let later: Set<String> = ["destroy", "geneve", "gre", "gretap", "tunnel", "vni", "vxlan"]

    /// What `@` in a rule takes for a packet's header (`@nh,96,32`) and not for a set.
    public static let headers: Set<String> = ["ll", "nh"]
}
