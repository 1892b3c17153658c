/// Where in a packet's way through the host a base chain stands (`enum nf_inet_hooks`).
public enum NetfilterHook: UInt32, Sendable, Hashable, CaseIterable, Codable {
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
}

/// What a base chain is for (`NFTA_CHAIN_TYPE`).
public enum ChainType: String, Sendable, Hashable, CaseIterable, Codable {
    /// Accepts or drops.
    case filter
    /// Sees the first packet of each connection and may translate it.
    case nat
    /// In the output hook: routes again where a mark changed.
    case route
}

/// What happens to a packet that no rule of a base chain decided on (`NFTA_CHAIN_POLICY`).
public enum ChainPolicy: String, Sendable, Hashable, CaseIterable, Codable {
    /// `NF_ACCEPT`
    case accept
    /// `NF_DROP`
    case drop
}
