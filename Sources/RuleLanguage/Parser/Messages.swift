import Diagnostics

// Every message of the lexer and parser. They are sentences in lower case without a full stop; the user's text stands in
// '…', the language's words in `…`.

extension Diagnostic {
    private static func didYouMean(_ word: String?, _ range: SourceRange) -> [FixIt] {
        word.map { [FixIt("did you mean `\($0)`?", replacing: range, with: $0)] } ?? []
    }

    private static func oneOf(_ words: [String]) -> String {
        let quoted = words.map { "`\($0)`" }
        guard let last = quoted.last, quoted.count > 1 else {
            return quoted.joined()
        }
        return quoted.dropLast().joined(separator: ", ") + " or " + last
    }
}

// MARK: - Characters

extension Diagnostic {
    static func fileTooLarge(at range: SourceRange) -> Diagnostic {
        let limit = SourceFile.maximumSize >> 20
        return Diagnostic(.fileTooLarge, "the file is larger than \(limit) MiB", at: range)
    }

    static func nulByte(at range: SourceRange) -> Diagnostic {
        Diagnostic(.nulByte, "a NUL byte cannot be part of a rule file", at: range)
    }

    static func invalidUTF8(_ byte: UInt8, at range: SourceRange) -> Diagnostic {
        let hex = String(byte, radix: 16, uppercase: true)
        return Diagnostic(.invalidUTF8, "the byte 0x\(hex) is not UTF-8", at: range)
    }

    static func unexpectedCharacter(_ scalar: Unicode.Scalar, at range: SourceRange) -> Diagnostic {
        var fixIts: [FixIt] = []
        switch scalar {
        case "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "\u{201E}", "'", "`":
            fixIts = [FixIt("strings are quoted with '\"'", replacing: range, with: "\"")]
        case "\u{00A0}":
            fixIts = [FixIt("write an ordinary blank", replacing: range, with: " ")]
        case "\u{2013}", "\u{2014}":
            fixIts = [FixIt("write a hyphen", replacing: range, with: "-")]
        default:
            break
        }
        let isVisible = scalar.properties.isAlphabetic || (scalar.value > 0x20 && scalar.value < 0x7F)
        let hex = String(scalar.value, radix: 16, uppercase: true)
        let code = "U+" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex
        let name = isVisible ? "'\(scalar)'" : code
        return Diagnostic(.unexpectedCharacter, "the character \(name) has no meaning here", at: range, fixIts: fixIts)
    }

    static func unterminatedString(at range: SourceRange) -> Diagnostic {
        Diagnostic(.unterminatedString, "this string does not end on its line", at: range)
    }

    static func invalidEscape(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .invalidEscape,
            "behind '\\' in a string stands '\"', '\\', 'n' or 't'",
            at: range,
            fixIts: [
                FixIt(
                    "write '\\\\' for a backslash",
                    replacing: SourceRange(file: range.file, start: range.start, end: range.start + 1),
                    with: "\\\\"
                )
            ]
        )
    }

    static func loneCarriageReturn(at range: SourceRange) -> Diagnostic {
        Diagnostic(.loneCarriageReturn, "a carriage return without a line feed does not end a line", at: range)
    }
}

// MARK: - Statements

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
        Diagnostic(.unclosedBrace, "this '[' is not closed behind the address", at: range)
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
            "`\(words)` is a reserved word without a meaning in this version of the language",
            at: range
        )
    }

    static func missingVerb(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .unexpectedToken,
            "expected '{' behind the words that a block's rules share",
            at: SourceRange(file: range.file, start: range.end, end: range.end),
            notes: [Note("a rule starts with its verb, such as `accept` or `drop`", at: range)]
        )
    }

    static func verbNotFirst(_ verb: Keyword, at range: SourceRange, fixIt: FixIt?) -> Diagnostic {
        Diagnostic(
            .unexpectedToken,
            "a rule starts with its verb: `\(verb.spelling)` stands first",
            at: range,
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

// MARK: - Rules

extension Diagnostic {
    static func unknownMatch(found: String, at range: SourceRange, suggestion: String?) -> Diagnostic {
        Diagnostic(
            .unknownMatch,
            "expected a match or an argument, found \(found)",
            at: range,
            fixIts: didYouMean(suggestion, range)
        )
    }

    static func strayValue(found: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .unknownMatch,
            "expected a match or an argument, found \(found)",
            at: range,
            notes: [Note("several values are written as a list: `{ a, b }`")]
        )
    }

    static func matchAfterArguments(at range: SourceRange) -> Diagnostic {
        Diagnostic(.matchAfterArguments, "matches stand before the arguments of the verb", at: range)
    }

    static func textAfterComment(found: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.unexpectedToken, "a comment is the last part of a rule; found \(found) behind it", at: range)
    }

    static func argumentOfOtherVerb(_ argument: String, _ verbs: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.argumentOfOtherVerb, "`\(argument)` is an argument of \(verbs)", at: range)
    }

    static func givenTwice(_ word: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.givenTwice, "`\(word)` is given twice", at: range)
    }

    static func missingDirection(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .missingDirection,
            "a rule says whether it is about `in`, `out` or `forward`",
            at: range,
            notes: [Note("the direction stands behind the verb, or before the '{' of a block around the rule")]
        )
    }

    static func directionTwice(at range: SourceRange) -> Diagnostic {
        Diagnostic(.misplacedDirection, "a second direction", at: range)
    }

    static func directionNotBehindVerb(at range: SourceRange) -> Diagnostic {
        Diagnostic(.misplacedDirection, "the direction stands right behind the verb", at: range)
    }

    static func directionNotFirst(at range: SourceRange) -> Diagnostic {
        Diagnostic(.misplacedDirection, "the direction stands first in a block's shared words", at: range)
    }

    static func directionInChain(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .misplacedDirection,
            "rules in a chain have no direction",
            at: range,
            notes: [Note("`from` and `to` name interfaces there")]
        )
    }

    static func contradictingDirection(outer: DirectionSyntax, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .misplacedDirection,
            "this direction is not that of the block around it",
            at: range,
            notes: [Note("the block says its direction here", at: outer.range)]
        )
    }

    static func missingTarget(_ verb: String, at range: SourceRange) -> Diagnostic {
        let example = verb == "redirect" ? "`to :8080`" : "`to 192.0.2.1` or `to 192.0.2.1:8080`"
        return Diagnostic(.missingArgument, "`\(verb)` needs a target, such as \(example)", at: range)
    }

    static func portWithoutColon(_ port: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .expectedValue,
            "expected an address or a colon and a port, found '\(port)'",
            at: range,
            fixIts: [FixIt("write `:\(port)` for a port", replacing: range, with: ":\(port)")]
        )
    }

    static func addressWithoutBrackets(_ address: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .unexpectedToken,
            "an IPv6 address before a port stands in brackets",
            at: range,
            fixIts: [FixIt("write `[\(address)]`", replacing: range, with: "[\(address)]")]
        )
    }

    static func superfluousWord(_ word: String, behind keyword: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .unknownWord,
            "there is no word `\(word)` behind `\(keyword)`",
            at: range,
            fixIts: [FixIt("leave it out", replacing: range, with: "")]
        )
    }

    static func logPrefixAsComment(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .logPrefixAsComment,
            "this is the rule's comment; the log has no prefix",
            at: range,
            notes: [Note("a prefix stands right behind the verb: `log \"prefix\" …`")]
        )
    }
}

