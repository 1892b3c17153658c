import Diagnostics
import RulesetModel
import SystemPackage

// The messages of the compiler. They are sentences in lower case without a full stop; the user's text stands in '…', the
// language's words in `…`.

/// Cuts the user's text for a message where it is long.
func shortened(_ text: String) -> String {
    text.unicodeScalars.count > 40 ? String(text.unicodeScalars.prefix(40)) + "…" : text
}

extension Diagnostic {
    /// The fix-it for a misspelt word.
    static func didYouMean(_ word: String?, _ range: SourceRange) -> [FixIt] {
        word.map { [FixIt("did you mean `\($0)`?", replacing: range, with: $0)] } ?? []
    }
}

extension DependencyGraph.Cycle {
    /// The circle in words; `names` are those of its steps. However long it is, it can be read.
    func text(_ names: [String]) -> String {
        var words = (names + names.prefix(1)).map { "'\(shortened($0))'" }
        if last != nil { words.insert("… (\(count - names.count) more)", at: start.count) }
        return words.joined(separator: " → ")
    }
}

// MARK: - Names

extension Diagnostic {
    static func unknownName(
        _ kind: DefinitionTable.Kind,
        _ name: String,
        at range: SourceRange,
        suggestion: String?
    ) -> Diagnostic {
        Diagnostic(
            .unknownName,
            "there is no \(kind.noun) '\(shortened(name))'",
            at: range,
            fixIts: didYouMean(suggestion, range)
        )
    }

    static func duplicateName(
        _ kind: DefinitionTable.Kind,
        _ name: String,
        first: SourceRange,
        at range: SourceRange
    ) -> Diagnostic {
        Diagnostic(
            .duplicateDefinition,
            "there is a \(kind.noun) '\(shortened(name))' already",
            at: range,
            notes: [.init("it is defined here", at: first)]
        )
    }

    static func duplicateSetting(_ what: String, first: SourceRange, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .duplicateDefinition,
            "\(what) is set already",
            at: range,
            notes: [.init("it is set here", at: first)]
        )
    }

    static func circularDefinition(_ cycle: DependencyGraph.Cycle, _ names: [String]) -> Diagnostic {
        let ranges = cycle.steps.map(\.edge.range)
        return Diagnostic(
            .circularDefinition,
            "variables are defined by each other: \(cycle.text(names))",
            at: ranges.last,
            notes: ranges.dropLast().map { .init("this is part of the circle", at: $0) }
        )
    }

    static func definitionTooDeep(_ maximum: Int, at range: SourceRange) -> Diagnostic {
        Diagnostic(.circularDefinition, "variables stand for each other more than \(maximum) deep", at: range)
    }

    static func standardChainName(_ name: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.reservedName, "the chain '\(name)' is one that Weir makes itself", at: range)
    }

    static func nftWord(_ kind: DefinitionTable.Kind, _ name: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .nftWord,
            "'\(name)' is a word of nft: `nft list` shows a \(kind.noun) of that name, and `nft -f` cannot read it back",
            at: range,
            notes: [.init("Weir keeps the name in the kernel; `weir emit --as nft` writes another one")]
        )
    }

    static func badKernelName(_ kind: DefinitionTable.Kind, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .reservedName,
            "the name of a \(kind.noun) has at most \(ReservedNames.maximumLength) letters, digits, '_' and '-'",
            at: range
        )
    }

    static func setNameOfFamily(
        _ name: String,
        of other: String,
        first: SourceRange,
        at range: SourceRange
    ) -> Diagnostic {
        Diagnostic(
            .reservedName,
            "the kernel's part of the set '\(other)' for one address family is called '\(name)' already",
            at: range,
            notes: [.init("the set '\(other)' is defined here", at: first)]
        )
    }

    static func matchesAsValue(_ name: String, expected noun: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.wrongKindOfName, "'\(name)' stands for matches, but \(noun) is expected", at: range)
    }

    static func valueAsMatches(_ name: String, definition: SourceRange, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .wrongKindOfName,
            "'\(name)' stands for a value; a match is a keyword with a value, such as `saddr \(name)`",
            at: range,
            notes: [.init("it is defined here", at: definition)]
        )
    }

    static func unusedName(_ kind: DefinitionTable.Kind, _ name: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.unusedName, "the \(kind.noun) '\(shortened(name))' is never used", at: range)
    }
}

