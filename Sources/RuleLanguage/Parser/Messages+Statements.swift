import Diagnostics

extension Diagnostic {
    static func unknownStatement(found: String, at range: SourceRange, suggestion: String?) -> Diagnostic {
        Diagnostic(
            .unknownStatement,
            "a statement starts with a verb, a declaration or a direction, not with \(found)",
            at: range,
            fixIts: didYouMean(suggestion, range)
        )
    }

    static func expectedStatementEnd(found: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.unexpectedToken, "expected the end of the statement, found \(found)", at: range)
    }

    static func expected(
        _ expected: String,
        found: String,
        at range: SourceRange,
        suggestion: String?
    ) -> Diagnostic {
        Diagnostic(
            .unexpectedToken,
            "expected \(expected), found \(found)",
            at: range,
            fixIts: didYouMean(suggestion, range)
        )
    }

    static func unclosedBrace(at range: SourceRange, notes: [Note] = []) -> Diagnostic {
        Diagnostic(.unclosedBrace, "this '{' is never closed", at: range, notes: notes)
    }

    static func unclosedBracket(at range: SourceRange) -> Diagnostic {
        Diagnostic(.unclosedBrace, "this '[' is not closed after the address", at: range)
    }

    static func unmatchedBrace(at range: SourceRange) -> Diagnostic {
        Diagnostic(.unmatchedBrace, "this '}' closes nothing", at: range)
    }

    static func nestingTooDeep(limit: Int, at range: SourceRange) -> Diagnostic {
        Diagnostic(.nestingTooDeep, "blocks cannot be nested more than \(limit) deep", at: range)
    }

    static func tooManyStatements(at range: SourceRange) -> Diagnostic {
        Diagnostic(.tooManyStatements, "the file holds more statements or values than can be handled", at: range)
    }

    static func misplacedDeclaration(_ keyword: Keyword, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .misplacedStatement,
            "`\(keyword.spelling)` stands at the top level of a file, not in a block",
            at: range
        )
    }

    static func notInLanguage(_ keyword: Keyword, at range: SourceRange) -> Diagnostic {
        notInLanguage(keyword.spelling, at: range)
    }

    static func notInLanguage(_ words: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .notInLanguage,
            "the language has no `\(words)` yet",
            at: range
        )
    }

    static func missingVerb(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .unexpectedToken,
            "expected '{' after the words that a block's rules share",
            at: SourceRange(file: range.file, start: range.end, end: range.end),
            notes: [Note("a rule starts with its verb, such as `accept` or `drop`", at: range)]
        )
    }

    static func verbNotFirst(_ verb: Keyword, at range: SourceRange, fixIt: FixIt?, note: Note?) -> Diagnostic {
        Diagnostic(
            .unexpectedToken,
            "a rule starts with its verb: `\(verb.spelling)` stands first",
            at: range,
            notes: note.map { [$0] } ?? [],
            fixIts: fixIt.map { [$0] } ?? []
        )
    }

    static func blockWithVerb(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .unexpectedToken,
            "a block's rules share a direction and matches; a verb cannot be shared",
            at: range
        )
    }

    static func secondVerb(_ verb: Keyword, at range: SourceRange) -> Diagnostic {
        Diagnostic(.unexpectedToken, "a rule has one verb; `\(verb.spelling)` is a second one", at: range)
    }
}
