/// Puts one line of pf that translates into the words of the language: `nat on eth0 from 10.0.0.0/8 to any -> (eth0)`, `rdr on …`.
enum PFLine {
    static func rewrite(_ words: [String]) -> [String]? {
        guard let arrow = words.firstIndex(of: "->"), arrow + 1 < words.count, words.count > 2 else { return nil }
        let isSource = words[0] == "nat"
        var matches = Array(words[1..<arrow])
        matches.removeAll { $0 == "pass" || $0 == "log" }
        for side in ["from", "to"] {
            if let place = matches.firstIndex(of: side), place + 1 < matches.count, matches[place + 1] == "any" {
                matches.removeSubrange(place...(place + 1))
            }
        }
        let target = words[(arrow + 1)...].filter { $0 != "(" && $0 != ")" }
        guard let address = target.first else { return nil }
        guard isSource else {
            let port =
                target.firstIndex(of: "port").flatMap { $0 + 1 < target.count ? ":" + target[$0 + 1] : nil } ?? ""
            let isLocal = address == "127.0.0.1" || address == "::1"
            let head = isLocal && !port.isEmpty ? "redirect" : "dnat"
            return RuleRewriter([head, "in"] + matches).rewritten().map {
                $0 + ["to", isLocal ? port : address + port]
            }
        }
        guard let rule = RuleRewriter(["masquerade", "out"] + matches).rewritten() else {
            return nil
        }
        guard address.looksLikeAddress else { return rule }
        return ["snat"] + rule.dropFirst() + ["to", address]
    }
}
