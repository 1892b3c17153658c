/// Puts the first words of a statement, of which the rest is a rule, into the language's own: the verb, and the direction after it.
enum HeadRewriter {
    static func rewrite(_ words: [String]) -> [String] {
        var words = words
        guard let first = words.first else { return words }
        if let verb = Synonyms.verbs[first] { words[0] = verb }
        words = withMark(withForwardedPort(withLogBehind(withBlockOfPF(words))))
        if words.starts(with: ["nat"]) { words = withVerbOfNAT(words) }
        if words.starts(with: ["netmap"]) { words[0] = words.contains("saddr") ? "snat" : "dnat" }
        if words.starts(with: ["counter"]) {
            let hasVerb = words.contains { Synonyms.simpleVerbs.contains($0) || Synonyms.natVerbs.contains($0) }
            if hasVerb { words.removeFirst() } else { words[0] = "count" }
        }
        if words.starts(with: ["no", "track"]) { words.replaceSubrange(0...1, with: ["notrack"]) }
        if words.count > 1, words[0] == "call" { words[0] = "jump" }
        for index in words.indices.prefix(3) {
            if let direction = Synonyms.directions[words[index]] { words[index] = direction }
        }
        return words
    }

    /// `nat out on eth0 masquerade`, and pf's `nat on eth0 …`.
    private static func withVerbOfNAT(_ words: [String]) -> [String] {
        var rest = Array(words.dropFirst())
        let place = rest.firstIndex { Synonyms.natVerbs.contains($0) }
        return [place.map { rest.remove(at: $0) } ?? "masquerade"] + rest
    }

    /// pf's `block drop …` and `block return …`.
    private static func withBlockOfPF(_ words: [String]) -> [String] {
        guard words.count > 1, words[0] == "drop" else { return words }
        switch words[1] {
        case "drop": return ["drop"] + words.dropFirst(2)
        case "return", "reject", "return-rst", "return-icmp": return ["reject"] + words.dropFirst(2)
        default: return words
        }
    }

    /// `log and drop …` and `log drop …` as a drop that logs.
    private static func withLogBehind(_ words: [String]) -> [String] {
        var rest = words.dropFirst()
        func verb(_ word: String) -> String? {
            let verb = Synonyms.verbs[word] ?? word
            return Synonyms.simpleVerbs.contains(verb) ? verb : nil
        }
        if words.first == "log" {
            var log = ["log"]
            if rest.first == "prefix" { rest.removeFirst() }
            if let prefix = rest.first, prefix.isQuoted {
                log.append(prefix)
                rest.removeFirst()
            }
            if rest.first == "and" { rest.removeFirst() }
            guard let first = rest.first, let verb = verb(first) else { return words }
            return [verb] + rest.dropFirst() + log
        }
        if let first = words.first, verb(first) != nil, words.dropFirst().starts(with: ["and", "log"]) {
            return [first] + words.dropFirst(3) + ["log"]
        }
        return words
    }

    /// `mark 1 in …`, `mark set 1 out …`, `mark out … with 1`, `set fwmark 1 …`.
    private static func withMark(_ words: [String]) -> [String] {
        var words = words
        if words.starts(with: ["meta", "mark", "set"]) || words.starts(with: ["ct", "mark", "set"]) {
            words = (words[0] == "ct" ? ["set", "ct", "mark"] : ["set", "mark"]) + words.dropFirst(3)
        } else if words.starts(with: ["mark"]) {
            words.removeFirst()
            if words.first == "set" || words.first == "with" { words.removeFirst() }
            if let with = words.firstIndex(where: { $0 == "with" || $0 == "as" }), with + 1 < words.count {
                let mark = words[with + 1]
                words.removeSubrange(with...(with + 1))
                words.insert(mark, at: 0)
            }
            words = ["set", "mark"] + words
        } else if words.starts(with: ["set", "fwmark"]) || words.starts(with: ["set", "nfmark"]) {
            words[1] = "mark"
        } else if words.starts(with: ["set", "connmark"]) || words.starts(with: ["set", "ctmark"]) {
            words.replaceSubrange(1...1, with: ["ct", "mark"])
        }
        if words.starts(with: ["set", "mark", "to"]) { words.remove(at: 2) }
        return words
    }

    /// `forward port 80 to 10.0.0.7`, `port-forward tcp 80 to 10.0.0.7:8080`.
    private static func withForwardedPort(_ words: [String]) -> [String] {
        var rest = words
        switch words.first {
        case "port-forward", "portforward", "forward-port", "rdr", "portmap", "publish", "expose": rest.removeFirst()
        case "port" where words.dropFirst().first == "forward": rest.removeFirst(2)
        case "forward": rest.removeFirst()
        default: return words
        }
        guard let to = rest.lastIndex(where: { ["to", "->", "=>"].contains($0) }), to + 1 < rest.count,
            rest[to + 1].looksLikeAddress
        else { return words }
        return ["dnat"] + rest
    }
}
