/// Puts a statement that was not understood into the words of the language, as far as they can be told.
///
/// What comes out is a guess: whoever shows it compiles it first.
enum Rewriter {
    /// The statement in the words of the language; nil if there is nothing to change.
    static func rewrite(_ line: String) -> String? {
        guard let words = Words(line)?.words, let first = words.first else { return nil }
        let changed =
            switch first.lowercased() {
            case "sudo" where words.count > 1: rewrite(Array(words.dropFirst()))
            default: rewrite(words)
            }
        guard let changed, !changed.isEmpty else { return nil }
        let text = Words(changed).text
        return text == line ? nil : text
    }

    private static func rewrite(_ words: [String]) -> [String]? {
        if let command = ForeignCommand.rewrite(words) { return command }
        var words = withoutStrayComment(words.map(lowercasedWord))
        if let declaration = DeclarationRewriter.rewrite(words) { return declaration }
        words = withVerbFirst(withKnownHead(words))
        guard let verb = words.first, Vocabulary.allVerbs.contains(verb) || isDirection(verb) else { return nil }
        return RuleRewriter(words).rewritten()
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

    /// The statement's first words in the language's own: the verb, and the direction behind it.
    private static func withKnownHead(_ words: [String]) -> [String] {
        var words = words
        guard let first = words.first else { return words }
        if let verb = Vocabulary.verbs[first] { words[0] = verb }
        if first == "mark", words.dropFirst().contains(where: isDirection) { words.insert("set", at: 0) }
        if words.starts(with: ["nat"]) { words[0] = "masquerade" }
        for index in words.indices.prefix(3) {
            if let direction = Vocabulary.directions[words[index]] { words[index] = direction }
        }
        return words
    }

    /// `in tcp dport 22 accept` with its verb first.
    private static func withVerbFirst(_ words: [String]) -> [String] {
        guard let first = words.first, !Vocabulary.allVerbs.contains(first) else { return words }
        let verbs = words.indices.filter { Vocabulary.simpleVerbs.contains(Vocabulary.verbs[words[$0]] ?? words[$0]) }
        guard verbs.count == 1, let place = verbs.first else { return words }
        var words = words
        let verb = words.remove(at: place)
        var head = [Vocabulary.verbs[verb] ?? verb]
        if let direction = words.firstIndex(where: { isDirection($0) }) { head.append(words.remove(at: direction)) }
        return head + words
    }
}
