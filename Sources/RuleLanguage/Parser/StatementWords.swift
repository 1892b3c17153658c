import Diagnostics
import Vocabulary

/// What people write instead of the language's words.
enum StatementWords {
    /// What was probably meant by the first word of a statement.
    static func suggestion(for token: Token, text: String) -> (word: String, declaresName: Bool)? {
        guard case .word(.name) = token.kind else {
            return nil
        }
        let word = verbSynonyms[text] ?? Suggestion.closest(to: text, among: starters)
        return word.map { ($0, ["let", "set", "chain", "table"].contains($0)) }
    }

    /// What was probably meant by a word among matches.
    static func matchSuggestion(for text: String) -> String? {
        matchSynonyms[text] ?? Suggestion.closest(to: text, among: parts)
    }

    private static let starters =
        Keyword.allCases.filter(\.startsStatement).map(\.spelling)
        + Keyword.allCases.filter { $0.startsMatch && !$0.startsStatement }.map(\.spelling)

    private static let parts =
        FieldWords.all.filter { !$0.contains(" ") } + Keyword.allCases.filter(\.startsMatch).map(\.spelling)
        + ["with", "random", "fully-random", "persistent", "log", "and", "in", "out", "forward", "level", "group"]

    private static let verbSynonyms = [
        "allow": "accept", "permit": "accept", "pass": "accept", "deny": "drop", "block": "drop",
        "input": "in", "output": "out", "define": "let", "sub": "chain",
    ]

    private static let matchSynonyms = [
        "input": "in", "output": "out", "to-source": "to",
        "to-destination": "to", "to-ports": "to", "to-port": "to",
        "state": "ct state", "ctstate": "ct state", "status": "ct status",
        "port": "dport", "source": "saddr", "destination": "daddr", "dst": "daddr",
        "protocol": "proto", "l4proto": "proto", "icmp6": "icmpv6", "ipv6-icmp": "icmpv6",
        "uid": "skuid", "gid": "skgid", "reject-with": "with", "comment": "\"…\"",
    ]
}
