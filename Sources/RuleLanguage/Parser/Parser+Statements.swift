import Diagnostics

extension Parser {
    /// Parses statements up to the end of the file, or of the body.
    mutating func parseStatements(in scope: Scope, isBody: Bool) {
        while true {
            isAtStatementStart = false
            isListUnclosed = false
            if isUnwinding {
                return
            }
            switch token.kind {
            case .newline, .semicolon:
                advance()
                continue
            case .endOfFile:
                return
            case .rightBrace where isBody:
                return
            case .rightBrace where !diagnostics.isFull:
                diagnostics.report(.unmatchedBrace(at: tokenRange))
                advance()
                continue
            default:
                break
            }
            guard !diagnostics.isFull, hasRoom(for: RuleFileSyntax.statementNodes) else {
                giveUpFile()
                return
            }
            if isBody, isBehindBody() {
                return
            }
            do {
                pendingStatements.append(try parseStatement(in: scope))
                if !isAtStatementEnd, !isAtStatementStart {
                    throw fail(.expectedStatementEnd(found: tokenDescription, at: tokenRange))
                }
            } catch {
                recover(in: scope)
            }
        }
    }

    /// Moves to the end of the file: enough is wrong, or there is more than can be handled.
    mutating func giveUpFile() {
        if !diagnostics.isFull {
            diagnostics.report(.tooManyStatements(at: tokenRange))
        }
        isBraceReported = true
        lexer.move(to: UInt32(bytes.count))
        advance()
    }

    private mutating func parseStatement(in scope: Scope) throws(Abandon) -> StatementSyntax {
        switch token.kind {
        case .keyword(let keyword):
            return try parseStatement(startingWith: keyword, in: scope)
        case .variable:
            return .block(try parseBlock(in: scope))
        case .word(.name) where startsField:
            return .block(try parseBlock(in: scope))
        default:
            throw failUnknownStatement()
        }
    }

    private mutating func parseStatement(
        startingWith keyword: Keyword,
        in scope: Scope
    ) throws(Abandon) -> StatementSyntax {
        if scope.holder == .chain, isHookWord(keyword) {
            throw fail(.hookInBody(keyword, at: tokenRange))
        }
        switch keyword {
        case .accept, .drop, .reject, .redirect, .dnat, .snat, .masquerade, .log, .count, .notrack, .jump, .goto,
            .return:
            return .rule(try parseRule(in: scope))
        case .set:
            switch peek().kind {
            case .keyword(.mark), .keyword(.ct), .keyword(.priority):
                return .rule(try parseRule(in: scope))
            case .word(.name) where isFieldBeingSet:
                return .rule(try parseRule(in: scope))
            default:
                return try parseDeclaration(keyword, in: scope)
            }
        case .let, .include, .option, .policy, .chain, .table, .route, .rule, .sysctl:
            return try parseDeclaration(keyword, in: scope)
        case .def, .map, .expect, .add, .update, .queue, .tproxy, .dup, .synproxy:
            throw fail(.notInLanguage(keyword, at: tokenRange))
        default:
            guard keyword.startsBlock else {
                throw failUnknownStatement()
            }
            return .block(try parseBlock(in: scope))
        }
    }

    /// Whether the keyword belongs to the hook of a chain, as nft has it in the chain's body.
    private func isHookWord(_ keyword: Keyword) -> Bool {
        switch keyword {
        case .type, .hook, .priority:
            return true
        case .policy:
            let next = peek().kind
            return next == .keyword(.accept) || next == .keyword(.drop)
        default:
            return false
        }
    }

    private mutating func parseDeclaration(
        _ keyword: Keyword,
        in scope: Scope
    ) throws(Abandon) -> StatementSyntax {
        if scope.holder != .file {
            diagnostics.report(.misplacedDeclaration(keyword, at: tokenRange))
        }
        switch keyword {
        case .let: return .binding(try parseLet())
        case .include: return .include(try parseInclude())
        case .set: return .set(try parseSet())
        case .option: return .option(try parseOption())
        case .policy: return .policy(try parsePolicy())
        case .chain: return .chain(try parseChain())
        case .table: return .table(try parseTable())
        case .route: return .route(try parseRoute())
        case .rule: return .routingRule(try parseRoutingRule())
        default: return .sysctl(try parseSysctl())
        }
    }

    private mutating func failUnknownStatement() -> Abandon {
        guard let match = StatementWords.suggestion(for: token, text: tokenText) else {
            return fail(.unknownStatement(found: tokenDescription, at: tokenRange, suggestion: nil))
        }
        if match.declaresName {
            let name = peek()
            if case .word = name.kind {
                syntax.abandonedNames.append(text(name.start, name.end))
            }
        }
        return fail(.unknownStatement(found: tokenDescription, at: tokenRange, suggestion: match.word))
    }
}

// MARK: - Recovery

extension Parser {
    /// Moves to the end of a statement that was given up.
    ///
    /// A body on the way is parsed for its own mistakes; lists are passed over.
    mutating func recover(in scope: Scope) {
        while !isAtStatementStart, !isAtStatementEnd {
            guard token.kind == .leftBrace else {
                passOver()
                continue
            }
            if isBodyAhead() {
                unknownHeads += 1
                _ = parseBody(in: scope.inside(nil))
                unknownHeads -= 1
            } else {
                skipBraces()
            }
        }
    }

    /// Moves on without reporting what is wrong with the next token.
    private mutating func passOver() {
        isRecovering = true
        advance()
        isRecovering = false
    }

    /// Whether the brace at the current token opens a body: a statement follows it.
    private func isBodyAhead() -> Bool {
        var ahead = lexer
        var next = ahead.next()
        while next.kind == .newline {
            next = ahead.next()
        }
        guard case .keyword(let keyword) = next.kind, keyword.startsStatement else {
            return false
        }
        switch ahead.next().kind {
        case .comma, .rightBrace: return false
        default: return true
        }
    }

    /// Moves past `{ … }` and all braces inside it, or to a line inside it that starts with a statement's first word:
    /// then the brace was not closed.
    mutating func skipBraces() {
        isRecovering = true
        defer { isRecovering = false }
        var open = 0
        var isLineStart = false
        repeat {
            switch token.kind {
            case .leftBrace: open += 1
            case .rightBrace: open -= 1
            case .endOfFile: return
            case .keyword(let keyword) where isLineStart && open == 1 && keyword.startsStatement:
                if bodies.count < Self.maximumDepth {
                    isAtStatementStart = true
                    return
                }
            default: break
            }
            isLineStart = token.kind == .newline
            advance()
        } while open > 0
    }
}
