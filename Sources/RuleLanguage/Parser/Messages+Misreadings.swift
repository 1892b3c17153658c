import Diagnostics

// What is said where words of another tool, or of plain English, stand in the place of the language's own.

extension Diagnostic {
    private static func noMatch(_ found: String, at range: SourceRange, _ note: String) -> Diagnostic {
        Diagnostic(
            .unknownMatch,
            "expected a match or an argument, found \(found)",
            at: range,
            notes: [Note(note)]
        )
    }

    /// A value after one of its own kind.
    static func valueOfSeveral(found: String, at range: SourceRange) -> Diagnostic {
        noMatch(found, at: range, "several values are written as a list: `{ a, b }`")
    }

    static func portWithoutMatch(_ port: String, found: String, at range: SourceRange) -> Diagnostic {
        noMatch(found, at: range, "a port stands after its protocol and `dport` or `sport`: `tcp dport \(port)`")
    }

    static func addressWithoutMatch(_ address: String, found: String, at range: SourceRange) -> Diagnostic {
        noMatch(found, at: range, "an address stands after `saddr` (the sender's) or `daddr`: `saddr \(address)`")
    }

    static func straySet(_ reference: String, at range: SourceRange) -> Diagnostic {
        noMatch("'\(reference)'", at: range, "a set stands after what is looked up in it: `saddr \(reference)`")
    }

    /// The interface that packets leave by, or come in by, of those that have none.
    static func interfaceOfOtherSide(found: String, isOutput: Bool, at range: SourceRange) -> Diagnostic {
        noMatch(
            found,
            at: range,
            isOutput
                ? "packets of the direction `in` have no interface yet that they leave by"
                : "packets of the direction `out` were not received by an interface"
        )
    }

    static func interfaceWithoutSide(found: String, at range: SourceRange) -> Diagnostic {
        noMatch(found, at: range, "`from` names the interface that packets come in by, `to` the other one")
    }

    static func wordForEverything(found: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .unknownMatch,
            "expected a match or an argument, found \(found)",
            at: range,
            fixIts: [FixIt("leave it out: a rule asks only for what its matches say", replacing: range, with: "")]
        )
    }

    /// An address or port that the target of NAT is probably meant by.
    static func strayTarget(
        found: String,
        at range: SourceRange,
        _ target: String,
        replacing place: SourceRange
    ) -> Diagnostic {
        Diagnostic(
            .unknownMatch,
            "expected a match or an argument, found \(found)",
            at: range,
            fixIts: [FixIt("did you mean `\(target)`?", replacing: place, with: target)]
        )
    }

    static func portOfTarget(_ port: String, found: String, at range: SourceRange) -> Diagnostic {
        noMatch(found, at: range, "a target is written `to ADDRESS:\(port)`, or `to :\(port)` for the port alone")
    }

    static func listWithoutMatch(_ word: String, at range: SourceRange) -> Diagnostic {
        let place = SourceRange(file: range.file, start: range.start, end: range.start)
        return Diagnostic(
            .unexpectedToken,
            "a list stands after what it is compared with",
            at: range,
            fixIts: [FixIt("did you mean `\(word) { … }`?", replacing: place, with: "\(word) ")]
        )
    }

    static func addressAsInterface(
        _ address: String,
        instead word: String,
        keyword: SourceRange,
        at range: SourceRange
    ) -> Diagnostic {
        Diagnostic(
            .wrongValue,
            "'\(address)' is not an interface",
            at: range,
            fixIts: [FixIt("did you mean `\(word) \(address)`?", replacing: keyword, with: word)]
        )
    }

    static func targetOfOtherVerb(_ verbs: String, meant word: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .argumentOfOtherVerb,
            "`to` is an argument of \(verbs)",
            at: range,
            notes: [Note("`daddr` matches the address that a packet is sent to, `dport` its port")],
            fixIts: didYouMean(word, range)
        )
    }

    static func optionBehindMembers(_ option: Keyword, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .unexpectedToken,
            "the options of a set stand before its members",
            at: range,
            notes: [Note("as in `set s: port \(option.spelling) … { … }`")]
        )
    }

    static func hookInBody(_ keyword: Keyword, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .unexpectedToken,
            "`\(keyword.spelling)` stands before the '{' of a chain, not in its body",
            at: range,
            notes: [Note("`chain NAME type filter hook input priority 0 policy drop { … }`")]
        )
    }

    static func typeBehindDestination(_ word: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .unknownWord,
            "`\(word)` stands before the destination",
            at: range,
            notes: [Note("as in `route \(word) 203.0.113.0/24`")]
        )
    }

    static func selectorForEverything(_ words: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .unknownWord,
            "a routing rule for all addresses does not say so",
            at: range,
            fixIts: [FixIt("leave `\(words)` out", replacing: range, with: "")]
        )
    }
}
