/// Writes the tokens of a file without mistakes in canonical layout.
///
/// A body or list that stands on one line stays there if it fits; otherwise a body has a statement a line, and a list keeps
/// the author's lines.
struct Layout {
    /// The columns that a line with a body or list may have; other lines are never broken.
    private static let maximumWidth = 100
    private static let indentationStep = 4

    private let bytes: UnsafeBufferPointer<UInt8>
    private let tokens: [Token]
    /// Index of the token to write next.
    private var index = 0
    /// Index in `output` of the first byte of the line that is being written.
    private var lineStart = 0
    /// The text so far.
    private(set) var output: [UInt8] = []

    init(bytes: UnsafeBufferPointer<UInt8>, tokens: [Token]) {
        self.bytes = bytes
        self.tokens = tokens
        output.reserveCapacity(bytes.count + bytes.count / 8)
    }

    mutating func writeFile() {
        writeStatements(indentation: 0)
        if !output.isEmpty {
            write("\n")
        }
    }

    /// Writes statements and comments, each on a line of its own, up to a closing brace or the end of the file.
    private mutating func writeStatements(indentation: Int) {
        var newlines = 0
        var isFirst = true
        while true {
            switch token.kind {
            case .newline:
                newlines += 1
                index += 1
                continue
            case .semicolon:
                index += 1
                continue
            case .endOfFile, .rightBrace:
                return
            case .comment:
                beginLine(indentation, afterBlankLine: newlines > 1 && !isFirst)
                writeComment()
            default:
                beginLine(indentation, afterBlankLine: newlines > 1 && !isFirst)
                writeStatement(indentation: indentation, isInline: false)
                while token.kind == .semicolon {
                    index += 1
                }
                writeTrailingComment()
            }
            newlines = 0
            isFirst = false
        }
    }

    /// Writes one statement up to what separates it from the next.
    private mutating func writeStatement(indentation: Int, isInline: Bool) {
        let first = token
        let spacing = Spacing(
            bytes: bytes,
            statement: first.kind,
            second: tokens[min(index + 1, tokens.count - 1)].kind
        )
        var walk = ValueWalk(bytes: bytes)
        var previous = Token?.none
        while true {
            switch token.kind {
            case .newline, .semicolon, .comment, .rightBrace, .endOfFile:
                return
            case .leftBrace:
                let isList = previous.map { spacing.expectsList(after: $0, walk) } ?? false
                walk.endValue()
                write(" ")
                previous = tokens[matchingBrace()]
                if isList {
                    writeList(indentation: indentation, spacing)
                } else {
                    writeBody(indentation: indentation, isInline: isInline)
                }
                continue
            default:
                if let previous, spacing.needsBlank(between: previous, and: token) {
                    write(" ")
                }
                walk.take(token)
                writeToken()
                previous = tokens[index - 1]
            }
        }
    }

    // MARK: Bodies

    private mutating func writeBody(indentation: Int, isInline: Bool) {
        let start = (index: index, count: output.count)
        if isInline || isOnOneLine(upTo: matchingBrace()) {
            writeInlineBody(indentation: indentation)
            if isInline || output.count - lineStart <= Self.maximumWidth {
                return
            }
            index = start.index
            output.removeLast(output.count - start.count)
        }
        writeToken()
        writeTrailingComment()
        let isEmpty = skipToContent()
        guard !isEmpty else {
            write(" }")
            index += 1
            return
        }
        writeStatements(indentation: indentation + Self.indentationStep)
        beginLine(indentation, afterBlankLine: false)
        writeToken()
    }

    /// Writes `{ accept ; drop }`.
    private mutating func writeInlineBody(indentation: Int) {
        writeToken()
        var separator: StaticString = " "
        while token.kind != .rightBrace {
            if token.kind == .semicolon {
                index += 1
                continue
            }
            write(separator)
            writeStatement(indentation: indentation, isInline: true)
            separator = " ; "
        }
        write(" ")
        writeToken()
    }

    /// Moves over line ends and says whether nothing but the closing brace follows on this or the next lines.
    private mutating func skipToContent() -> Bool {
        var ahead = index
        while tokens[ahead].kind == .newline || tokens[ahead].kind == .semicolon {
            ahead += 1
        }
        guard tokens[ahead].kind == .rightBrace, output.last == UInt8(ascii: "{") else {
            return false
        }
        index = ahead
        return true
    }

    // MARK: Lists

