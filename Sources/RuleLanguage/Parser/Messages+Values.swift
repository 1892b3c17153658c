import Diagnostics

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
            "expected \(oneOf(candidates))\(behind.map { " after \($0)" } ?? ""), found \(found)",
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
            "a routing rule needs an action: `lookup TABLE`, `goto PRIORITY`, `l3mdev`, `nop`, `blackhole`, `unreachable` or `prohibit`",
            at: range
        )
    }

    static func lateInversion(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .unknownWord,
            "`not` stands before all selectors, since it turns all of them round together",
            at: range,
            notes: [Note("as in `rule not fwmark 51 lookup 100`; a selector alone cannot be negated")]
        )
    }
}
