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
        let direction: String
        switch chain {
        case "input", "prerouting", "in": direction = "in"
        case "output", "postrouting", "out": direction = "out"
        case "forward", "fwd": direction = "forward"
        default: return nil
        }
        // The statement comes last, with what belongs to it.
        let verbs = Vocabulary.allVerbs.subtracting(["set", "count"])
        guard let place = words.firstIndex(where: verbs.contains) else { return nil }
        let matches = words[..<place].filter { $0 != "counter" && $0 != "meta" }
        let statement = Array(words[place...]).filter { $0 != "counter" }
        guard let verb = statement.first else { return nil }
        return RuleRewriter([verb, direction] + matches + statement.dropFirst()).rewritten()
    }
}