    private mutating func writeList(indentation: Int, _ spacing: Spacing) {
        let start = (index: index, count: output.count)
        if isOnOneLine(upTo: matchingBrace()) {
            writeInlineList(spacing)
            if output.count - lineStart <= Self.maximumWidth {
                return
            }
            index = start.index
            output.removeLast(output.count - start.count)
            writeFilledList(indentation: indentation, spacing)
        } else {
            writeBrokenList(indentation: indentation, spacing)
        }
    }

    /// Writes `{ a, b }`.
    private mutating func writeInlineList(_ spacing: Spacing) {
        writeToken()
        var separator: StaticString = " "
        while token.kind != .rightBrace {
            if token.kind == .comma {
                index += 1
                continue
            }
            write(separator)
            writeElement(spacing)
            separator = ", "
        }
        write(" ")
        writeToken()
    }

    /// Writes a list that was one long line on as many lines as it takes.
    private mutating func writeFilledList(indentation: Int, _ spacing: Spacing) {
        writeToken()
        beginLine(indentation + Self.indentationStep, afterBlankLine: false)
        let lineIndentation = output.count - lineStart
        while token.kind != .rightBrace {
            if token.kind == .comma {
                index += 1
                continue
            }
            let isFirst = output.count - lineStart == lineIndentation
            let start = (index: index, count: output.count)
            write(isFirst ? "" : " ")
            writeElement(spacing)
            write(",")
            if !isFirst, output.count - lineStart > Self.maximumWidth {
                index = start.index
                output.removeLast(output.count - start.count)
                beginLine(indentation + Self.indentationStep, afterBlankLine: false)
            }
        }
        beginLine(indentation, afterBlankLine: false)
        writeToken()
    }

    /// Writes a list with the author's lines.
    private mutating func writeBrokenList(indentation: Int, _ spacing: Spacing) {
        writeToken()
        writeTrailingComment()
        if skipToContent() {
            write(" }")
            index += 1
            return
        }
        var newlines = 1
        var isFirst = true
        while token.kind != .rightBrace {
            switch token.kind {
            case .newline:
                newlines += 1
                index += 1
                continue
            case .comma:
                index += 1
                continue
            case .comment where newlines == 0:
                writeTrailingComment()
                continue
            default:
                break
            }
            if newlines > 0 {
                beginLine(indentation + Self.indentationStep, afterBlankLine: newlines > 1 && !isFirst)
            } else {
                write(" ")
            }
            if token.kind == .comment {
                writeComment()
            } else {
                writeElement(spacing)
                write(",")
            }
            newlines = 0
            isFirst = false
        }
        beginLine(indentation, afterBlankLine: false)
        writeToken()
    }

    private mutating func writeElement(_ spacing: Spacing) {
        var previous = Token?.none
        while true {
            switch token.kind {
            case .comma, .newline, .comment, .rightBrace, .endOfFile:
                return
            default:
                if let previous, spacing.needsBlank(between: previous, and: token) {
                    write(" ")
                }
                previous = token
                writeToken()
            }
        }
    }

    // MARK: Tokens

    private var token: Token {
        tokens[index]
    }

    /// Index of the brace that closes the one at `index`.
    private func matchingBrace() -> Int {
        var depth = 0
        var ahead = index
        while ahead < tokens.count - 1 {
            switch tokens[ahead].kind {
            case .leftBrace: depth += 1
            case .rightBrace: depth -= 1
            default: break
            }
            if depth == 0 {
                return ahead
            }
            ahead += 1
        }
        return ahead
    }

    private func isOnOneLine(upTo end: Int) -> Bool {
        tokens[index..<end].allSatisfy { $0.kind != .newline && $0.kind != .comment }
    }

    private mutating func writeToken() {
        output.append(contentsOf: bytes[Int(token.start)..<Int(token.end)])
        index += 1
    }

    private mutating func writeTrailingComment() {
        if token.kind == .comment {
            write("  ")
            writeComment()
        }
    }

    /// Writes a comment without the blanks at its end.
    private mutating func writeComment() {
        var text = bytes[Int(token.start)..<Int(token.end)]
        while let last = text.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") {
            text.removeLast()
        }
        output.append(contentsOf: text)
        index += 1
    }

    private mutating func write(_ text: StaticString) {
        text.withUTF8Buffer { output.append(contentsOf: $0) }
    }

    private mutating func beginLine(_ indentation: Int, afterBlankLine: Bool) {
        if !output.isEmpty {
            write(afterBlankLine ? "\n\n" : "\n")
        }
        lineStart = output.count
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indentation))
    }
}
