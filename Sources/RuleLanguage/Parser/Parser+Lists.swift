import Diagnostics

extension Parser {
    /// Parses `{ a, b }`. Elements are separated by commas or line ends.
    ///
    /// A bad element is passed over, so that the mistakes of all elements are found; then the statement is given up.
    mutating func parseList(_ place: ValuePlace) throws(Abandon) -> ValueSyntax {
        let open = token
        let base = pendingValues.count
        defer { pendingValues.removeLast(pendingValues.count - base) }
        var isGood = true
        var isLineStart = false
        advance()
        while token.kind != .rightBrace {
            switch token.kind {
            case .newline:
                isLineStart = true
                advance()
                continue
            case .endOfFile:
                throw failUnclosedList(open)
            case .keyword(let keyword) where isLineStart && keyword.startsStatement && !isElementAhead(place):
                isAtStatementStart = true
                throw failUnclosedList(open)
            default:
                isLineStart = false
            }
            guard hasRoom(for: 1) else {
                giveUpFile()
                throw Abandon()
            }
            do {
                pendingValues.append(try parseListElement(place))
                try parseSeparator(openedBy: open)
            } catch {
                guard !isAtStatementStart, !isListUnclosed else {
                    throw error
                }
                isGood = false
                passOverElement()
            }
        }
        advance()
        guard isGood else {
            throw Abandon()
        }
        return ValueSyntax(.list(takeValues(from: base)), range(from: open.start))
    }

    private mutating func parseListElement(_ place: ValuePlace) throws(Abandon) -> ValueSyntax {
        switch token.kind {
        case .leftBrace:
            throw fail(.nestedList(at: tokenRange))
        case .exclamation:
            throw fail(.negatedElement(at: tokenRange))
        default:
            return try parseElement(place)
        }
    }

    /// Parses what stands between two elements.
    private mutating func parseSeparator(openedBy open: Token) throws(Abandon) {
        switch token.kind {
        case .comma:
            advance()
        case .rightBrace, .newline:
            break
        case .keyword, .endOfFile:
            throw failUnclosedList(open)
        case .semicolon:
            if case .keyword(let keyword) = peek().kind, keyword.startsStatement {
                throw failUnclosedList(open)
            }
            throw fail(.wrongSeparator(at: tokenRange))
        case .word, .string, .variable, .setReference, .leftBrace, .exclamation:
            let place = SourceRange(file: source, start: previousEnd, end: previousEnd)
            throw fail(.missingComma(found: tokenDescription, at: tokenRange, insertion: place))
        default:
            throw fail(.expectedSeparator(found: tokenDescription, at: tokenRange))
        }
    }

    /// Whether the keyword at the start of a line of a list is meant as an element: a comma or the end follows.
    private func isElementAhead(_ place: ValuePlace) -> Bool {
        if case .keyword(let keyword) = token.kind, place.allows(keyword) {
            return true
        }
        switch peek().kind {
        case .comma, .rightBrace: return true
        default: return false
        }
    }

    /// Moves after a bad element and what separates it from the next.
    private mutating func passOverElement() {
        isRecovering = true
        defer { isRecovering = false }
        while true {
            switch token.kind {
            case .comma, .newline, .semicolon:
                advance()
                return
            case .rightBrace, .endOfFile:
                return
            case .leftBrace:
                skipBraces()
            default:
                advance()
            }
        }
    }

    mutating func failUnclosedList(_ open: Token) -> Abandon {
        isListUnclosed = true
        if !isBraceReported {
            diagnostics.report(.unclosedBrace(at: range(of: open)))
            missingBraces = missingBraces.map { $0 - 1 }
        }
        return Abandon()
    }

    /// Moves the elements above a mark to the syntax.
    mutating func takeValues(from base: Int) -> SyntaxList<ValueSyntax> {
        let count = pendingValues.count - base
        let list = SyntaxList<ValueSyntax>(start: UInt32(syntax.values.count), count: UInt32(count))
        if base == 0, syntax.values.isEmpty {
            swap(&syntax.values, &pendingValues)
        } else {
            syntax.values.append(contentsOf: pendingValues[base...])
        }
        return list
    }
}
