import Diagnostics

/// A brace that closes a body though its line is indented as an enclosing body's end would be.
struct SuspectBrace {
    /// The opening brace.
    let open: Token
    /// The brace that closes it.
    let close: Token
}

extension Parser {
    /// Parses statements up to the end of the file, or of the body.
    mutating func parseStatements(in scope: Scope, isBody: Bool) {
        while true {
            isAtStatementStart = false
            isListUnclosed = false
            switch token.kind {
            case .newline, .semicolon:
                advance()
                continue
            case .endOfFile:
                return
            case .rightBrace:
                if isBody {
                    return
                }
                diagnostics.report(.unmatchedBrace(at: tokenRange))
                advance()
                continue
            default:
                break
            }
            guard !diagnostics.isFull, pendingStatements.count + syntax.statements.count < Self.maximumNodes else {
                giveUpFile()
                return
            }
            do {
                pendingStatements.append(try parseStatement(in: scope))
                if !isAtStatementEnd {
                    throw fail(.expectedStatementEnd(found: tokenDescription, at: tokenRange))
                }
            } catch {
                recover(in: scope)
            }
        }
    }

    /// Moves to the end of the file: enough is wrong, or there is more than can be handled.
    private mutating func giveUpFile() {
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
        default:
            throw failUnknownStatement()
        }
    }

    private mutating func parseStatement(
        startingWith keyword: Keyword,
        in scope: Scope
    ) throws(Abandon) -> StatementSyntax {
        switch keyword {
        case .accept, .drop, .reject, .redirect, .dnat, .snat, .masquerade, .log, .count, .notrack, .jump, .goto,
            .return:
            return .rule(try parseRule(in: scope))
        case .set:
            switch peek().kind {
            case .keyword(.mark), .keyword(.ct), .keyword(.dscp), .keyword(.priority):
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

// MARK: - Bodies

extension Parser {
    /// Parses `{ … }`.
    mutating func parseBody(in scope: Scope) -> SyntaxList<StatementSyntax> {
        let open = token
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else {
            if !isBraceReported {
                diagnostics.report(.nestingTooDeep(limit: Self.maximumDepth, at: tokenRange))
                isBraceReported = true
            }
            skipBraces()
            return .empty
        }
        let base = pendingStatements.count
        advance()
        parseStatements(in: scope, isBody: true)
        closeBody(openedBy: open)
        return takeStatements(from: base)
    }

    private mutating func closeBody(openedBy open: Token) {
        guard token.kind == .endOfFile else {
            if suspectBrace == nil, let indentation = indentation(before: token.start),
                indentation < lineIndentation(of: open.start)
            {
                suspectBrace = SuspectBrace(open: open, close: token)
            }
            advance()
            return
        }
        reportUnclosed(open)
    }

    /// Reports the brace that lacks its end, once a file.
    ///
    /// Where the indentation of a closing brace tells that it was meant for another one, that is the one that lacks it.
    private mutating func reportUnclosed(_ open: Token) {
        guard !isBraceReported else {
            return
        }
        isBraceReported = true
        guard let suspect = suspectBrace else {
            diagnostics.report(.unclosedBrace(at: range(of: open), notes: []))
            return
        }
        diagnostics.report(
            .unclosedBrace(
                at: range(of: suspect.open),
                notes: [
                    .init("by its indentation, this '}' was meant to close another '{'", at: range(of: suspect.close)),
                    .init("so this '{' is never closed", at: range(of: open)),
                ]
            )
        )
    }

    /// Moves the statements above a mark to the syntax.
    mutating func takeStatements(from base: Int) -> SyntaxList<StatementSyntax> {
        let count = pendingStatements.count - base
        guard count > 0 else {
            return .empty
        }
        let list = SyntaxList<StatementSyntax>(start: UInt32(syntax.statements.count), count: UInt32(count))
        if base == 0, syntax.statements.isEmpty {
            swap(&syntax.statements, &pendingStatements)
        } else {
            syntax.statements.append(contentsOf: pendingStatements[base...])
            pendingStatements.removeLast(count)
        }
        return list
    }

    func range(of token: Token) -> SourceRange {
        SourceRange(file: source, start: token.start, end: token.end)
    }

    /// The number of blanks before an offset, if there is nothing else before it in its line.
    private func indentation(before offset: UInt32) -> Int? {
        let end = Int(offset)
        guard let start = lineStart(of: offset), bytes[start..<end].allSatisfy(isBlank) else {
            return nil
        }
        return end - start
    }

    /// The number of blanks at the start of an offset's line.
    private func lineIndentation(of offset: UInt32) -> Int {
        guard let start = lineStart(of: offset) else {
            return 0
        }
        return bytes[start...].prefix(while: isBlank).count
    }

    /// The offset at which the line starts, nil if that is far away.
    private func lineStart(of offset: UInt32) -> Int? {
        let line = bytes[max(0, Int(offset) - 256)..<Int(offset)]
        if let lineFeed = line.lastIndex(of: UInt8(ascii: "\n")) {
            return lineFeed + 1
        }
        return line.startIndex == 0 ? 0 : nil
    }

    private func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
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
                if depth <= Self.maximumDepth {
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