// MARK: - Values and words

extension Diagnostic {
    static func expectedValue(_ place: ValuePlace, found: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.expectedValue, "expected \(place.noun), found \(found)", at: range)
    }

    static func keywordAsValue(_ keyword: Keyword, _ place: ValuePlace, at range: SourceRange) -> Diagnostic {
        let note =
            switch place {
            case .interface: "an interface of that name is quoted: `\"\(keyword.spelling)\"`"
            case .port: "keywords are reserved; the port of that name is written as a number"
            default: "keywords are reserved"
            }
        return Diagnostic(
            .keywordAsValue,
            "expected \(place.noun), found the keyword `\(keyword.spelling)`",
            at: range,
            notes: [Note(note)]
        )
    }

    static func keywordAsName(_ keyword: Keyword, _ noun: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .keywordAsName,
            "`\(keyword.spelling)` cannot name \(noun): it is a keyword",
            at: range
        )
    }

    static func expectedName(_ noun: String, found: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.expectedName, "expected \(noun), found \(found)", at: range)
    }

    static func badName(_ name: String, _ noun: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .expectedName,
            "'\(name)' cannot name \(noun)",
            at: range,
            notes: [Note("a name has letters, digits, `_` and `-`, and starts with a letter or `_`")]
        )
    }

    static func expectedString(
        _ noun: String,
        found: String,
        at range: SourceRange,
        unquoted: String?
    ) -> Diagnostic {
        Diagnostic(
            .expectedString,
            "expected \(noun) in quotes" + (unquoted == nil ? ", found \(found)" : ""),
            at: range,
            fixIts: unquoted.map { [FixIt("write `\"\($0)\"`", replacing: range, with: "\"\($0)\"")] } ?? []
        )
    }

    static func unknownWord(
        found: String,
        behind: String?,
        _ candidates: [String],
        _ suggestion: String?,
        at range: SourceRange
    ) -> Diagnostic {
        Diagnostic(
            .unknownWord,
            "expected \(oneOf(candidates))\(behind.map { " behind \($0)" } ?? ""), found \(found)",
            at: range,
            fixIts: didYouMean(suggestion, range)
        )
    }

    static func wrongNegation(_ written: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .wrongNegation,
            "a negation is written `!` before the value, not `\(written)`",
            at: range,
            fixIts: [FixIt("write `!`", replacing: range, with: "!")]
        )
    }

    static func negatedElement(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .wrongNegation,
            "an element of a list cannot be negated on its own",
            at: range,
            notes: [Note("`!` before the list negates all of it")]
        )
    }

    static func nestedList(at range: SourceRange) -> Diagnostic {
        Diagnostic(.expectedValue, "a list cannot hold another list", at: range)
    }

    static func listWithoutBraces(_ list: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .listWithoutBraces,
            "a list is written in braces here",
            at: range,
            fixIts: [FixIt("write `{ \(list) }`", replacing: range, with: "{ \(list) }")]
        )
    }

    static func missingComma(found: String, at range: SourceRange, insertion: SourceRange) -> Diagnostic {
        Diagnostic(
            .unexpectedToken,
            "expected ',' or '}', found \(found)",
            at: range,
            fixIts: [FixIt("separate elements with a comma", replacing: insertion, with: ",")]
        )
    }

    static func wrongSeparator(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .unexpectedToken,
            "elements of a list are separated by commas",
            at: range,
            fixIts: [FixIt("write `,`", replacing: range, with: ",")]
        )
    }

    static func expectedSeparator(found: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.unexpectedToken, "expected ',' or '}', found \(found)", at: range)
    }

    static func secondAction(at range: SourceRange) -> Diagnostic {
        Diagnostic(.givenTwice, "a routing rule has one action; this is a second one", at: range)
    }

    static func missingAction(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .missingArgument,
            "a routing rule needs an action: `lookup TABLE`, `blackhole`, `unreachable` or `prohibit`",
            at: range
        )
    }
}
