import Diagnostics

extension Parser {
    /// Parses a value: `[!]` and a list, or an element.
    @inline(__always)
    mutating func parseValue(_ place: ValuePlace) throws(Abandon) -> ValueSyntax {
        if case .word(let shape) = token.kind, shape != .name, !place.allowsUnit {
            // The commonest case by far: one number, address or range.
            let value = wordValue(shape)
            advance()
            switch token.kind {
            case .newline, .keyword:
                return value
            default:
                return try parseRest(of: value, place)
            }
        }
        return try parseGeneralValue(place)
    }

    private mutating func parseGeneralValue(_ place: ValuePlace) throws(Abandon) -> ValueSyntax {
        guard parseNegation() else {
            return try parseOperand(place)
        }
        let value = try parseOperand(place)
        return ValueSyntax(value.form, value.range, isNegated: true)
    }

    /// Parses `!`, or what people write instead of it.
    private mutating func parseNegation() -> Bool {
        let start = token.start
        if token.kind == .exclamation {
            advance()
            if token.kind == .equals {
                advance()
                diagnostics.report(.wrongNegation("!=", at: range(from: start)))
            }
            return true
        }
        if isWord("not") {
            advance()
            diagnostics.report(.wrongNegation("not", at: range(from: start)))
            return true
        }
        return false
    }

    private mutating func parseOperand(_ place: ValuePlace) throws(Abandon) -> ValueSyntax {
        if token.kind == .leftBrace {
            return try parseMask(of: try parseList(place), place)
        }
        return try parseRest(of: try parseFirst(place), place)
    }

    /// Parses what makes an element a range, a masked value or a list.
    private mutating func parseRest(of first: ValueSyntax, _ place: ValuePlace) throws(Abandon) -> ValueSyntax {
        let element = try parseSecondSide(of: first, place)
        guard token.kind == .comma else {
            return try parseMask(of: element, place)
        }
        return try parseMask(of: try parseBareList(startingWith: element, place), place)
    }

    /// Parses `/ MASK` of TCP flags, whose sides may be lists.
    private mutating func parseMask(of value: ValueSyntax, _ place: ValuePlace) throws(Abandon) -> ValueSyntax {
        guard place == .tcpFlags, token.kind == .slash else {
            return value
        }
        advance()
        let mask: ValueSyntax
        if token.kind == .leftBrace {
            mask = try parseList(place)
        } else {
            let first = try parseFirst(place)
            mask = token.kind == .comma ? try parseBareList(startingWith: first, place) : first
        }
        return ValueSyntax(.masked(pair(value, mask)), range(from: value.range.start))
    }

    /// Parses `,b,c` after an element; where the place has no such lists, that is the mistake.
    private mutating func parseBareList(
        startingWith first: ValueSyntax,
        _ place: ValuePlace
    ) throws(Abandon) -> ValueSyntax {
        let base = pendingValues.count
        defer { pendingValues.removeLast(pendingValues.count - base) }
        pendingValues.append(first)
        while token.kind == .comma {
            advance()
            pendingValues.append(try parseElement(place))
        }
        let listRange = range(from: first.range.start)
        guard place.allowsBareList else {
            throw fail(.listWithoutBraces(text(listRange.start, listRange.end), at: listRange))
        }
        return ValueSyntax(.list(takeValues(from: base)), listRange)
    }
}

// MARK: - Elements

extension Parser {
    /// Parses what can stand in a list: a literal, a reference, a range or a masked value.
    mutating func parseElement(_ place: ValuePlace) throws(Abandon) -> ValueSyntax {
        try parseSecondSide(of: try parseFirst(place), place)
    }

