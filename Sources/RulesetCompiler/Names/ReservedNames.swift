import RulesetModel

/// Names that a rule file cannot give to its chains and sets.
enum ReservedNames {
    /// The longest name: the kernel's limit less the ending that tells the two families of a set apart.
    static let maximumLength = 128

    /// Whether nft can read the name in its own listings: letters, digits, `_`, `-` and `.`, first a letter or `_`.
    static func isWellFormed(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= maximumLength else { return false }
        return (isLetter(first) || first == UInt8(ascii: "_"))
            && name.utf8.allSatisfy {
                isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: ".")
            }
    }

    /// Whether Weir makes a chain of that name itself.
    static func isStandardChain(_ name: String) -> Bool {
        StandardChain.allCases.contains { $0.name == name }
    }

    /// Whether the name is a word of nft, which then could not read its own listing.
    static func isNFTKeyword(_ name: String) -> Bool {
        nftKeywords.contains(name)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// The words that cannot name a chain or a set in an nft script: found by trying nft 1.0.6, and those of later versions.
    private static let nftKeywords: Set<String> = [
        "accept", "add", "ah", "all", "and", "arp", "auto-merge", "bridge", "cgroup", "chain", "comment", "comp",
        "constant", "continue", "counter", "cpu", "create", "ct", "day", "dccp", "define", "delete", "describe",
        "destroy", "device", "devices", "dnat", "drop", "dst", "dup", "ecn", "element", "elements", "eq", "esp",
        "ether", "exists", "expires", "export", "exthdr", "fib", "flags", "flow", "flowtable", "flush", "frag", "fwd",
        "gc-interval", "ge", "geneve", "goto", "gre", "gretap", "gt", "handle", "hbh", "hook", "hour", "ibriport",
        "ibrname", "icmp", "icmpv6", "igmp", "iif", "iifgroup", "iifname", "iiftype", "import", "include", "index",
        "inet", "inner", "insert", "interval", "ip", "ip6", "ipsec", "jhash", "jump", "last", "le", "limit", "list",
        "ll", "log", "lshift", "lt", "map", "mark", "masquerade", "meta", "meter", "mh", "missing", "monitor", "ne",
        "netdev", "nftrace", "nh", "not", "notrack", "numgen", "obriport", "obrname", "oif", "oifgroup", "oifname",
        "oiftype", "or", "osf", "pkttype", "policy", "position", "priority", "queue", "quota", "random", "redefine",
        "redirect", "reject", "rename", "replace", "reset", "return", "rshift", "rt", "rt0", "rt2", "rtclassid",
        "rule", "ruleset", "sctp", "secmark", "set", "size", "skgid", "skuid", "snat", "socket", "srh", "symhash",
        "synproxy", "table", "tcp", "th", "time", "timeout", "tproxy", "type", "typeof", "udp", "udplite", "undefine",
        "update", "vlan", "vmap", "vxlan", "xor", "xt",
    ]
}
