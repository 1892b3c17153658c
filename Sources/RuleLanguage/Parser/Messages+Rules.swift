import Diagnostics

extension Diagnostic {
    /// - Parameter place: What the suggestion takes the place of, if that is more than the word.
    static func unknownMatch(
        found: String,
        at range: SourceRange,
        suggestion: String?,
        replacing place: SourceRange? = nil
    ) -> Diagnostic {
        Diagnostic(
            .unknownMatch,
            "expected a match or an argument, found \(found)",
            at: range,
            fixIts: didYouMean(suggestion, place ?? range)
        )
    }

    /// - Parameter verb: The verb of a rule whose `log` the match probably was to limit.
    static func matchAfterArguments(limitingLogOf verb: String? = nil, at range: SourceRange) -> Diagnostic {
        let note = verb.map {
            Note(
                "before `log` it would limit the `\($0)` too: a `log` rule with the limit and a `\($0)` rule without it do not"
            )
        }
        return Diagnostic(
            .matchAfterArguments,
            "matches stand before the arguments of the verb",
            at: range,
            notes: note.map { [$0] } ?? []
        )
    }

    static func textAfterComment(found: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.unexpectedToken, "a comment is the last part of a rule; found \(found) after it", at: range)
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
            notes: [Note("the direction stands after the verb, or before the '{' of a block around the rule")]
        )
    }

    static func directionTwice(at range: SourceRange) -> Diagnostic {
        Diagnostic(.misplacedDirection, "a second direction", at: range)
    }

    static func directionNotBehindVerb(at range: SourceRange) -> Diagnostic {
        Diagnostic(.misplacedDirection, "the direction stands right after the verb", at: range)
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
            "there is no word `\(word)` after `\(keyword)`",
            at: range,
            fixIts: [FixIt("leave it out", replacing: range, with: "")]
        )
    }

    static func logPrefixAsComment(at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .logPrefixAsComment,
            "this is the rule's comment; the log has no prefix",
            at: range,
            notes: [Note("a prefix stands right after the verb: `log \"prefix\" …`")]
        )
    }
}
