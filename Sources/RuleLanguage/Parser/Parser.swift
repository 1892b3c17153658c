import Diagnostics

/// Given up on the statement: what is wrong with it was reported.
struct Abandon: Error {}

/// A recursive-descent parser over the tokens of one file.
///
/// A mistake is reported where it is found, and the statement is given up by throwing ``Abandon``; the statement loop then
/// moves on to the next statement, so one mistake is one diagnostic.
struct Parser {
    /// How deep blocks may be nested.
    static let maximumDepth = 64

    /// How many nodes the file may hold, as ``RuleFileSyntax/nodeCount`` counts them.
    let maximumNodes: Int
    let bytes: UnsafeBufferPointer<UInt8>
    let source: SourceID
    var lexer: Lexer
    /// The token to look at.
    var token: Token
    /// Offset after the token before.
    var previousEnd: UInt32 = 0
    var syntax: RuleFileSyntax
    var diagnostics: DiagnosticBag

    /// Statements of the bodies that are still open; a body's are moved to the syntax when it closes.
    var pendingStatements: [StatementSyntax] = []
    /// Elements of the list that is still open.
    var pendingValues: [ValueSyntax] = []
    /// The bodies that are open, the innermost last.
    var bodies: [OpenBody] = []
    /// Whether bodies are being left because their closing braces are missing, and how many stay open.
    var isUnwinding = false
    var keptBodies = 0
    /// How many more braces the file opens than it closes, once that was counted.
    var missingBraces: Int?
    /// Whether the current token starts a statement although no line end or `;` was passed on the way.
    var isAtStatementStart = false
    /// Whether the statement was given up in the middle of a list that is not closed.
    var isListUnclosed = false
    /// Whether an unclosed brace, or too deep a nesting, was reported: what follows from it is not.
    var isBraceReported = false
    /// The first closing brace that stands less indented than the line that opened it.
    var suspectBrace: SuspectBrace?
    /// Number of open bodies whose head was given up.
    var unknownHeads = 0
    /// Whether problems of tokens are passed over: they belong to a mistake that was reported.
    var isRecovering = false

    init(
        bytes: UnsafeBufferPointer<UInt8>,
        classes: UnsafeBufferPointer<UInt8>,
        source: SourceID,
        maximumNodes: Int,
        diagnostics: consuming DiagnosticBag
    ) {
        self.maximumNodes = maximumNodes
        self.bytes = bytes
        self.source = source
        self.diagnostics = diagnostics
        lexer = Lexer(bytes: bytes, classes: classes)
        syntax = RuleFileSyntax(source: source)
        token = Token(kind: .newline, start: 0, end: 0)
    }

    /// Makes room for a file with one rule a line; what is not used costs address space, not memory.
    mutating func reserve(lines: Int) {
        let lines = min(lines, maximumNodes / RuleFileSyntax.statementNodes)
        pendingStatements.reserveCapacity(lines)
        syntax.clauses.reserveCapacity(lines * 4)
    }

    /// Whether the file may hold so many nodes more.
    @inline(__always)
    func hasRoom(for nodes: Int) -> Bool {
        syntax.nodeCount + pendingStatements.count * RuleFileSyntax.statementNodes + pendingValues.count + nodes
            <= maximumNodes
    }

    /// Parses the whole file.
    mutating func parseFile() {
        advance()
        parseStatements(in: .file, isBody: false)
        syntax.topLevel = takeStatements(from: 0)
    }
}

// MARK: - Tokens

extension Parser {
    /// Moves to the next token.
    @inline(never)
    mutating func advance() {
        previousEnd = token.end
        token = lexer.next()
        if lexer.problem != nil {
            reportLexicalProblem()
        }
    }

    /// The token after the current one.
    func peek() -> Token {
        var ahead = lexer
        return ahead.next()
    }

    /// The keyword that the current token is.
    @inline(__always)
    var keyword: Keyword? {
        if case .keyword(let keyword) = token.kind { keyword } else { nil }
    }

    /// Whether the current token ends a statement.
    @inline(__always)
    var isAtStatementEnd: Bool {
        switch token.kind {
        case .newline, .semicolon, .rightBrace, .endOfFile: true
        default: false
        }
    }

    /// Moves past a keyword if it is the current token.
    mutating func accept(_ keyword: Keyword) -> Bool {
        guard token.kind == .keyword(keyword) else {
            return false
        }
        advance()
        return true
    }

    /// The range of the current token.
    var tokenRange: SourceRange {
        SourceRange(file: source, start: token.start, end: token.end)
    }

    /// The range from an offset to the end of the token before the current one.
    @inline(__always)
    func range(from start: UInt32) -> SourceRange {
        SourceRange(file: source, start: start, end: previousEnd)
    }

    /// The bytes between two offsets as text.
    func text(_ start: UInt32, _ end: UInt32) -> String {
        String(decoding: bytes[Int(start)..<Int(end)], as: UTF8.self)
    }

    /// The text of the current token.
    var tokenText: String {
        text(token.start, token.end)
    }

    /// Whether the current token is a word with this text.
    func isWord(_ word: StaticString) -> Bool {
        guard case .word = token.kind, Int(token.end - token.start) == word.utf8CodeUnitCount else {
            return false
        }
        return word.withUTF8Buffer { bytes[Int(token.start)..<Int(token.end)].elementsEqual($0) }
    }
}

// MARK: - Reporting

extension Parser {
    /// Reports a mistake and gives the statement up.
    ///
    /// Where the current token is one that the lexer complained about, that was the mistake.
    mutating func fail(_ diagnostic: Diagnostic) -> Abandon {
        if token.kind != .invalid {
            diagnostics.report(diagnostic)
        }
        return Abandon()
    }

    private mutating func reportLexicalProblem() {
        guard let problem = lexer.problem else {
            return
        }
        lexer.problem = nil
        guard !isRecovering else {
            return
        }
        func range(_ start: Int, _ end: Int) -> SourceRange {
            SourceRange(file: source, start: UInt32(start), end: UInt32(end))
        }
        switch problem {
        case .unexpectedCharacter(let start, let end):
            // NUL bytes and broken UTF-8 are reported for the file as a whole.
            let decoded = UTF8Decoding.decode(bytes, at: start).scalar
            if let scalar = decoded, scalar != "\0" {
                diagnostics.report(.unexpectedCharacter(scalar, at: range(start, end)))
            }
        case .unterminatedString(let start):
            diagnostics.report(.unterminatedString(at: range(start, start + 1)))
        case .invalidEscape(let start, let end):
            diagnostics.report(.invalidEscape(at: range(start, end)))
        case .loneCarriageReturn(let start):
            diagnostics.report(.loneCarriageReturn(at: range(start, start + 1)))
        }
    }

    /// What the current token is, for a message: `'dprot'`, `the end of the line`.
    var tokenDescription: String {
        switch token.kind {
        case .endOfFile:
            return "the end of the file"
        case .newline:
            return "the end of the line"
        case .keyword:
            return "the keyword `\(tokenText)`"
        case .string:
            return "a quoted string"
        default:
            let text = tokenText
            return text.unicodeScalars.count > 40 ? "'\(String(text.unicodeScalars.prefix(40)))…'" : "'\(text)'"
        }
    }
}
