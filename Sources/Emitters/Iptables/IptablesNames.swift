/// Names that iptables(8) gives to things of its own.
enum IptablesNames {
    /// The longest name of a chain (`XT_EXTENSION_MAXNAMELEN` less its NUL).
    static let longestChain = 28
    /// The longest prefix of `LOG`.
    static let longestLogPrefix = 29
    /// The longest prefix of `NFLOG` (`NFLOG_PREFIX_LEN` less its NUL).
    static let longestGroupPrefix = 63

    /// The longest name of a set (`IPSET_MAXNAMELEN` less its NUL).
    static let longestSet = 31

    /// Whether a chain cannot have this name, since a chain or target of iptables has it.
    static func reservesChain(_ name: String) -> Bool {
        taken.contains(name)
    }

    private static let taken: Set<String> = [
        "ACCEPT", "AUDIT", "CHECKSUM", "CLASSIFY", "CLUSTERIP", "CONNMARK", "CONNSECMARK", "CT", "DNAT", "DNPT", "DROP",
        "DSCP", "ECN", "FORWARD", "HL", "HMARK", "IDLETIMER", "INPUT", "LED", "LOG", "MARK", "MASQUERADE", "NETMAP",
        "NFLOG", "NFQUEUE", "NOTRACK", "OUTPUT", "POSTROUTING", "PREROUTING", "QUEUE", "RATEEST", "REDIRECT", "REJECT",
        "RETURN", "SECMARK", "SET", "SNAT", "SNPT", "SYNPROXY", "TCPMSS", "TCPOPTSTRIP", "TEE", "TOS", "TPROXY",
        "TRACE",
        "TTL", "ULOG", "standard",
    ]
}
