/// Puts command lines of other tools that were pasted into a rule file into the words of the language.
enum ForeignCommand {
    /// Whether words are a command line of another tool.
    static func isOne(_ words: [String]) -> Bool {
        ["iptables", "ip6tables", "nft", "ufw", "firewall-cmd", "ebtables", "arptables", "tc", "-A", "-I", "sudo"]
            .contains(words.first ?? "")
    }

    /// The statement that a command line means; nil if it is no command line, or means what the language has no words for.
    static func rewrite(_ words: [String]) -> [String]? {
        guard let command = words.first?.split(separator: "/").last.map(String.init) else { return nil }
        let rest = Array(words.dropFirst())
        switch command {
        case "iptables", "ip6tables", "iptables-nft", "iptables-legacy":
            return IptablesLine.rewrite(rest, isIPv6: command.hasPrefix("ip6"))
        case "-A", "-I", "-P": return IptablesLine.rewrite(words, isIPv6: false)
        case "nft": return NftLine.rewrite(rest)
        case "ufw": return UfwLine.rewrite(rest)
        case "firewall-cmd": return FirewalldLine.rewrite(rest)
        case "ACCEPT", "DROP", "REJECT", "ALLOW", "DENY":
            return ShorewallLine.rewrite(words)
        case "access-list", "permit", "deny": return RouterLine.rewrite(words)
        case "nat", "rdr", "rdr-to",
            "match" where rest.contains("->"):
            return PFLine.rewrite(words)
        case "ip":
            var rest = rest
            if let first = rest.first, first == "-4" || first == "-6" { rest.removeFirst() }
            guard let object = rest.first, !["del", "delete", "flush"].contains(rest.dropFirst().first ?? "") else {
                return nil
            }
            switch object {
            case "route", "r", "ro": return RouteRewriter.route(Array(rest.dropFirst()))
            case "rule", "ru": return RouteRewriter.rule(Array(rest.dropFirst()))
            default: return nil
            }
        case "add" where rest.first == "rule": return NftLine.rewrite(words)
        default: return nil
        }
    }
}
