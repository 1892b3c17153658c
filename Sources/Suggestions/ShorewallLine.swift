/// Puts one rule of Shorewall into the words of the language: `ACCEPT net fw tcp 22`. What zones are is not known: they are left to the
/// direction.
enum ShorewallLine {
    static func rewrite(_ words: [String]) -> [String]? {
        let verbs = ["ACCEPT": "accept", "ALLOW": "accept", "DROP": "drop", "DENY": "drop", "REJECT": "reject"]
        guard words.count >= 4, let verb = verbs[words[0]] else { return nil }
        func isHost(_ zone: String) -> Bool { ["fw", "$FW", "$fw", "firewall"].contains(zone) }
        func isWorld(_ zone: String) -> Bool { ["net", "all", "any"].contains(zone) }
        let transport = words[3]
        guard Synonyms.transports.contains(transport) || transport == "icmp" else { return nil }
        let direction: String
        switch (words[1], words[2]) {
        case (let from, let to) where isHost(to) && isWorld(from): direction = "in"
        case (let from, let to) where isHost(from) && isWorld(to): direction = "out"
        default: return nil
        }
        var rule = [verb, direction, transport]
        let ports = words.dropFirst(4).filter { $0 != "," && $0 != "-" }.map { RuleRewriter.port($0) }
        if !ports.isEmpty {
            rule += [transport == "icmp" ? "type" : "dport"] + (ports.count > 1 ? RuleRewriter.list(ports) : ports)
        }
        return rule
    }
}