    /// Parses one literal or reference.
    private mutating func parseFirst(_ place: ValuePlace) throws(Abandon) -> ValueSyntax {
        let value: ValueSyntax
        switch token.kind {
        case .word(let shape):
            value = wordValue(shape)
            advance()
            if shape == .number || shape == .quantity, place.allowsUnit {
                return parseUnit(of: value)
            }
            return value
        case .string:
            value = ValueSyntax(.string, tokenRange)
        case .variable:
            value = ValueSyntax(.variable, tokenRange)
        case .setReference:
            value = ValueSyntax(.set, tokenRange)
        case .keyword(let keyword):
            guard place.allows(keyword) else {
                throw fail(.keywordAsValue(keyword, place, at: tokenRange))
            }
            value = ValueSyntax(.literal(.name), tokenRange)
        default:
            throw failExpectedValue(place)
        }
        advance()
        return value
    }

    private mutating func failExpectedValue(_ place: ValuePlace) -> Abandon {
        guard isAtStatementEnd || token.kind == .endOfFile else {
            return fail(.expectedValue(place, found: tokenDescription, at: tokenRange))
        }
        // What is missing is missing after the last word, not at the start of the next line.
        let place = Diagnostic.expectedValue(
            place,
            found: tokenDescription,
            at: SourceRange(file: source, start: previousEnd, end: previousEnd)
        )
        return fail(place)
    }

    /// The value that a word is on its own; one with a hyphen or slash between two numbers is two.
    private mutating func wordValue(_ shape: WordShape) -> ValueSyntax {
        switch shape {
        case .range:
            ValueSyntax(.range(sides(separatedBy: UInt8(ascii: "-"))), tokenRange)
        case .masked:
            ValueSyntax(.masked(sides(separatedBy: UInt8(ascii: "/"))), tokenRange)
        default:
            ValueSyntax(.literal(shape), tokenRange)
        }
    }

    private mutating func sides(separatedBy separator: UInt8) -> SyntaxList<ValueSyntax> {
        var middle = token.start
        while middle < token.end, bytes[Int(middle)] != separator {
            middle += 1
        }
        return pair(bound(token.start, middle), bound(middle + 1, token.end))
    }

    /// A side of a range or masked value as a value of its own.
    func bound(_ start: UInt32, _ end: UInt32) -> ValueSyntax {
        let side = bytes[Int(start)..<Int(end)]
        let isAddress = side.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }
        let isPrefix = isAddress && side.contains(UInt8(ascii: "/"))
        return ValueSyntax(
            .literal(isPrefix ? .prefix : isAddress ? .address : .number),
            SourceRange(file: source, start: start, end: end)
        )
    }

    /// Parses ` - high` or `/mask` where they are tokens of their own.
    @inline(__always)
    private mutating func parseSecondSide(
        of first: ValueSyntax,
        _ place: ValuePlace
    ) throws(Abandon) -> ValueSyntax {
        guard token.kind == .minus || (token.kind == .slash && place != .tcpFlags) else {
            return first
        }
        let isRange = token.kind == .minus
        advance()
        let sides = pair(first, try parseFirst(place))
        return ValueSyntax(isRange ? .range(sides) : .masked(sides), range(from: first.range.start))
    }

    /// Parses a unit in a word of its own, and a period: `5 mbytes/second`, `10 / second`.
    private mutating func parseUnit(of number: ValueSyntax) -> ValueSyntax {
        let isUnit = ["bytes", "kbytes", "mbytes", "packets"].contains { isWord($0) }
        if isUnit {
            advance()
        }
        if token.kind == .slash, isPeriod(peek().kind) {
            advance()
            advance()
        } else if !isUnit {
            return number
        }
        return ValueSyntax(.literal(.quantity), range(from: number.range.start))
    }

    /// Whether a token can be a period; some of them are words of the grammar besides.
    private func isPeriod(_ kind: Token.Kind) -> Bool {
        switch kind {
        case .word(.name): true
        default: false
        }
    }

    mutating func pair(_ first: ValueSyntax, _ second: ValueSyntax) -> SyntaxList<ValueSyntax> {
        let list = SyntaxList<ValueSyntax>(start: UInt32(syntax.values.count), count: 2)
        syntax.values.append(first)
        syntax.values.append(second)
        return list
    }
}
