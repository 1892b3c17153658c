import Diagnostics

extension Parser {
    mutating func parseVerb() throws(Abandon) -> (VerbSyntax, SourceRange) {
        let start = token.start
        let keyword = keyword
        advance()
        var verbRange = range(from: start)
        switch keyword {
        case .accept: return (.accept, verbRange)
        case .drop: return (.drop, verbRange)
        case .reject: return (.reject, verbRange)
        case .redirect: return (.redirect, verbRange)
        case .dnat: return (.dnat, verbRange)
        case .snat: return (.snat, verbRange)
        case .masquerade: return (.masquerade, verbRange)
        case .log: return (.log, verbRange)
        case .count: return (.count, verbRange)
        case .notrack: return (.notrack, verbRange)
        case .return: return (.return, verbRange)
        case .jump: return (.jump(try parseName("a chain")), verbRange)
        case .goto: return (.goto(try parseName("a chain")), verbRange)
        default: break
        }
        let isConnection = accept(.ct)
        guard accept(.mark) else {
            if !isConnection {
                throw fail(.notInLanguage("set \(tokenText)", at: tokenRange))
            }
            throw failUnknownWord("'set ct'", ["mark"])
        }
        verbRange = range(from: start)
        let value = try parseValue(.mark)
        return (isConnection ? .setConnectionMark(value) : .setMark(value), verbRange)
    }
}

extension VerbSyntax {
    /// Whether the verb translates addresses or ports.
    var isNAT: Bool {
        switch self {
        case .redirect, .dnat, .snat, .masquerade: true
        default: false
        }
    }

    /// Whether the verb says nothing without `to`.
    var needsTarget: Bool {
        switch self {
        case .redirect, .dnat, .snat: true
        default: false
        }
    }
}
