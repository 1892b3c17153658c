import NetworkTypes

/// Which names of chains and sets a format can say.
enum NameFormat {
    /// A script of nft(8).
    case nft
    /// Commands of iptables(8) and ipset(8), or what their `restore` programs read.
    case iptables

    /// The longest name of a chain in bytes.
    var longestChain: Int {
        switch self {
        case .nft: .max
        case .iptables: IptablesNames.longestChain
        }
    }

    /// The longest name of a set in bytes.
    var longestSet: Int {
        switch self {
        case .nft: .max
        case .iptables: IptablesNames.longestSet
        }
    }

    /// Whether the format keeps the name of a chain for itself.
    func reservesChain(_ name: String) -> Bool {
        switch self {
        case .nft: NftWords.reservesChain(name)
        case .iptables: IptablesNames.reservesChain(name)
        }
    }

    /// Whether the format keeps the name of a set for itself.
    func reservesSet(_ name: String) -> Bool {
        switch self {
        case .nft: NftWords.reservesSet(name)
        case .iptables: false
        }
    }

    /// Why something has another name than in the rule file.
    var reason: String {
        switch self {
        case .nft: "nft keeps the word for itself"
        case .iptables: "its own name is too long, or one that iptables keeps for itself"
        }
    }
}
