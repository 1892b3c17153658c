import Diagnostics
import NetworkTypes
import RuleLanguage
import RulesetModel
import Vocabulary

extension Diagnostic {
    static func contradiction(at range: SourceRange, other: SourceRange?) -> Diagnostic {
        Diagnostic(
            .contradiction,
            "no packet can match: this excludes another match of the rule",
            at: range,
            notes: other == range ? [] : other.map { [.init("this one", at: $0)] } ?? []
        )
    }

    static func nothingLeft(at range: SourceRange) -> Diagnostic {
        Diagnostic(.contradiction, "no packet can match: every value there can be is left out", at: range)
    }

    static func contradictingFamilies(
        _ families: AddressFamilies,
        at range: SourceRange,
        other: SourceRange?
    ) -> Diagnostic {
        let (own, opposite) = families == .ipv4 ? ("IPv4", "IPv6") : ("IPv6", "IPv4")
        return Diagnostic(
            .contradiction,
            "no packet can match: this is \(own)",
            at: range,
            notes: other.map { [.init("this is \(opposite)", at: $0)] } ?? []
        )
    }

    static func targetOfOtherFamily(
        _ families: AddressFamilies,
        at range: SourceRange,
        other: SourceRange?
    ) -> Diagnostic {
        let (own, opposite) = families == .ipv4 ? ("IPv4", "IPv6") : ("IPv6", "IPv4")
        return Diagnostic(
            .invalidTarget,
            "\(opposite) packets cannot be sent to an \(own) address",
            at: range,
            notes: other.map { [.init("this is \(opposite)", at: $0)] } ?? []
        )
    }

    static func portsWithoutProtocol(_ protocols: Compilation.Protocols, at range: SourceRange) -> Diagnostic {
        guard protocols == .any else {
            return Diagnostic(.portsWithoutProtocol, "not all protocols of the rule have ports", at: range)
        }
        let start = SourceRange(file: range.file, start: range.start, end: range.start)
        return Diagnostic(
            .portsWithoutProtocol,
            "ports need a protocol: `tcp`, `udp` or another that has ports",
            at: range,
            fixIts: [.init("write `tcp` before it", replacing: start, with: "tcp ")]
        )
    }

    static func flagsWithoutTCP(at range: SourceRange) -> Diagnostic {
        Diagnostic(.flagsWithoutTCP, "only `tcp` has these flags: the rule must be about it alone", at: range)
    }

    static func flagsWithoutMask(_ flags: TCPFlags, at range: SourceRange) -> Diagnostic {
        var names = TextBuffer()
        flags.writeNames(to: &names)
        let (all, any) = ("\(names.text) / \(names.text)", "! 0 / \(names.text)")
        return Diagnostic(
            .listNotAllowed,
            "several flags need a mask, which says whether all of them are to be set or any",
            at: range,
            fixIts: [
                .init("write `\(all)` if all are to be set", replacing: range, with: all),
                .init("write `\(any)` if any of them is", replacing: range, with: any),
            ]
        )
    }

    static func resetWithoutTCP(at range: SourceRange) -> Diagnostic {
        Diagnostic(.flagsWithoutTCP, "only `tcp` can be reset: the rule must be about it alone", at: range)
    }

    static func tooManyMatches(_ maximum: Int, at range: SourceRange) -> Diagnostic {
        Diagnostic(.tooManyMatches, "a rule has at most \(maximum) matches", at: range)
    }

    static func interfaceNotKnown(_ side: InterfaceSide, _ place: Place, at range: SourceRange) -> Diagnostic {
        let problem = side == .from ? "came in by no interface" : "have no interface yet that they leave by"
        let packets =
            switch place {
            case .direction(.output): "packets of the direction `out`"
            case .direction: "packets of the direction `in`"
            case .base(let chain): "packets in the hook `\(chain.hook)`"
            case .regular: "packets"
            }
        return Diagnostic(.interfaceNotKnown, "\(packets) \(problem)", at: range)
    }

    static func interfaceNotKnown(inChain name: String, _ side: InterfaceSide, at range: SourceRange) -> Diagnostic {
        let problem = side == .from ? "came in by no interface" : "have no interface yet that they leave by"
        return Diagnostic(
            .interfaceNotKnown,
            "the packets that are sent to '\(name)' \(problem), so the rule can match none",
            at: range
        )
    }

    static func fieldNotKnown(_ field: Field, inChain name: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .interfaceNotKnown,
            "the packets that are sent to '\(name)' have no `\(field.words)`, so the rule can match none",
            at: range
        )
    }

    static func fieldNotForwarded(_ field: Field, at range: SourceRange) -> Diagnostic {
        Diagnostic(.interfaceNotKnown, "packets of the direction `forward` have no `\(field.words)`", at: range)
    }

    static func fieldNotKnown(_ field: Field, at hook: NetfilterHook, verb: String, at range: SourceRange) -> Diagnostic
    {
        Diagnostic(
            .interfaceNotKnown,
            "packets in the hook `\(hook)`, where `\(verb)` belongs, have no `\(field.words)`",
            at: range
        )
    }

    static func ambiguousInterface(_ place: Place, at range: SourceRange) -> Diagnostic {
        let packets = place == .regular ? "a chain has no direction" : "a forwarded packet has two interfaces"
        return Diagnostic(.interfaceNotKnown, "\(packets): say `from` or `to` instead of `on`", at: range)
    }

    static func ownerNotKnown(_ place: Place, at range: SourceRange) -> Diagnostic {
        Diagnostic(.ownerNotKnown, "only packets that this host sends have an owner: say `out`", at: range)
    }

    static func ownerNotKnown(inChain name: String, at range: SourceRange) -> Diagnostic {
        Diagnostic(
            .ownerNotKnown,
            "the packets that are sent to '\(name)' have no owner, so the rule can match none",
            at: range
        )
    }
}