extension DefinitionTable.Kind {
    /// What the names are names of, for messages.
    var noun: String {
        switch self {
        case .variable: "variable"
        case .set: "set"
        case .chain: "chain"
        case .table: "routing table"
        }
    }
}

// MARK: - Files

extension Diagnostic {
    static func unreadableFile(
        _ path: String,
        _ reason: some CustomStringConvertible,
        at range: SourceRange
    ) -> Diagnostic {
        Diagnostic(.unreadableFile, "cannot read '\(shortened(path))': \(reason)", at: range)
    }

    static func textsTooLarge(_ path: String, at range: SourceRange) -> Diagnostic {
        let limit = SourceFile.maximumSize >> 20
        return Diagnostic(.fileTooLarge, "with '\(shortened(path))' all files are larger than \(limit) MiB", at: range)
    }

    static func tooManyMembers(_ maximum: Int, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .tooManyStatements,
            "all sets together may have \(maximum) members, and with these they have more",
            at: range
        )
    }

    static func tooManyRuleValues(_ maximum: Int, at range: SourceRange) -> Diagnostic {
        let message =
            "the values in all rules together, those of variables and of blocks in each rule, may be \(maximum); "
            + "a named set is there once for all rules"
        return Diagnostic(.tooManyStatements, message, at: range)
    }

    static func tooManyCopiedValues(_ maximum: Int, at range: SourceRange) -> Diagnostic {
        let message = "variables may bring \(maximum) values into lists, and with this one they bring more"
        return Diagnostic(.tooManyStatements, message, at: range)
    }

    static func includeCycle(_ names: [String], includes: [SourceRange], at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .includeCycle,
            "files include each other: " + names.map { "'\($0)'" }.joined(separator: " → "),
            at: range,
            notes: includes.map { .init("this include is part of the circle", at: $0) }
        )
    }

    static func includeTooDeep(maximum: Int, at range: SourceRange) -> Diagnostic {
        Diagnostic(.includeTooDeep, "files include each other more than \(maximum) deep", at: range)
    }

    static func tooManyFiles(maximum: Int, at range: SourceRange) -> Diagnostic {
        Diagnostic(.tooManyFiles, "more than \(maximum) files are included", at: range)
    }

    static func includedTwice(_ path: String, first: SourceRange, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .includedTwice,
            "'\(shortened(path))' is included already; it is left out here",
            at: range,
            notes: [.init("it is included here", at: first)]
        )
    }

    static func patternWithoutFile(_ pattern: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.patternWithoutFile, "no file fits '\(shortened(pattern))', so nothing is included", at: range)
    }

    static func badListLine(_ text: String, expected noun: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(.badListLine, "'\(shortened(text))' is not \(noun)", at: range)
    }

    static func moreBadListLines(_ count: Int, of noun: String, at range: SourceRange) -> Diagnostic {
        let lines = count == 1 ? "1 more line of this list is" : "\(count) more lines of this list are"
        return Diagnostic(.badListLine, "\(lines) not \(noun)", at: range)
    }

    static func expiringMembers(ofSet name: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .expiringMembers,
            "the members of '\(name)' are gone when this time is up: it is for members that other programs add",
            at: range,
            notes: [.init("what is always to be there belongs in a set without a timeout")]
        )
    }

    static func hostBitsInList(
        count: Int,
        first: String,
        firstRange: SourceRange,
        at range: SourceRange
    ) -> Diagnostic {
        let lines = count == 1 ? "1 address of this list has" : "\(count) addresses of this list have"
        return Diagnostic(
            .hostBitsInList,
            "\(lines) bits after the prefix length, which are ignored",
            at: range,
            notes: [.init("'\(first)' is the first", at: firstRange)]
        )
    }
}
