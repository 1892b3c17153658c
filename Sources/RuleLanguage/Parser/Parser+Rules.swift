import Diagnostics

extension Parser {
    /// Parses a rule, from its verb to its comment.
    mutating func parseRule(in scope: Scope) throws(Abandon) -> RuleSyntax {
        let start = token.start
        var tail = RuleTail(scope: scope)
        let (verb, verbRange) = try parseVerb()
        if case .log = verb {
            tail.log = try parseLogOptions()
        }
        let clauses = UInt32(syntax.clauses.count)
        let arguments = UInt32(syntax.arguments.count)
        tail.firstClause = clauses
        if let direction = keyword?.directionWord {
            tail.direction = parseDirection(direction, in: scope)
            tail.isInDirection = direction == .forward
        }
        while !isAtStatementEnd {
            try parsePart(of: verb, verbRange, &tail)
        }
        let ruleRange = range(from: start)
        if let log = tail.log {
            syntax.arguments.append(.log(log.syntax(range: verbRange)))
            if log.prefix == nil, let comment = tail.comment {
                diagnostics.report(.logPrefixAsComment(at: comment.range))
            }
        }
        try check(tail, of: verb, verbRange)
        return RuleSyntax(
            range: ruleRange,
            verbRange: verbRange,
            verb: verb,
            direction: tail.direction,
            clauses: .init(start: clauses, count: UInt32(syntax.clauses.count) - clauses),
            arguments: .init(start: arguments, count: UInt32(syntax.arguments.count) - arguments),
            comment: tail.comment
        )
    }

    private mutating func check(
        _ tail: RuleTail,
        of verb: VerbSyntax,
        _ verbRange: SourceRange
    ) throws(Abandon) {
        let scope = tail.scope
        let isDirected = tail.direction != nil || scope.direction != nil
        if !isDirected, scope.holder != .chain, unknownHeads == 0 {
            throw fail(.missingDirection(at: verbRange))
        }
        if verb.needsTarget, !tail.hasTarget {
            throw fail(.missingTarget(text(verbRange.start, verbRange.end), at: verbRange))
        }
    }

    private mutating func parsePart(
        of verb: VerbSyntax,
        _ verbRange: SourceRange,
        _ tail: inout RuleTail
    ) throws(Abandon) {
        switch token.kind {
        case .keyword(let keyword):
            try parsePart(keyword, of: verb, verbRange, &tail)
        case .variable:
            reportIfLate(tail)
            tail.isInDirection = false
            parseGroup()
        case .string:
            tail.comment = StringSyntax(range: tokenRange)
            advance()
            if !isAtStatementEnd {
                throw fail(.textAfterComment(found: tokenDescription, at: tokenRange))
            }
        default:
            let isLate = !tail.isMatching
            let start = tokenRange
            guard try parseField(after: tail.firstClause) else {
                throw failUnknownMatch(of: verb, tail)
            }
            if isLate { diagnostics.report(.matchAfterArguments(at: start)) }
            tail.isMatching = true
            tail.isInDirection = false
        }
    }

    @inline(__always)
    private mutating func parsePart(
        _ keyword: Keyword,
        of verb: VerbSyntax,
        _ verbRange: SourceRange,
        _ tail: inout RuleTail
    ) throws(Abandon) {
        if keyword == .to, isTargetAhead(of: verb, tail) {
            try parseTarget(of: verb, &tail)
            return
        }
        let start = tokenRange
        if keyword == .log {
            guard tail.log == nil, !tail.hasLog else {
                throw fail(.givenTwice("log", at: tokenRange))
            }
            advance()
            let log = try parseLogOptions()
            syntax.arguments.append(.log(log.syntax(range: range(from: start.start))))
            tail.hasLog = true
            tail.isMatching = false
            return
        }
        if try parseClause(keyword, after: tail.firstClause) {
            if !tail.isMatching {
                let limited = keyword == .limit && tail.hasLog ? text(verbRange.start, verbRange.end) : nil
                diagnostics.report(.matchAfterArguments(limitingLogOf: limited, at: start))
                tail.isMatching = true
            }
            tail.hasOutgoing = tail.hasOutgoing || keyword == .to
            tail.isInDirection = tail.isInDirection && (keyword == .from || keyword == .to)
            return
        }
        if let direction = keyword.directionWord {
            guard tail.direction == nil else {
                throw fail(.directionTwice(at: start))
            }
            diagnostics.report(.directionNotBehindVerb(at: start))
            tail.direction = parseDirection(direction, in: tail.scope)
            return
        }
        try parseArgument(keyword, of: verb, &tail)
    }

    private mutating func reportIfLate(_ tail: RuleTail) {
        if !tail.isMatching {
            diagnostics.report(.matchAfterArguments(at: tokenRange))
        }
    }

    /// Parses a direction; one that contradicts what is around it is reported.
    mutating func parseDirection(_ direction: DirectionWord, in scope: Scope) -> DirectionSyntax {
        let syntax = DirectionSyntax(direction: direction, range: tokenRange)
        if scope.holder == .chain {
            diagnostics.report(.directionInChain(at: tokenRange))
        } else if let outer = scope.direction, outer.direction != direction {
            diagnostics.report(.contradictingDirection(outer: outer, at: tokenRange))
        }
        advance()
        return syntax
    }
}
