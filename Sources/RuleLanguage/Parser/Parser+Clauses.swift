import Diagnostics
import Vocabulary

extension Parser {
    /// Parses the match that a keyword starts or goes on with; does nothing and returns false if there is none.
    /// - Parameter firstClause: The first of the matches that belong together.
    @inline(__always)
    mutating func parseClause(_ keyword: Keyword, after firstClause: UInt32) throws(Abandon) -> Bool {
        if try parseClause(keyword) { return true }
        return try parseField(after: firstClause)
    }

    @inline(__always)
    private mutating func parseClause(_ keyword: Keyword) throws(Abandon) -> Bool {
        let start = token.start
        guard hasRoom(for: 1) else {
            giveUpFile()
            throw Abandon()
        }
        guard let match = try parseMatch(keyword) else {
            return false
        }
        syntax.clauses.append(ClauseSyntax(range: range(from: start), match: match))
        return true
    }

    /// Parses `$name` where a match stands.
    mutating func parseGroup() {
        let name = SourceRange(file: source, start: token.start + 1, end: token.end)
        syntax.clauses.append(ClauseSyntax(range: tokenRange, match: .group(NameSyntax(range: name))))
        advance()
    }

    private mutating func parseMatch(_ keyword: Keyword) throws(Abandon) -> MatchSyntax? {
        switch keyword {
        case .on: return .interface(.on, try parseValue(behind: .interface))
        case .from: return .interface(.from, try parseSender())
        case .to: return .interface(.to, try parseValue(behind: .interface))
        case .ip, .ip6: return word(.family(keyword == .ip ? .ip : .ip6))
        case .saddr: return .address(.source, try parseValue(behind: .address))
        case .daddr: return .address(.destination, try parseValue(behind: .address))
        case .tcp: return word(.transport(.tcp))
        case .udp: return word(.transport(.udp))
        case .sctp: return word(.transport(.sctp))
        case .dccp: return word(.transport(.dccp))
        case .udplite: return word(.transport(.udplite))
        case .proto: return .proto(try parseValue(behind: .proto))
        case .sport: return .port(.source, try parseValue(behind: .port))
        case .dport: return .port(.destination, try parseValue(behind: .port))
        case .flags: return .tcpFlags(try parseValue(behind: .tcpFlags))
        case .icmp: return try parseICMP(.icmp)
        case .icmpv6: return try parseICMP(.icmpv6)
        case .ct: return try parseConnectionMatch()
        case .mark: return .mark(try parseValue(behind: .mark))
        case .skuid: return .skuid(try parseValue(behind: .user))
        case .skgid: return .skgid(try parseValue(behind: .group))
        case .limit: return try parseLimit()
        default:
            guard keyword.isReservedMatch else {
                return nil
            }
            throw fail(.notInLanguage(keyword, at: tokenRange))
        }
    }

    /// Moves past a match that is one word.
    private mutating func word(_ match: MatchSyntax) -> MatchSyntax {
        advance()
        return match
    }

    /// Parses the value after the keyword that is the current token.
    @inline(__always)
    mutating func parseValue(behind place: ValuePlace) throws(Abandon) -> ValueSyntax {
        advance()
        return try parseValue(place)
    }

    /// Parses the interfaces after `from`; addresses there are meant for `saddr`.
    private mutating func parseSender() throws(Abandon) -> ValueSyntax {
        let keyword = tokenRange
        let value = try parseValue(behind: .interface)
        guard isAddress(value) else {
            return value
        }
        let address = text(value.range.start, value.range.end)
        throw fail(.addressAsInterface(address, instead: "saddr", keyword: keyword, at: value.range))
    }

    /// Whether a value is an address, or several of which the first is one.
    private func isAddress(_ value: ValueSyntax) -> Bool {
        switch value.form {
        case .literal(.address), .literal(.prefix), .literal(.endpoint):
            return true
        case .list(let parts), .range(let parts):
            guard !parts.isEmpty, case .literal(let shape) = syntax.values[Int(parts.start)].form else { return false }
            return shape == .address || shape == .prefix
        default:
            return false
        }
    }

    private mutating func parseICMP(_ version: ICMPWord) throws(Abandon) -> MatchSyntax {
        advance()
        let type = token.kind == .keyword(.type) ? try parseValue(behind: .icmpType) : nil
        let code = token.kind == .keyword(.code) ? try parseValue(behind: .icmpCode) : nil
        return .icmp(version, type: type, code: code)
    }

    private mutating func parseConnectionMatch() throws(Abandon) -> MatchSyntax {
        advance()
        switch token.kind {
        case .keyword(.state): return .ctState(try parseValue(behind: .ctState))
        case .keyword(.status): return .ctStatus(try parseValue(behind: .ctStatus))
        case .keyword(.mark): return .ctMark(try parseValue(behind: .mark))
        case .keyword(.count): throw fail(.notInLanguage("ct count", at: tokenRange))
        default: break
        }
        if let match = try parseField(after: "ct") { return match }
        if isWord("original") {
            advance()
            switch token.kind {
            case .keyword(.daddr): return .ctOriginalAddress(try parseValue(behind: .address))
            case .keyword(.dport): return .ctOriginalPort(try parseValue(behind: .port))
            default: throw failUnknownWord("'ct original'", ["daddr", "dport"] + FieldWords.following("ct original"))
            }
        }
        throw failUnknownWord(
            "'ct'",
            ["state", "status", "mark"] + FieldWords.following("ct")
        )
    }

    private mutating func parseLimit() throws(Abandon) -> MatchSyntax {
        advance()
        if isWord("rate") {
            diagnostics.report(.superfluousWord("rate", behind: "limit", at: tokenRange))
            advance()
        }
        let isOver = isWord("over")
        if isOver {
            advance()
        }
        let rate = try parseValue(.rate)
        let burst = token.kind == .keyword(.burst) ? try parseValue(behind: .burst) : nil
        return .limit(rate, isOver: isOver, burst: burst)
    }

    /// Reports that none of the words that can stand here does.
    /// - Parameter meant: The one that was meant, where that is known.
    mutating func failUnknownWord(_ behind: String?, _ candidates: [String], meant: String? = nil) -> Abandon {
        if isAtStatementEnd {
            let place = SourceRange(file: source, start: previousEnd, end: previousEnd)
            return fail(.unknownWord(found: tokenDescription, behind: behind, candidates, nil, at: place))
        }
        let suggestion = meant ?? Suggestion.closest(to: tokenText, among: candidates)
        return fail(.unknownWord(found: tokenDescription, behind: behind, candidates, suggestion, at: tokenRange))
    }
}
