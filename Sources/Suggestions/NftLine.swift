import NetworkTypes

/// Puts one `nft add rule …` line into the words of the language.
enum NftLine {
    static func rewrite(_ words: [String]) -> [String]? {
        var words = words
        guard let action = words.first, action == "add" || action == "insert", words.dropFirst().first == "rule" else {
            return nil
        }
        words.removeFirst(2)
        if let family = words.first, ["ip", "ip6", "inet"].contains(family) { words.removeFirst() }
        guard words.count > 3 else { return nil }
        let chain = words[1].lowercased()
        words.removeFirst(2)
        if words.count > 2, ["position", "handle", "index"].contains(words[0]) { words.removeFirst(2) }
        let direction: String
        switch chain {
        case "input", "prerouting", "in": direction = "in"
        case "output", "postrouting", "out": direction = "out"
        case "forward", "fwd": direction = "forward"
        default: return nil
        }
        // The statement comes last, with what belongs to it.
        let verbs = Synonyms.allVerbs.subtracting(["set", "count"])
        guard let place = words.firstIndex(where: verbs.contains) else { return nil }
        let matches = words[..<place].filter { $0 != "counter" && $0 != "meta" }
        let statement = withPrefixesOneToOne(Array(words[place...]).filter { $0 != "counter" })
        guard let verb = statement.first else { return nil }
        return RuleRewriter([verb, direction] + matches + statement.dropFirst()).rewritten()
    }

    /// `dnat ip prefix to P` as `dnat to P`, and `dnat to P`, where nft takes any address of the prefix, as a pool.
    private static func withPrefixesOneToOne(_ statement: [String]) -> [String] {
        guard let verb = statement.first, verb == "dnat" || verb == "snat", let to = statement.firstIndex(of: "to"),
            to + 1 < statement.count
        else { return statement }
        let words = [verb] + statement[to...]
        guard !statement[..<to].contains("prefix"), let prefix = try? IPPrefix(statement[to + 1]) else { return words }
        let pool = AddressRange(prefix)
        return [verb, "to", pool.isSingle ? "\(pool.first)" : "\(pool.first)-\(pool.last)"] + statement[(to + 2)...]
    }
}
