/// Where in a packet's way through the host a base chain stands (`enum nf_inet_hooks`).
public enum NetfilterHook: UInt32, NamedValue, TextWritable, CaseIterable, Codable {
    /// `NF_INET_PRE_ROUTING`
    case prerouting = 0
    /// `NF_INET_LOCAL_IN`
    case input = 1
    /// `NF_INET_FORWARD`
    case forward = 2
    /// `NF_INET_LOCAL_OUT`
    case output = 3
    /// `NF_INET_POST_ROUTING`
    case postrouting = 4

    /// nft's names.
    public static let nameTable = NameTable<Self>([
        ("prerouting", .prerouting), ("input", .input), ("forward", .forward), ("output", .output),
        ("postrouting", .postrouting),
    ])
}

/// What a base chain is for (`NFTA_CHAIN_TYPE`).
public enum ChainType: String, NamedValue, CaseIterable, Codable {
    /// Accepts or drops.
    case filter
    /// Sees the first packet of each connection and may translate it.
    case nat
    /// In the output hook: routes again where a mark changed.
    case route

    /// nft's names.
    public static let nameTable = NameTable<Self>([("filter", .filter), ("nat", .nat), ("route", .route)])
}

/// What happens to a packet that no rule of a base chain decided on (`NFTA_CHAIN_POLICY`).
public enum ChainPolicy: String, NamedValue, CaseIterable, Codable {
    /// `NF_ACCEPT`
    case accept
    /// `NF_DROP`
    case drop

    /// nft's names.
    public static let nameTable = NameTable<Self>([("accept", .accept), ("drop", .drop)])
}
