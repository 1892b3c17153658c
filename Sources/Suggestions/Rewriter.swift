/// Puts a statement that was not understood into the words of the language, as far as they can be told.
///
/// What comes out is a guess: whoever shows it compiles it first.
enum Rewriter {
    /// The statement in the words of the language, the likeliest first; nothing if there is nothing to change.
    static func rewrite(_ line: String) -> [String] {
        guard var words = Words(line)?.words else { return [] }
        if words.first?.lowercased() == "sudo" { words.removeFirst() }
        while words.last == ";" { words.removeLast() }
        guard !words.isEmpty else { return [] }
        let texts = rewrite(words).filter { !$0.isEmpty }.map { Words($0).text }
        return texts.filter { $0 != line }
    }

    private static func rewrite(_ words: [String]) -> [[String]] {
        if let command = ForeignCommand.rewrite(words) { return [command] }
        var words = withoutStrayComment(words.map(lowercasedWord))
        if let declaration = DeclarationRewriter.rewrite(words) { return [declaration] }
        words = withDirectionSecond(withVerbFirst(HeadRewriter.rewrite(words)))
        guard let verb = words.first, Synonyms.allVerbs.contains(verb) || isDirection(verb),
            let rule = RuleRewriter(words).rewritten()
        else { return [] }
        // In a chain, and in a block with a direction, a rule says none; in a chain the interfaces have the words of what is forwarded.
        var rules = [rule]
        if rule.contains("on"), !rule.contains(where: isDirection) {
            let side = words.contains { $0.hasPrefix("oif") || $0 == "-o" } ? "to" : "from"
            rules.append(rule.map { $0 == "on" ? side : $0 })
        }
        return rules + (RuleRewriter.withDirection(rule).map { [$0] } ?? [])
    }

    /// The rule with its direction right after the verb.
    private static func withDirectionSecond(_ words: [String]) -> [String] {
        let head = ["jump", "goto"].contains(words.first ?? "") ? 2 : 1
        guard let verb = words.first, Synonyms.allVerbs.contains(verb), words.count > head, verb != "set",
            !isDirection(Synonyms.directions[words[head]] ?? words[head])
        else { return words }
        let directions = words.indices.filter { isDirection(Synonyms.directions[words[$0]] ?? words[$0]) }
        guard directions.count == 1, let place = directions.first, place > head,
            place + 1 == words.count || !words[place + 1].hasPrefix("@")
        else { return words }
        var words = words
        let direction = words.remove(at: place)
        words.insert(Synonyms.directions[direction] ?? direction, at: head)
        return words
    }

    static func isDirection(_ word: String) -> Bool {
        word == "in" || word == "out" || word == "forward"
    }

    /// A word that is written in capitals, as iptables and pf do, in small letters.
    private static func lowercasedWord(_ word: String) -> String {
        let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
        let isCapitals = word.utf8.count > 1 && word.utf8.allSatisfy(capitals.contains)
        return isCapitals ? word.lowercased() : word
    }

    /// `// text`, `/* text */` and `comment "text"` as the comment of a rule.
    private static func withoutStrayComment(_ words: [String]) -> [String] {
        if let index = words.firstIndex(where: { $0.hasPrefix("//") || $0.hasPrefix("/*") || $0 == "--" }), index > 0 {
            var comment = words[index...].joined(separator: " ")
            comment.removeFirst(2)
            if comment.hasSuffix("*/") { comment.removeLast(2) }
            let text = comment.split(separator: " ").joined(separator: " ").replacing("\"", with: "")
            return Array(words[..<index]) + (text.isEmpty ? [] : ["\"\(text)\""])
        }
        if words.count > 2, let last = words.last, last.isQuoted, words[words.count - 2] == "comment" {
            return Array(words.dropLast(2)) + [last]
        }
        return words
    }

    /// `in tcp dport 22 accept` with its verb first.
    private static func withVerbFirst(_ words: [String]) -> [String] {
        guard let first = words.first, !Synonyms.allVerbs.contains(first) else { return words }
        let movable = Synonyms.simpleVerbs.union(Synonyms.natVerbs).union(["notrack", "log"])
        var verbs = words.indices.filter { movable.contains(Synonyms.verbs[words[$0]] ?? words[$0]) }
        // A log beside another verb belongs to that.
        if verbs.count > 1 { verbs.removeAll { words[$0] == "log" } }
        guard verbs.count == 1, let place = verbs.first else { return words }
        var words = words
        let verb = words.remove(at: place)
        var head = [Synonyms.verbs[verb] ?? verb]
        if let direction = words.firstIndex(where: { isDirection($0) }) { head.append(words.remove(at: direction)) }
        return head + words
    }
}
