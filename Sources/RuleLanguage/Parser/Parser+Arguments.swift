import Diagnostics

extension Parser {
    /// Parses `with`, `and accept`, a NAT flag, or an option of `log`.
    mutating func parseArgument(
        _ keyword: Keyword,
        of verb: VerbSyntax,
        _ tail: inout RuleTail
    ) throws(Abandon) {
        let start = token.start
        switch keyword {
        case .with:
            guard case .reject = verb else {
                throw fail(.argumentOfOtherVerb("with", "`reject`", at: tokenRange))
            }
            guard !tail.hasRejectType else {
                throw fail(.givenTwice("with", at: tokenRange))
            }
            syntax.arguments.append(.rejectWith(try parseRejectType()))
            tail.hasRejectType = true
        case .and:
            guard verb.isRedirection else {
                throw fail(.argumentOfOtherVerb("and accept", "`redirect` and `dnat`", at: tokenRange))
            }
            advance()
            guard accept(.accept) else {
                throw failUnknownWord("'and'", ["accept"])
            }
            guard !tail.hasAndAccept else {
                throw fail(.givenTwice("and accept", at: range(from: start)))
            }
            syntax.arguments.append(.andAccept(range(from: start)))
            tail.hasAndAccept = true
        case .random, .fullyRandom, .persistent:
            try parseFlag(keyword, of: verb, &tail)
        case .level, .group:
            guard var log = tail.log else {
                throw fail(.argumentOfOtherVerb(keyword.spelling, "`log`", at: tokenRange))
            }
            try parseLogOption(keyword, &log)
            tail.log = log
        default:
            throw failUnknownMatch(of: verb, tail)
        }
        tail.isMatching = false
    }

    private mutating func parseFlag(_ keyword: Keyword, of verb: VerbSyntax, _ tail: inout RuleTail) throws(Abandon) {
        guard let flag = keyword.natFlag else {
            return
        }
        guard verb.isNAT else {
            let verbs = "`redirect`, `dnat`, `snat` and `masquerade`"
            throw fail(.argumentOfOtherVerb(keyword.spelling, verbs, at: tokenRange))
        }
        guard !tail.flags.contains(flag) else {
            throw fail(.givenTwice(keyword.spelling, at: tokenRange))
        }
        tail.flags.append(flag)
        syntax.arguments.append(.natFlag(flag, tokenRange))
        advance()
    }

    private mutating func parseRejectType() throws(Abandon) -> RejectTypeSyntax {
        let start = token.start
        advance()
        let answer: RejectTypeSyntax.Answer
        switch keyword {
        case .icmp:
            advance()
            answer = .icmp(try parseRejectName())
        case .icmpv6:
            advance()
            answer = .icmpv6(try parseRejectName())
        case .tcp:
            advance()
            guard isWord("reset") else {
                throw failUnknownWord("'with tcp'", ["reset"])
            }
            advance()
            answer = .tcpReset
        default:
            guard isWord("icmpx") else {
                throw failUnknownWord("'with'", ["icmp", "icmpv6", "icmpx", "tcp reset"])
            }
            advance()
            answer = .icmpx(try parseRejectName())
        }
        return RejectTypeSyntax(range: range(from: start), answer: answer)
    }

    private mutating func parseRejectName() throws(Abandon) -> NameSyntax {
        guard case .word = token.kind else {
            throw fail(.expectedName("an ICMP code such as host-unreachable", found: tokenDescription, at: tokenRange))
        }
        let name = NameSyntax(range: tokenRange)
        advance()
        return name
    }
}

extension VerbSyntax {
    /// Whether the verb changes where a packet goes.
    var isRedirection: Bool {
        switch self {
        case .redirect, .dnat: true
        default: false
        }
    }
}
