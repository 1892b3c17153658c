import Testing

/// A rule for `nft -f` that makes the kernel have an expression, and the table that it needs.
struct KernelRule: CustomTestStringConvertible {
    /// `NFTA_EXPR_NAME` of the expression that the rule is here for.
    let kind: String
    /// The table's family.
    let family: Family
    /// The chain that the rule stands in.
    let chain: Chain
    /// The rule.
    let text: String

    enum Family: String {
        case inet, ip, ip6, bridge, netdev

        /// `NFPROTO_*`
        var number: UInt8 {
            switch self {
            case .inet: 1
            case .ip: 2
            case .netdev: 5
            case .bridge: 7
            case .ip6: 10
            }
        }
    }

    enum Chain: String {
        case input = "type filter hook input priority 0"
        case forward = "type filter hook forward priority 0"
        case output = "type route hook output priority 0"
        case prerouting = "type filter hook prerouting priority -150"
        case destinationNAT = "type nat hook prerouting priority -100"
        case sourceNAT = "type nat hook postrouting priority 100"
        case ingress = "type filter hook ingress device lo priority 0"
    }

    init(_ kind: String, _ text: String, _ chain: Chain = .input, in family: Family = .inet) {
        self.kind = kind
        self.family = family
        self.chain = chain
        self.text = text
    }

    var testDescription: String { "\(family.rawValue) \(text)" }

    /// The table with what rules refer to, and the rule in it.
    var script: String {
        "\(Self.table("t", family, chain))\nadd rule \(family.rawValue) t c \(text)"
    }

    /// A table with what rules refer to, and a chain for them.
    static func table(_ name: String, _ family: Family, _ chain: Chain) -> String {
        """
        table \(family.rawValue) \(name) {
            set members { type ipv4_addr; flags dynamic; size 100; }
            set transient { type ipv4_addr; flags dynamic, timeout; timeout 1h; size 100; }
            set counted { type ipv4_addr; flags dynamic; size 100; counter; }
            map marks { type ipv4_addr : mark; flags dynamic; size 100; }
            map verdicts { type ipv4_addr : verdict; }
            counter tally { }
            quota rest { over 5 mbytes }
            map counters { type ipv4_addr : counter; elements = { 192.0.2.1 : "tally" } }
            chain other { }
            chain c { \(chain.rawValue); }
        }
        """
    }
}
