import Diagnostics

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
        Keyword.allCases.filter(\.startsMatch).map(\.spelling)
        + ["with", "random", "fully-random", "persistent", "log", "and", "in", "out", "forward", "level", "group"]

    private static let verbSynonyms = [
        "allow": "accept", "permit": "accept", "pass": "accept", "deny": "drop", "block": "drop",
        "input": "in", "output": "out", "define": "let", "sub": "chain",
    ]

    private static let matchSynonyms = [
        "input": "in", "output": "out", "iifname": "on", "oifname": "on", "interface": "on",
        "state": "ct state", "ctstate": "ct state", "status": "ct status",
        "port": "dport", "source": "saddr", "destination": "daddr", "dst": "daddr",
        "protocol": "proto", "l4proto": "proto", "icmp6": "icmpv6", "ipv6-icmp": "icmpv6",
        "uid": "skuid", "gid": "skgid", "reject-with": "with", "comment": "\"…\"",
    ]
}

extension Parser {
    /// Reports that the current token is no match, argument or direction.
    mutating func failUnknownMatch() -> Abandon {
        switch token.kind {
        case .leftBrace:
            return fail(.blockWithVerb(at: tokenRange))
        case .keyword(.state), .keyword(.status):
            return fail(.unknownMatch(found: tokenDescription, at: tokenRange, suggestion: "ct \(tokenText)"))
        case .keyword(.type), .keyword(.code):
            return fail(.unknownMatch(found: tokenDescription, at: tokenRange, suggestion: "icmp \(tokenText)"))
        case .keyword(.src):
            return fail(.unknownMatch(found: tokenDescription, at: tokenRange, suggestion: "saddr"))
        case .keyword(.iif), .keyword(.oif), .keyword(.dev):
            return fail(.unknownMatch(found: tokenDescription, at: tokenRange, suggestion: "on"))
        case .keyword(let keyword) where keyword.isVerb:
            return fail(.secondVerb(keyword, at: tokenRange))
        case .word(.name):
            let suggestion = StatementWords.matchSuggestion(for: tokenText)
            return fail(.unknownMatch(found: tokenDescription, at: tokenRange, suggestion: suggestion))
        case .word, .setReference:
            return fail(.strayValue(found: tokenDescription, at: tokenRange))
        default:
            return fail(.unknownMatch(found: tokenDescription, at: tokenRange, suggestion: nil))
        }
    }
}
