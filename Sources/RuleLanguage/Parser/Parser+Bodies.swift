import Diagnostics

/// A body that is open.
struct OpenBody {
    /// Its opening brace.
    let brace: Token
    /// Number of blanks at the start of the brace's line.
    let indentation: Int
}

/// A brace that closes a body though its line is indented as an enclosing body's end would be.
struct SuspectBrace {
    /// The opening brace.
    let open: Token
    /// The brace that closes it.
    let close: Token
}

extension Parser {
    /// Parses `{ … }`.
    mutating func parseBody(in scope: Scope) -> SyntaxList<StatementSyntax> {
        guard bodies.count < Self.maximumDepth else {
            if !isBraceReported {
                diagnostics.report(.nestingTooDeep(limit: Self.maximumDepth, at: tokenRange))
                isBraceReported = true
            }
            skipBraces()
            return .empty
        }
        bodies.append(OpenBody(brace: token, indentation: lineIndentation(of: token.start)))
        let base = pendingStatements.count
        advance()
        parseStatements(in: scope, isBody: true)
        closeBody()
        return takeStatements(from: base)
    }

    private mutating func closeBody() {
        guard let body = bodies.popLast() else {
            return
        }
        if isUnwinding {
            isUnwinding = bodies.count > keptBodies
            isAtStatementStart = true
            return
        }
        guard token.kind == .endOfFile else {
            if suspectBrace == nil, let indentation = indentation(before: token.start), indentation < body.indentation {
                suspectBrace = SuspectBrace(open: body.brace, close: token)
            }
            advance()
            return
        }
        if !isBraceReported {
            isBraceReported = true
            reportUnclosed(body.brace)
        }
    }

    /// Whether the statement at the current token shows that a closing brace is missing before it. Then that is reported,
    /// and the bodies that it does not belong to are left.
    ///
    /// It does if it cannot stand in a body, or says a direction, is not indented deeper than the line with the opening
    /// brace, and the rest of the file closes fewer braces than are open.
    mutating func isBehindBody() -> Bool {
        guard let body = bodies.last, case .keyword(let keyword) = token.kind,
            keyword.isDeclaration || keyword.isVerb || keyword.directionWord != nil,
            let indentation = indentation(before: token.start), indentation <= body.indentation,
            isAlien(keyword), bracesMissing() > 0
        else {
            return false
        }
        reportUnclosed(body.brace)
        keptBodies = bodies.count - bodies.reversed().prefix { $0.indentation >= indentation }.count
        missingBraces = missingBraces.map { $0 - (bodies.count - keptBodies) }
        isUnwinding = true
        return true
    }

    private func isAlien(_ keyword: Keyword) -> Bool {
        let next = peek().kind
        if keyword == .set {
            return next != .keyword(.mark) && next != .keyword(.ct)
        }
        if keyword.isDeclaration || keyword.directionWord != nil {
            return true
        }
        guard case .keyword(let keyword) = next else {
            return false
        }
        return keyword.directionWord != nil
    }

    /// How many more braces the file opens than it closes, counted once.
    private mutating func bracesMissing() -> Int {
        if let missingBraces {
            return missingBraces
        }
        var ahead = lexer
        var count = bodies.count
        while true {
            switch ahead.next().kind {
            case .leftBrace:
                count += 1
            case .rightBrace:
                count -= 1
            case .endOfFile:
                missingBraces = count
                return count
            default:
                break
            }
        }
    }

    /// Reports the brace that lacks its end.
    ///
    /// Where the indentation of a closing brace tells that it was meant for another one, that is the one that lacks it.
    private mutating func reportUnclosed(_ open: Token) {
        guard let suspect = suspectBrace else {
            diagnostics.report(.unclosedBrace(at: range(of: open)))
            return
        }
        suspectBrace = nil
        let note = Diagnostic.Note(
            "this '}' closes it, but is indented like the end of the block around it",
            at: range(of: suspect.close)
        )
        diagnostics.report(.unclosedBrace(at: range(of: suspect.open), notes: [note]))
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
        var start = end
        while start > 0, isBlank(bytes[start - 1]) {
            start -= 1
        }
        return start == 0 || bytes[start - 1] == UInt8(ascii: "\n") ? end - start : nil
    }

    /// The number of blanks at the start of an offset's line; 0 where the line starts far away.
    private func lineIndentation(of offset: UInt32) -> Int {
        let line = bytes[max(0, Int(offset) - 256)..<Int(offset)]
        guard let lineFeed = line.lastIndex(of: UInt8(ascii: "\n")) else {
            return line.startIndex == 0 ? line.prefix(while: isBlank).count : 0
        }
        return bytes[(lineFeed + 1)...].prefix(while: isBlank).count
    }

    private func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
